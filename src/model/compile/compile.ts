/** Turns a loaded scenario into what the engine runs. Everything that can be looked up once is looked up here. */
import type { Scenario, Service } from '../../scenario/types.ts'
import { balancerSpec } from './balancer-spec.ts'
import { CallTable } from './call-table.ts'
import {
  type ClassSpec,
  type Compiled,
  type ForwardSpec,
  NODE_BALANCER,
  NODE_CACHE,
  NODE_DATABASE,
  NODE_RELAY,
  NODE_SERVICE,
  NODE_WORKLOAD,
  type ServiceSpec,
} from './compiled.ts'
import { ProgramBuilder, walkSteps } from './program.ts'
import { serviceSpec, slotsOf, socketSpecs } from './service-spec.ts'
import { cacheSpec, databaseSpec } from './store-specs.ts'
import { Tables } from './tables.ts'

const compiled = new WeakMap<Scenario, Compiled>()

/** A scenario is compiled once, however often it runs. @throws ConfigError on a distribution that cannot be drawn from. */
export function compileScenario(scenario: Scenario): Compiled {
  const known = compiled.get(scenario) ?? compile(scenario)
  compiled.set(scenario, known)
  return known
}

function compile(scenario: Scenario): Compiled {
  const { databases = [], caches = [] } = scenario
  const tables = new Tables(scenario)
  const calls = new CallTable(tables)
  const needImplicit = directTargets(scenario)
  addNodes(tables, needImplicit)
  for (const service of scenario.services)
    for (const endpoint of service.endpoints) tables.endpoint(endpoint.name)

  for (const workload of scenario.workloads)
    calls.add({
      name: workload.name,
      caller: workload.name,
      to: workload.to,
      endpoint: -1,
      own: workload,
    })
  const classes = classSpecs(tables)
  const classSites = scenario.workloads.map((workload) => tables.site(`${workload.name}.class`))
  const thinkSites = scenario.workloads.map((workload) =>
    'think' in workload.arrivals ? tables.site(`${workload.name}.think`, workload.arrivals.think) : -1,
  )
  const sessionSites = scenario.workloads.map((workload) =>
    workload.arrivals.kind === 'sessions'
      ? tables.site(`${workload.name}.session`, workload.arrivals.requests)
      : -1,
  )

  const forwards: ForwardSpec[] = []
  const builder = programBuilder(tables, calls, forwards)
  let replicaCount = 0
  const services = scenario.services.map((service) => {
    const spec = serviceSpec(tables, service, builder, replicaCount)
    replicaCount += spec.slots
    return spec
  })
  const databaseSpecs = databases.map((database) => databaseSpec(tables, database))
  const cacheSpecs = caches.map((cache) => cacheSpec(tables, cache, builder))
  const relays = scenario.relays.map((relay) => ({
    node: tables.node(relay.name),
    hop: tables.hop(relay.name, relay.to),
  }))
  const balancers = [
    ...scenario.balancers.map((balancer) => balancerSpec(tables, balancer, false, services, classes)),
    ...needImplicit.map(({ name }) =>
      balancerSpec(
        tables,
        {
          name,
          policy: { name: 'round-robin', params: {} },
          targets: [name],
          weights: [1],
          noBackend: 0,
          response: 'direct',
        },
        true,
        services,
        classes,
      ),
    ),
  ]
  const { between, slotReply } = channelsBetween(tables, services)
  const endpointOf = new Int32Array(services.length * tables.endpointNames.length).fill(-1)
  services.forEach((spec, s) => {
    spec.endpoints.forEach((endpoint, i) => {
      endpointOf[s * tables.endpointNames.length + tables.endpointIds.get(endpoint.name)!] = i
    })
  })
  return {
    scenario,
    nodes: tables.nodes,
    sites: tables.sites,
    cells: tables.cells,
    channels: tables.channels,
    calls: calls.calls,
    forwards,
    keys: tables.keys,
    classes,
    classSites,
    thinkSites,
    sessionSites,
    relays,
    balancers,
    services,
    databases: databaseSpecs,
    caches: cacheSpecs,
    program: builder.build(),
    replicaCount,
    recordedDurations: scenario.workloads.map(({ arrivals }) =>
      arrivals.kind === 'trace' && arrivals.durations !== undefined
        ? Float64Array.from(arrivals.durations)
        : undefined,
    ),
    transactionDepth: builder.transactionDepth,
    between,
    slotReply,
    frames: longestProxyPath(scenario),
    endpointNames: tables.endpointNames,
    endpointOf,
    sockets: socketSpecs(tables, scenario, services),
  }
}

function addNodes(tables: Tables, needImplicit: readonly Service[]): void {
  const { workloads, relays, balancers, services, databases = [], caches = [] } = tables.scenario
  const add = (kind: number, items: readonly { readonly name: string }[]): void =>
    items.forEach(({ name }, i) => {
      tables.addNode(kind, i, name)
    })
  add(NODE_WORKLOAD, workloads)
  add(NODE_RELAY, relays)
  add(NODE_BALANCER, balancers)
  needImplicit.forEach(({ name }, i) => {
    tables.addImplicit(NODE_BALANCER, balancers.length + i, name)
  })
  add(NODE_SERVICE, services)
  add(NODE_DATABASE, databases)
  add(NODE_CACHE, caches)
}

