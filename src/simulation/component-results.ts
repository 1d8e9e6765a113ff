/** What each component did, as time averages over the measured window that ends now. */
import type { Gauges } from '../metrics/gauges.ts'
import { ADMISSION_GAUGES, ADMISSION_QUEUE, LIMIT } from '../model/admission/limits.ts'
import type { Admission } from '../model/admission.ts'
import { CACHE_GAUGES, LOADING, SIZE, WAITING } from '../model/caches/cache-gauges.ts'
import type { DatabaseSpec, ServiceSpec } from '../model/compile/compiled.ts'
import {
  CONNECTIONS,
  DATABASE_GAUGES,
  OPEN,
  QUEUE_POOL,
  QUEUE_QUERY,
  RUNNING,
} from '../model/database-gauges.ts'
import { REPLICA_BUSY, REPLICA_LOAD } from '../model/replicas.ts'
import {
  BUSY,
  IO,
  LOAD,
  MEMORY,
  PAID_REPLICAS,
  QUEUE_CPU,
  QUEUE_MEMORY,
  QUEUE_WORKERS,
  READY_REPLICAS,
  SERVICE_GAUGES,
  WORKERS,
  WORKING_REPLICAS,
} from '../model/service-gauges.ts'
import type { World } from '../model/world.ts'
import type { ComponentResult, GaugeSummary, OverloadResult } from '../results/types.ts'
import type { Overload } from '../scenario/overload-types.ts'
import { callResults } from './call-results.ts'
import { socketResults } from './socket-results.ts'

export function componentResults(world: World): Record<string, ComponentResult> {
  const { compiled, network, balancers, requests } = world
  const { now } = world.kernel
  const summary = (gauges: Gauges, i: number): GaugeSummary => ({
    mean: gauges.mean(i, now),
    max: gauges.max[i]!,
  })
  const results: Record<string, ComponentResult> = {}
  const window = now - world.window.from
  const calls = callResults(world)
  const sockets = socketResults(world)
  compiled.scenario.workloads.forEach((workload, w) => {
    let created = 0
    let sent = 0
    compiled.classes.forEach((item, c) => {
      if (item.workload !== w) return
      created += requests.created[c]!
      sent += requests.sentInWindow[c]!
    })
    const own = calls[workload.name]?.[workload.name]
    results[workload.name] = {
      kind: 'workload',
      created,
      rate: window > 0 ? sent / window : 0,
      ...(own === undefined ? {} : { calls: own }),
    }
  })
  compiled.scenario.links.forEach((link, i) => {
    results[link.name] = {
      kind: 'link',
      inTransit: summary(network.inTransit, i),
      sent: network.sent[i]!,
      lost: network.lost[i]!,
    }
  })
  balancers.all.forEach((balancer, b) => {
    if (balancer.spec.implicit) return
    results[balancer.spec.name] = {
      kind: 'balancer',
      inFlight: summary(balancers.gauges, 2 * b),
      decisions: balancer.decisions,
      unroutable: summary(balancers.gauges, 2 * b + 1),
      ...(balancers.probes.sent[b]! > 0 ? { probes: balancers.probes.sent[b]! } : {}),
      ...(balancer.health === undefined
        ? {}
        : { ejections: balancer.health.ejections, panics: balancer.health.panics }),
      ...(balancer.spec.overload === undefined || balancers.admission === undefined
        ? {}
        : overloadResult(
            balancers.admission,
            b,
            balancer.spec.admissionCell,
            balancer.spec.overload,
            summary,
          )),
      ...balancerSockets(sockets[balancer.spec.name]),
    }
  })
  compiled.services.forEach((spec, s) => {
    const own = calls[spec.name]
    const plain = serviceResult(world, spec, s, window, summary)
    const held = sockets[spec.name]
    const service =
      held === undefined || plain.kind !== 'service'
        ? plain
        : { ...plain, queue: { ...plain.queue, backlog: held.backlog }, sockets: held.sockets }
    results[spec.name] = own === undefined ? service : ({ ...service, calls: own } as ComponentResult)
  })
  compiled.databases.forEach((spec, d) => {
    results[spec.name] = databaseResult(world, spec, d, window, summary)
  })
  compiled.caches.forEach(({ name }, c) => {
    results[name] = cacheResult(world, c, summary)
  })
  return results
}

function cacheResult(
  { caches, compiled }: World,
  c: number,
  summary: (gauges: Gauges, i: number) => GaugeSummary,
): ComponentResult {
  const gauge = (index: number): GaugeSummary => summary(caches.gauges, c * CACHE_GAUGES + index)
  const hits = caches.hits[c]! - caches.hitsBefore[c]!
  const misses = caches.misses[c]! - caches.missesBefore[c]!
  return {
    kind: 'cache',
    hits: caches.hits[c]!,
    misses: caches.misses[c]!,
    coalesced: caches.coalesced[c]!,
    ...(compiled.caches[c]!.earlySite < 0 ? {} : { early: caches.early[c]! }),
    evictions: caches.evictions[c]!,
    expired: caches.expired[c]!,
    hitRatio: hits + misses > 0 ? hits / (hits + misses) : null,
    size: gauge(SIZE),
    loading: gauge(LOADING),
    waiting: gauge(WAITING),
  }
}

