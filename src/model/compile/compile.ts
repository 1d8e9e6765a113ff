/** Turns a loaded scenario into what the engine runs. Everything that can be looked up once is looked up here. */
import { createBalancingPolicy } from '../../policies/index.ts'
import { compileDistribution } from '../../random/index.ts'
import type {
  Cache,
  CallPolicy,
  Database,
  Distribution,
  Key,
  Scenario,
  Service,
} from '../../scenario/types.ts'
import { retriedOutcomes, sitePolicy } from './call-defaults.ts'
import {
  type BalancerSpec,
  type CacheSpec,
  type CallSpec,
  type Cell,
  type ChannelSpec,
  type ClassSpec,
  type Compiled,
  type DatabaseSpec,
  type ForwardSpec,
  type HedgeSpec,
  type Hop,
  type KeySpec,
  NODE_BALANCER,
  NODE_CACHE,
  NODE_DATABASE,
  NODE_RELAY,
  NODE_SERVICE,
  NODE_WORKLOAD,
  type NodeSpec,
  type Phase,
  type ServiceSpec,
  type SiteSpec,
  type SocketSpec,
} from './compiled.ts'
import { KeyTable } from './key-table.ts'
import { meanDemand, memoryOf, ProgramBuilder, walkSteps } from './program.ts'
import { warmKeys } from './warm-keys.ts'

const compiled = new WeakMap<Scenario, Compiled>()

/** A scenario is compiled once, however often it runs. @throws ConfigError on a distribution that cannot be drawn from. */
export function compileScenario(scenario: Scenario): Compiled {
  const known = compiled.get(scenario) ?? new Compiler(scenario).compile()
  compiled.set(scenario, known)
  return known
}

/** The mean of a distribution. */
function meanOf(distribution: Distribution): number {
  return compileDistribution(distribution).mean
}

class Compiler {
  private readonly scenario: Scenario
  private readonly nodes: NodeSpec[] = []
  private readonly nodeOf = new Map<string, number>()
  private readonly implicitOf = new Map<string, number>()
  private readonly sites: SiteSpec[] = []
  private readonly siteOf = new Map<string, number>()
  private readonly cells: Cell[] = []
  private readonly cellOf = new Map<string, number>()
  private readonly channels: ChannelSpec[] = []
  private readonly channelOf = new Map<string, number>()
  private readonly calls: CallSpec[] = []
  private readonly forwards: ForwardSpec[] = []
  private readonly keys: KeySpec[] = []
  private readonly keyTables = new Map<string, KeyTable>()
  private readonly endpointNames: string[] = []
  private readonly endpointIds = new Map<string, number>()

  constructor(scenario: Scenario) {
    this.scenario = scenario
  }