function classSpecs(tables: Tables): ClassSpec[] {
  return tables.scenario.workloads.flatMap((workload, w) =>
    workload.classes.map((item) => ({
      name:
        workload.classes.length === 1 && item.name === 'default'
          ? workload.name
          : `${workload.name}.${item.name}`,
      workload: w,
      endpoint: item.endpoint === undefined ? -1 : tables.endpoint(item.endpoint),
      priority: item.priority,
      deadline: item.deadline ?? Number.POSITIVE_INFINITY,
      key: tables.key(`${workload.name}.${item.name}.key`, item.key),
      propagates: workload.propagateDeadline === true && item.deadline !== undefined,
    })),
  )
}

function programBuilder(tables: Tables, calls: CallTable, forwards: ForwardSpec[]): ProgramBuilder {
  const { databases = [], caches = [] } = tables.scenario
  const endpointOf = (endpoint: string | undefined): number =>
    endpoint === undefined ? -1 : tables.endpoint(endpoint)
  // The name of a step begins with that of the service or the cache that does it.
  const ownerOf = (name: string): string => name.slice(0, name.indexOf('.'))
  return new ProgramBuilder({
    site: (name, distribution) => tables.site(name, distribution),
    call: (step, name) =>
      calls.add({
        name,
        caller: ownerOf(name),
        to: step.to,
        endpoint: endpointOf(step.endpoint),
        own: step,
        key: step.key ?? caches.find((cache) => cache.name === step.to)?.key,
      }),
    query: (step, name, transaction) => {
      const types = databases.find((item) => item.name === step.to)?.queries ?? []
      const latency = step.latency ?? types.find(({ type }) => type === step.type)!.latency
      return calls.add({
        name,
        caller: ownerOf(name),
        to: step.to,
        endpoint: -1,
        own: step,
        key: step.key,
        latencySite: tables.site(`${name}.latency`, latency),
        transaction,
      })
    },
    workload: (name) => tables.scenario.workloads.findIndex((item) => item.name === name),
    database: (name, step) => {
      const index = databases.findIndex((item) => item.name === name)
      const { acquireTimeout } = databases[index]!
      return { index, acquireSite: tables.site(`${step}.acquireTimeout`, acquireTimeout) }
    },
    forward: (step, name) => {
      const from = ownerOf(name)
      return forwards.push({ from, hop: tables.hop(from, step.to), endpoint: endpointOf(step.endpoint) }) - 1
    },
  })
}

/** Channels between all nodes, and those of links that end at one slot. */
function channelsBetween(
  tables: Tables,
  services: readonly ServiceSpec[],
): Pick<Compiled, 'between' | 'slotReply'> {
  const { nodes } = tables
  const n = nodes.length
  const between = new Int32Array(n * n).fill(-1)
  const slotReply = new Map<string, number>()
  for (let x = 0; x < n; x++) {
    for (let y = 0; y < n; y++) {
      // What an implicit balancer refuses, its service answers: over the service's links.
      if (x !== y && !tables.isImplicit(y)) {
        between[x * n + y] = tables.channel(nodes[x]!.name, nodes[y]!.name)
      }
    }
  }
  for (const spec of services) {
    for (let slot = 0; slot < spec.slots; slot++) {
      const place = `${spec.name}/${slot}`
      if (!tables.scenario.links.some((link) => link.to === place || link.from === place)) continue
      for (let y = 0; y < n; y++) {
        const channel = tables.channel(place, nodes[y]!.name)
        if (channel >= 0) slotReply.set(`${spec.node}/${slot}>${y}`, channel)
      }
    }
  }
  return { between, slotReply }
}

/** Services that something addresses without a balancer, where there is a choice of slots or a slot can be out. */
function directTargets(scenario: Scenario): Service[] {
  const targets = new Set<string>()
  for (const workload of scenario.workloads) targets.add(workload.to)
  for (const relay of scenario.relays) targets.add(relay.to)
  for (const service of scenario.services) {
    for (const endpoint of service.endpoints) {
      for (const step of walkSteps(endpoint.steps))
        if (step.kind === 'call' || step.kind === 'forward') targets.add(step.to)
    }
  }
  for (const { miss } of scenario.caches ?? [])
    for (const step of miss) if (step.kind === 'call') targets.add(step.to)
  const canBeOut = new Set(
    scenario.events.flatMap((event) =>
      event.kind === 'outage' && event.balancer === undefined ? [event.service] : [],
    ),
  )
  return scenario.services.filter(
    (service) =>
      targets.has(service.name) &&
      (slotsOf(service) > 1 || service.autoscaler !== undefined || canBeOut.has(service.name)),
  )
}

/** Most proxying nodes on any leg's way. */
function longestProxyPath({ relays, balancers, services }: Scenario): number {
  const depth = new Map<string, number>()
  const visit = (name: string): number => {
    const known = depth.get(name)
    if (known !== undefined) return known
    const relay = relays.find((item) => item.name === name)
    const balancer = balancers.find((item) => item.name === name)
    const service = services.find((item) => item.name === name)
    let own = 0
    let next: string[] = []
    if (relay !== undefined) {
      own = 1
      next = [relay.to]
    } else if (balancer !== undefined) {
      own = balancer.response === 'proxy' ? 1 : 0
      next = [...balancer.targets]
    } else if (service !== undefined) {
      const steps = service.endpoints.flatMap((endpoint) => [...walkSteps(endpoint.steps)])
      next = steps.flatMap((step) => (step.kind === 'forward' ? [step.to] : []))
    }
    const longest = own + Math.max(0, ...next.map(visit))
    depth.set(name, longest)
    return longest
  }
  return Math.max(0, ...[...relays, ...balancers, ...services].map((item) => visit(item.name)))
}