function databaseResult(
  { databases }: World,
  spec: DatabaseSpec,
  d: number,
  window: number,
  summary: (gauges: Gauges, i: number) => GaugeSummary,
): ComponentResult {
  const gauge = (index: number): GaugeSummary => summary(databases.gauges, d * DATABASE_GAUGES + index)
  const arrivals = databases.arrivals[d]! - databases.before[d]!
  const asked = databases.asked[d]! - databases.askedBefore[d]!
  const per = (count: number, index: number): number => (count > 0 ? (gauge(index).mean * window) / count : 0)
  const running = gauge(RUNNING)
  const connections = gauge(CONNECTIONS)
  const open = gauge(OPEN)
  const { transactions } = databases
  return {
    kind: 'database',
    utilization: {
      connections:
        connections.mean /
        (spec.perReplica ? Math.max(open.mean, connections.mean, 1e-300) : spec.connections),
      parallelism: Number.isFinite(spec.parallelism) ? running.mean / spec.parallelism : null,
    },
    connections,
    ...(spec.perReplica ? { open, shortfalls: databases.pools.shortfalls[d]! } : {}),
    running,
    queue: { pool: gauge(QUEUE_POOL), query: gauge(QUEUE_QUERY) },
    wait: { pool: per(asked, QUEUE_POOL), query: per(arrivals, QUEUE_QUERY) },
    arrivals: databases.arrivals[d]!,
    arrivalRate: window > 0 ? arrivals / window : 0,
    ...(transactions === undefined ? {} : { transactions: transactions.begun[d]! }),
    poolTimeouts: databases.poolTimeouts[d]!,
    failures: databases.failures[d]!,
  }
}

function balancerSockets(held: ReturnType<typeof socketResults>[string] | undefined): object {
  if (held === undefined) return {}
  return { sockets: held.sockets, memory: held.memory, queue: { backlog: held.backlog } }
}

function serviceResult(
  world: World,
  spec: ServiceSpec,
  s: number,
  window: number,
  summary: (gauges: Gauges, i: number) => GaugeSummary,
): ComponentResult {
  const { services, replicas, compiled } = world
  const config = compiled.scenario.services[s]!
  const gauge = (index: number): GaugeSummary => summary(services.gauges, s * SERVICE_GAUGES + index)
  const arrivals = services.arrivals[s]! - world.window.arrivals[s]!
  const perArrival = (index: number): number => (arrivals > 0 ? (gauge(index).mean * window) / arrivals : 0)
  const ready = gauge(READY_REPLICAS)
  // Draining replicas still work, and what they hold is in use.
  const working = gauge(WORKING_REPLICAS).mean
  const share = (used: number, perReplica: number): number | null =>
    Number.isFinite(perReplica) && working > 0 ? used / (working * perReplica) : null
  const memory = gauge(MEMORY)
  return {
    kind: 'service',
    utilization: {
      cpu: spec.uses.cpu ? share(gauge(BUSY).mean, spec.cores) : null,
      memory: spec.uses.memory ? share(memory.mean, spec.memory) : null,
      workers: spec.uses.workers ? share(gauge(WORKERS).mean, spec.workers) : null,
    },
    queue: { cpu: gauge(QUEUE_CPU), memory: gauge(QUEUE_MEMORY), workers: gauge(QUEUE_WORKERS) },
    wait: {
      cpu: perArrival(QUEUE_CPU),
      memory: perArrival(QUEUE_MEMORY),
      workers: perArrival(QUEUE_WORKERS),
    },
    ...(services.admission === undefined || (spec.overload === undefined && spec.cancel === 'never')
      ? {}
      : overloadResult(services.admission, s, spec.cells.admission, spec.overload, summary)),
    load: gauge(LOAD),
    io: gauge(IO),
    memory: { mean: memory.mean, peak: memory.max },
    arrivalRate: window > 0 ? arrivals / window : 0,
    arrivals: services.arrivals[s]!,
    residence: perArrival(LOAD),
    ready,
    ...(config.autoscaler?.drainTimeout === undefined
      ? {}
      : { cutOff: world.scalers.all.find((scaler) => scaler.service === s)!.cutOff }),
    cost: (gauge(PAID_REPLICAS).mean * window * config.cost) / 3600,
    replicas: Array.from({ length: spec.slots }, (_, slot) => {
      const r = spec.firstReplica + slot
      const single = spec.slots === 1
      const busy = single ? gauge(BUSY) : summary(replicas.gauges, 2 * r + REPLICA_BUSY)
      return {
        slot,
        speed: spec.speeds[slot]!,
        utilization: spec.uses.cpu ? busy.mean / spec.cores : null,
        load: single ? gauge(LOAD) : summary(replicas.gauges, 2 * r + REPLICA_LOAD),
        arrivals: replicas.arrivals[r]!,
      }
    }),
  }
}

/** What a component refused and why, over the whole run, and its queue and limit. */
function overloadResult(
  { limits, refusals }: Pick<Admission, 'limits' | 'refusals'>,
  unit: number,
  waitCell: number,
  overload: Overload | undefined,
  summary: (gauges: Gauges, i: number) => GaugeSummary,
): { overload: OverloadResult } {
  const gauge = (index: number): GaugeSummary => summary(limits.gauges, unit * ADMISSION_GAUGES + index)
  return {
    overload: {
      refused: refusals.of(unit),
      ...(waitCell < 0 ? {} : { queue: gauge(ADMISSION_QUEUE) }),
      ...(overload?.concurrencyLimit === undefined ? {} : { limit: gauge(LIMIT) }),
    },
  }
}