  compile(): Compiled {
    const { scenario } = this
    const node = (kind: number, index: number, name: string): number =>
      this.nodes.push({ kind, index, name }) - 1
    scenario.workloads.forEach((item, i) => this.nodeOf.set(item.name, node(NODE_WORKLOAD, i, item.name)))
    scenario.relays.forEach((item, i) => this.nodeOf.set(item.name, node(NODE_RELAY, i, item.name)))
    scenario.balancers.forEach((item, i) => this.nodeOf.set(item.name, node(NODE_BALANCER, i, item.name)))
    const needImplicit = this.directTargets()
    needImplicit.forEach((service, i) => {
      this.implicitOf.set(service.name, node(NODE_BALANCER, scenario.balancers.length + i, service.name))
    })
    scenario.services.forEach((item, i) => this.nodeOf.set(item.name, node(NODE_SERVICE, i, item.name)))

    const databases = scenario.databases ?? []
    databases.forEach((item, i) => this.nodeOf.set(item.name, node(NODE_DATABASE, i, item.name)))
    const caches = scenario.caches ?? []
    caches.forEach((item, i) => this.nodeOf.set(item.name, node(NODE_CACHE, i, item.name)))

    for (const service of scenario.services)
      for (const endpoint of service.endpoints) this.endpointId(endpoint.name)

    for (const workload of scenario.workloads)
      this.addCall(workload.name, workload.name, workload.to, -1, workload)
    const classes: ClassSpec[] = scenario.workloads.flatMap((workload, w) =>
      workload.classes.map((item) => ({
        name:
          workload.classes.length === 1 && item.name === 'default'
            ? workload.name
            : `${workload.name}.${item.name}`,
        workload: w,
        endpoint: item.endpoint === undefined ? -1 : this.endpointId(item.endpoint),
        priority: item.priority,
        deadline: item.deadline ?? Number.POSITIVE_INFINITY,
        key: this.key(`${workload.name}.${item.name}.key`, item.key),
        propagates: workload.propagateDeadline === true && item.deadline !== undefined,
      })),
    )
    const classSites = scenario.workloads.map((workload) => this.site(`${workload.name}.class`))
    const thinkSites = scenario.workloads.map((workload) =>
      'think' in workload.arrivals ? this.site(`${workload.name}.think`, workload.arrivals.think) : -1,
    )
    const sessionSites = scenario.workloads.map((workload) =>
      workload.arrivals.kind === 'sessions'
        ? this.site(`${workload.name}.session`, workload.arrivals.requests)
        : -1,
    )

    const builder = new ProgramBuilder({
      site: (name, distribution) => this.site(name, distribution),
      call: (step, name) =>
        this.addCall(
          name,
          name.slice(0, name.indexOf('.')),
          step.to,
          step.endpoint === undefined ? -1 : this.endpointId(step.endpoint),
          step,
          step.key ?? caches.find((cache) => cache.name === step.to)?.key,
        ),
      query: (step, name) => {
        const types = databases.find((item) => item.name === step.to)?.queries ?? []
        const latency = step.latency ?? types.find(({ type }) => type === step.type)!.latency
        const caller = name.slice(0, name.indexOf('.'))
        return this.addCall(name, caller, step.to, -1, step, undefined, this.site(`${name}.latency`, latency))
      },
      forward: (step) => {
        const from = this.forwardingService
        return (
          this.forwards.push({
            from,
            hop: this.hop(from, step.to),
            endpoint: step.endpoint === undefined ? -1 : this.endpointId(step.endpoint),
          }) - 1
        )
      },
    })
    let replicaCount = 0
    const services = scenario.services.map((service) => {
      const spec = this.service(service, builder, replicaCount)
      replicaCount += spec.slots
      return spec
    })
    const databaseSpecs = databases.map((database) => this.database(database))
    const cacheSpecs = caches.map((cache) => this.cache(cache, builder))
    const relays = scenario.relays.map((relay) => ({
      node: this.nodeOf.get(relay.name)!,
      hop: this.hop(relay.name, relay.to),
    }))
    const balancers = [
      ...scenario.balancers.map((balancer) =>
        this.balancer(balancer, this.nodeOf.get(balancer.name)!, false, services, classes),
      ),
      ...needImplicit.map((service) =>
        this.balancer(
          {
            name: service.name,
            policy: { name: 'round-robin', params: {} },
            targets: [service.name],
            weights: [1],
            noBackend: 0,
            response: 'direct',
          },
          this.implicitOf.get(service.name)!,
          true,
          services,
          classes,
        ),
      ),
    ]

    const n = this.nodes.length
    const between = new Int32Array(n * n).fill(-1)
    const slotReply = new Map<string, number>()
    for (let x = 0; x < n; x++) {
      for (let y = 0; y < n; y++) {
        // What an implicit balancer refuses, its service answers: over the service's links.
        if (x !== y && !this.isImplicit(y)) {
          between[x * n + y] = this.channel(this.nodes[x]!.name, this.nodes[y]!.name)
        }
      }
    }
    for (const spec of services) {
      for (let slot = 0; slot < spec.slots; slot++) {
        if (
          !scenario.links.some(
            (link) => link.to === `${spec.name}/${slot}` || link.from === `${spec.name}/${slot}`,
          )
        )
          continue
        for (let y = 0; y < n; y++) {
          const channel = this.channel(`${spec.name}/${slot}`, this.nodes[y]!.name)
          if (channel >= 0) slotReply.set(`${spec.node}/${slot}>${y}`, channel)
        }
      }
    }

    const endpointOf = new Int32Array(services.length * this.endpointNames.length).fill(-1)
    services.forEach((spec, s) => {
      spec.endpoints.forEach((endpoint, i) => {
        endpointOf[s * this.endpointNames.length + this.endpointIds.get(endpoint.name)!] = i
      })
    })

    return {
      scenario,
      nodes: this.nodes,
      sites: this.sites,
      cells: this.cells,
      channels: this.channels,
      calls: this.calls,
      forwards: this.forwards,
      keys: this.keys,
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
      between,
      slotReply,
      frames: this.longestProxyPath(),
      endpointNames: this.endpointNames,
      endpointOf,
      sockets: this.sockets(services),
    }
  }

