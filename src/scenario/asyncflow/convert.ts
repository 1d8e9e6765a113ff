/** AsyncFlow's checked scenario as one of ours. */
import type { Arrivals, Balancer, Endpoint, Link, Scenario, ScenarioEvent, Service, Step } from '../types.ts'
import type { Notes } from './notes.ts'
import type { FlowBalancer, Generator, Payload, Server } from './payload.ts'

/** Bytes of what AsyncFlow calls an MB. */
export const MEGABYTE = 1_048_576

const POLICIES: Readonly<Record<FlowBalancer['algorithm'], string>> = {
  round_robin: 'rotating-list',
  least_connection: 'least-in-transit',
  random: 'random',
}

export function convert(payload: Payload, name: string, notes: Notes): Scenario {
  const { generator, client, balancer, servers, horizon, samplePeriod } = payload
  const edges = usedEdges(payload, notes)
  if (generator.form === 'rqs_input') {
    notes.add(
      generator.path,
      "arrivals keep to their windows; AsyncFlow's generator skips the end of each and so runs ahead of the clock",
    )
  }
  const next = (id: string): string | undefined => edges.find(({ source }) => source === id)?.target
  const reached = reachable(client.id, edges)
  for (const { id, path } of [...servers, ...(balancer === undefined ? [] : [balancer])]) {
    if (!reached.has(id)) notes.add([...path, 'id'], `nothing leads to "${id}"; it stays idle`)
  }
  return {
    name,
    description: 'Imported from AsyncFlow.',
    horizon,
    warmup: 0,
    seed: 0,
    slo: [],
    samplePeriod,
    workloads: [
      {
        name: generator.id,
        to: client.id,
        arrivals: arrivalsOf(generator),
        classes: [{ name: 'default', weight: 1, priority: 0 }],
      },
    ],
    relays: [{ name: client.id, to: next(client.id)! }],
    links: edges.map(
      ({ id, source, target, latency, dropout }): Link => ({
        name: id,
        from: source,
        to: target,
        latency,
        loss: dropout,
        oneWay: true,
      }),
    ),
    balancers: balancer === undefined ? [] : [balancerOf(balancer, edges)],
    services: servers.map((server) => serviceOf(server, next(server.id), client.id, notes)),
    events: eventsOf(payload, notes),
  }
}

/** All but the edges of the generator that its last one replaces. */
function usedEdges({ generator, edges }: Payload, notes: Notes): Payload['edges'] {
  const last = edges.findLast(({ source }) => source === generator.id)
  return edges.filter((edge) => {
    if (edge.source !== generator.id || edge === last) return true
    notes.add(
      edge.path,
      `the edge "${edge.id}" of the generator has no effect, as in AsyncFlow: the last one counts`,
    )
    return false
  })
}

function reachable(from: string, edges: Payload['edges']): Set<string> {
  const reached = new Set<string>([from])
  for (const id of reached) for (const { source, target } of edges) if (source === id) reached.add(target)
  return reached
}

function arrivalsOf(generator: Generator): Arrivals {
  if (generator.form === 'rqs_input')
    return { kind: 'users', users: generator.users, perMinute: generator.perMinute, window: generator.window }
  const { model, rate, cv } = generator
  return model === 'gamma' ? { kind: model, rate, cv } : { kind: model, rate }
}

function balancerOf({ id, algorithm }: FlowBalancer, edges: Payload['edges']): Balancer {
  const targets = edges.filter(({ source }) => source === id).map(({ target }) => target)
  return {
    name: id,
    policy: { name: POLICIES[algorithm], params: {} },
    targets,
    weights: targets.map(() => 1),
    noBackend: 0,
    response: 'direct',
  }
}

function serviceOf(server: Server, next: string | undefined, client: string, notes: Notes): Service {
  const onward: Step[] = next === undefined || next === client ? [] : [{ kind: 'forward', to: next }]
  const names = new Set<string>()
  const endpoints = server.endpoints.map(({ name, steps, path }): Endpoint => {
    let unique = name
    for (let i = 2; names.has(unique); i++) unique = `${name}#${i}`
    names.add(unique)
    if (unique !== name)
      notes.add([...path, 'endpoint_name'], `a second endpoint "${name}" is called "${unique}"`)
    return { name: unique, steps: [...steps.map(stepOf), ...onward] }
  })
  return {
    name: server.id,
    groups: [{ count: 1, speed: 1 }],
    cores: server.cores,
    discipline: 'fifo',
    memory: server.ram * MEGABYTE,
    workers: Number.POSITIVE_INFINITY,
    endpoints,
    cost: 1,
  }
}

function stepOf(step: Server['endpoints'][number]['steps'][number]): Step {
  if (step.kind === 'ram') return { kind: 'memory', bytes: step.megabytes * MEGABYTE }
  return step.kind === 'cpu' ? { kind: 'cpu', demand: step.time } : { kind: 'io', duration: step.time }
}

function eventsOf({ events, edges, balancer }: Payload, notes: Notes): ScenarioEvent[] {
  // AsyncFlow takes what happens at one instant in the order of the ids, and slots come back into rotation in that order.
  const sorted = [...events].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  return sorted.flatMap((event): ScenarioEvent[] => {
    const { target, start: at, end: until } = event
    if (event.kind === 'spike') return [{ kind: 'latency', link: target, add: event.add, at, until }]
    if (edges.some((edge) => edge.source === balancer?.id && edge.target === target)) {
      return [{ kind: 'outage', service: target, slot: 0, mode: 'drain', balancer: balancer!.id, at, until }]
    }
    notes.add(
      [...event.path, 'target_id'],
      `the outage of "${target}" has no effect, as in AsyncFlow: no load balancer leads to it`,
    )
    return []
  })
}