  private sockets(services: readonly ServiceSpec[]): (SocketSpec | undefined)[] | undefined {
    const { scenario } = this
    if (![...scenario.balancers, ...scenario.services].some((item) => item.sockets !== undefined))
      return undefined
    return this.nodes.map(({ kind, index, name }, node) => {
      if ((kind !== NODE_BALANCER && kind !== NODE_SERVICE) || this.isImplicit(node)) return undefined
      const item = kind === NODE_BALANCER ? scenario.balancers[index]! : scenario.services[index]!
      const own = item.sockets
      const endpoints = kind === NODE_SERVICE ? services[index]!.endpoints : []
      return {
        own,
        memory: item.memory ?? Number.POSITIVE_INFINITY,
        reservation: Math.max(0, ...endpoints.map((endpoint) => endpoint.memory)),
        connectCell: this.cell('connect', name),
        waitCell: own === undefined ? -1 : this.cell('socket-wait', name),
      }
    })
  }

  private forwardingService = ''
  /** Global replica of the first slot of the service that is being compiled. */
  private firstReplica = 0

  private isImplicit(node: number): boolean {
    const spec = this.nodes[node]!
    return this.implicitOf.get(spec.name) === node
  }

  /** Services that something addresses without a balancer, where there is a choice of slots or a slot can be out. */
  private directTargets(): Service[] {
    const { scenario } = this
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

  private endpointId(name: string): number {
    const known = this.endpointIds.get(name)
    if (known !== undefined) return known
    const id = this.endpointNames.push(name) - 1
    this.endpointIds.set(name, id)
    return id
  }

  private site(name: string, distribution?: Distribution): number {
    const known = this.siteOf.get(name)
    if (known !== undefined) return known
    const id = this.sites.push(distribution === undefined ? { name } : { name, distribution }) - 1
    this.siteOf.set(name, id)
    return id
  }

  private key(name: string, key: Key | undefined): number {
    if (key === undefined) return -1
    const same = JSON.stringify(key)
    const table = this.keyTables.get(same) ?? new KeyTable(key)
    this.keyTables.set(same, table)
    return this.keys.push({ site: this.site(name), table }) - 1
  }

  private cell(phase: Phase, component: string): number {
    const key = `${phase} ${component}`
    const known = this.cellOf.get(key)
    if (known !== undefined) return known
    const id = this.cells.push({ phase, component }) - 1
    this.cellOf.set(key, id)
    return id
  }

  /** The direction from x to y of the link that joins them; -1 where none is declared. */
  private channel(x: string, y: string): number {
    const { links } = this.scenario
    let link = links.findIndex((item) => item.from === x && item.to === y)
    let direction = 'there'
    if (link < 0) {
      link = links.findIndex((item) => item.from === y && item.to === x && !item.oneWay)
      direction = 'back'
    }
    if (link < 0) return -1
    const spec = links[link]!
    const key = `${link} ${direction}`
    const known = this.channelOf.get(key)
    if (known !== undefined) return known
    const sampler = compileDistribution(spec.latency)
    const id =
      this.channels.push({
        link,
        latencySite: this.site(`${spec.name}.latency.${direction}`, spec.latency),
        constant: sampler.constant ? sampler.mean : Number.NaN,
        loss: spec.loss,
        lossSite: this.site(`${spec.name}.loss.${direction}`),
        cell: this.cell('network', spec.name),
      }) - 1
    this.channelOf.set(key, id)
    return id
  }

  private hop(from: string, to: string): Hop {
    return { node: this.implicitOf.get(to) ?? this.nodeOf.get(to)!, channel: this.channel(from, to) }
  }

  private addCall(
    name: string,
    caller: string,
    to: string,
    endpoint: number,
    own: CallPolicy,
    key?: Key | undefined,
    latencySite = -1,
  ): number {
    const { policy, keys } = sitePolicy(this.scenario, name, caller, to, own)
    const timeout = policy.timeout === undefined ? undefined : compileDistribution(policy.timeout)
    const retry = policy.retry
    const retries = retry !== undefined && retry.attempts > 1
    const service = this.scenario.services.find((item) => item.name === caller)
    const { hedge, circuitBreaker } = policy
    return (
      this.calls.push({
        name,
        caller: this.nodeOf.get(caller)!,
        hop: this.hop(caller, to),
        endpoint,
        timeoutSite: policy.timeout === undefined ? -1 : this.site(`${name}.timeout`, policy.timeout),
        timeoutConstant: timeout?.constant ? timeout.mean : Number.NaN,
        attempts: retry?.attempts ?? 1,
        backoff: retry?.backoff ?? { base: 0, factor: 1, max: 0, jitter: 'none' },
        retryMask: retriedOutcomes(retry),
        budget: retries ? retry.budget : undefined,
        hedge: hedge === undefined ? undefined : this.hedge(name, hedge),
        breaker: circuitBreaker,
        keys,
        instances: service === undefined ? 1 : slotsOf(service),
        firstInstance: service === undefined ? -1 : this.firstReplica,
        guarded: (retries && retry.budget !== undefined) || (hedge ?? circuitBreaker) !== undefined,
        jitterSite: retries ? this.site(`${name}.backoff`) : -1,
        backoffCell: retries || hedge !== undefined ? this.cell('backoff', caller) : -1,
        failedCell: retries ? this.cell('failed-attempt', caller) : -1,
        latencySite,
        key: this.key(`${name}.key`, key),
        salt: hashName(name),
      }) - 1
    )
  }

  private database(database: Database): DatabaseSpec {
    const { name, acquireTimeout } = database
    const patience = compileDistribution(acquireTimeout)
    return {
      name,
      node: this.nodeOf.get(name)!,
      connections: database.connections,
      parallelism: database.parallelism,
      acquireSite: this.site(`${name}.acquireTimeout`, acquireTimeout),
      acquireConstant: patience.constant ? patience.mean : Number.NaN,
      failSite: this.site(`${name}.fail`),
      cells: {
        pool: this.cell('pool-wait', name),
        wait: database.parallelism < database.connections ? this.cell('query-wait', name) : -1,
        query: this.cell('query', name),
      },
    }
  }

  private cache(cache: Cache, builder: ProgramBuilder): CacheSpec {
    const { name, hit, miss, coalesce } = cache
    const latency = compileDistribution(hit)
    const waits = coalesce || !latency.constant || latency.mean > 0
    return {
      name,
      node: this.nodeOf.get(name)!,
      store: cache,
      warm: cache.warm ? warmKeys(this.scenario, cache) : [],
      hitRatio: cache.hitRatio ?? 0,
      ratioSite: cache.hitRatio === undefined ? -1 : this.site(`${name}.hitRatio`),
      hitSite: this.site(`${name}.hit`, hit),
      hitConstant: latency.constant ? latency.mean : Number.NaN,
      coalesce,
      entry: builder.endpoint(miss, `${name}.miss`),
      cells: {
        cache: waits ? this.cell('cache', name) : -1,
        io: miss.some((step) => step.kind === 'io') ? this.cell('io', name) : -1,
      },
    }
  }

  private hedge(name: string, { after, max, maxExtra }: NonNullable<CallPolicy['hedge']>): HedgeSpec {
    const sampler = after.kind === 'quantile' ? undefined : compileDistribution(after)
    return {
      site: after.kind === 'quantile' ? -1 : this.site(`${name}.hedge`, after),
      constant: sampler?.constant ? sampler.mean : Number.NaN,
      quantile: after.kind === 'quantile' ? after.q : Number.NaN,
      max,
      maxExtra: maxExtra ?? Number.NaN,
    }
  }

  private service(service: Service, builder: ProgramBuilder, firstReplica: number): ServiceSpec {
    this.forwardingService = service.name
    this.firstReplica = firstReplica
    const steps = service.endpoints.flatMap((endpoint) => [...walkSteps(endpoint.steps)])
    const speedChanges = this.scenario.events.some(
      (event) => event.kind === 'slow' && event.service === service.name,
    )
    const crashes = this.scenario.events.some(
      (event) => event.kind === 'outage' && event.service === service.name,
    )
    const endpoints = service.endpoints.map((endpoint) => ({
      name: endpoint.name,
      entry: builder.endpoint(endpoint.steps, `${service.name}.${endpoint.name}`),
      memory: memoryOf(endpoint.steps),
      demand: meanDemand(endpoint.steps, meanOf),
    }))
    const uses = {
      cpu: steps.some((step) => step.kind === 'cpu'),
      io: steps.some((step) => step.kind === 'io'),
      memory:
        endpoints.some((endpoint) => endpoint.memory > 0) || (service.sockets?.memoryPerConnection ?? 0) > 0,
      workers: service.workers !== Number.POSITIVE_INFINITY,
      speedChanges: speedChanges || crashes,
    }
    const slots = slotsOf(service)
    const declared = service.groups.flatMap((group) => Array.from({ length: group.count }, () => group.speed))
    const last = declared.at(-1) ?? 1
    return {
      name: service.name,
      node: this.nodeOf.get(service.name)!,
      firstReplica,
      slots,
      initialReady: Math.min(declared.length, slots),
      cores: service.cores,
      discipline: service.discipline,
      memory: service.memory,
      workers: service.workers,
      endpoints,
      endpointSite: endpoints.length > 1 ? this.site(`${service.name}.endpoint`) : -1,
      cells: {
        worker: uses.workers ? this.cell('worker-wait', service.name) : -1,
        memory:
          uses.memory && service.memory !== Number.POSITIVE_INFINITY
            ? this.cell('memory-wait', service.name)
            : -1,
        cpuWait: uses.cpu ? this.cell('cpu-wait', service.name) : -1,
        cpu: uses.cpu ? this.cell('cpu', service.name) : -1,
        io: uses.io ? this.cell('io', service.name) : -1,
        admission: waitsForAdmission(service) ? this.cell('admission-wait', service.name) : -1,
      },
      overload: service.overload,
      cancel: service.cancel ?? 'never',
      uses,
      speeds: Float64Array.from({ length: slots }, (_, i) => declared[i] ?? last),
      autoscaled: service.autoscaler !== undefined,
      readiness: service.readiness,
      coldStart: service.coldStart,
      startupSite:
        service.autoscaler === undefined
          ? -1
          : this.site(`${service.name}.startup`, service.autoscaler.startup),
    }
  }

  private balancer(
    balancer: Scenario['balancers'][number],
    node: number,
    implicit: boolean,
    services: readonly ServiceSpec[],
    classes: readonly ClassSpec[],
  ): BalancerSpec {
    const targets = balancer.targets.map((name) => services.find((service) => service.name === name)!)
    const slots = targets.flatMap((service, t) =>
      Array.from({ length: service.slots }, (_, slot) => ({
        service,
        slot,
        weight: balancer.weights[t] ?? 1,
      })),
    )
    const slotChannel = (service: string, slot: number): number => {
      const own = this.channel(balancer.name, `${service}/${slot}`)
      return own >= 0 ? own : this.channel(balancer.name, service)
    }
    const reached = classes.flatMap((item, c) =>
      this.firstBeyondRelays(this.scenario.workloads[item.workload]!.to) === node ? [c] : [],
    )
    const demandAt = (service: ServiceSpec, endpoint: number): number => {
      const own = service.endpoints.find((item) => item.name === this.endpointNames[endpoint])
      return (
        own?.demand ??
        service.endpoints.reduce((sum, item) => sum + item.demand, 0) / service.endpoints.length
      )
    }
    return {
      name: balancer.name,
      node,
      implicit,
      proxy: balancer.response === 'proxy',
      noBackend: balancer.noBackend,
      policy: balancer.policy,
      slowStart: balancer.slowStart,
      outlierDetection: balancer.outlierDetection,
      passiveChecks: balancer.passiveChecks,
      panicThreshold: balancer.panicThreshold,
      reports: balancer.reports,
      replicas: Int32Array.from(slots, ({ service, slot }) => service.firstReplica + slot),
      weights: Float64Array.from(slots, ({ weight }) => weight),
      channels: Int32Array.from(slots, ({ service, slot }) =>
        implicit ? -1 : slotChannel(service.name, slot),
      ),
      unroutableCell: balancer.noBackend > 0 ? this.cell('unroutable', balancer.name) : -1,
      overload: balancer.overload,
      admissionCell:
        waitsForAdmission(balancer) || isSynchronous(balancer, slots.length)
          ? this.cell('admission-wait', balancer.name)
          : -1,
      classes: reached,
      classDemand: Float64Array.from(
        classes,
        (item) =>
          targets.reduce((sum, service) => sum + demandAt(service, item.endpoint), 0) / targets.length,
      ),
    }
  }

  private firstBeyondRelays(name: string): number {
    let current = name
    for (;;) {
      const relay = this.scenario.relays.find((item) => item.name === current)
      if (relay === undefined) return this.implicitOf.get(current) ?? this.nodeOf.get(current)!
      current = relay.to
    }
  }

  private longestProxyPath(): number {
    const { scenario } = this
    const depth = new Map<string, number>()
    const visit = (name: string): number => {
      const known = depth.get(name)
      if (known !== undefined) return known
      const relay = scenario.relays.find((item) => item.name === name)
      const balancer = scenario.balancers.find((item) => item.name === name)
      const service = scenario.services.find((item) => item.name === name)
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
    return Math.max(
      0,
      ...[...scenario.relays, ...scenario.balancers, ...scenario.services].map((item) => visit(item.name)),
    )
  }
}

/** The fixed number of slots of a service: `max` of a scalable one, else its replicas. */
export function slotsOf(service: Service): number {
  return service.autoscaler?.max ?? service.groups.reduce((sum, group) => sum + group.count, 0)
}

/** Whether a rate or a concurrency limit can let a leg wait. */
function waitsForAdmission({ overload }: Pick<Service, 'overload'>): boolean {
  const limits = [overload?.concurrencyLimit, ...(overload?.bulkheads ?? [])]
  return overload?.rateLimit?.kind === 'leaky' || limits.some((limit) => (limit?.maxQueue ?? 0) > 0)
}

/** Whether decisions wait for probes. */
function isSynchronous({ name, policy }: Scenario['balancers'][number], slots: number): boolean {
  return createBalancingPolicy(policy, slots, `balancers.${name}.policy`).sync !== undefined
}

/** 32-bit FNV-1a over UTF-16 code units. */
function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash | 0
}
