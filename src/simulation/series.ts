/** Which series a run has, by name: `component.gauge`. */
import type { Sampler } from '../metrics/sampler.ts'
import { ADMISSION_GAUGES, ADMISSION_QUEUE, LIMIT } from '../model/admission/limits.ts'
import { CACHE_GAUGES, SIZE } from '../model/caches/cache-gauges.ts'
import { RETRIES } from '../model/call-sites.ts'
import { NODE_BALANCER } from '../model/compile/compiled.ts'
import {
  CONNECTIONS,
  DATABASE_GAUGES,
  OPEN,
  QUEUE_POOL,
  QUEUE_QUERY,
  RUNNING,
} from '../model/database-gauges.ts'
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
} from '../model/service-gauges.ts'
import { BACKLOG, CONNECTION_MEMORY, SOCKET_GAUGES, SOCKETS } from '../model/socket-gauges.ts'
import type { World } from '../model/world.ts'

export function addSeries(sampler: Sampler, world: World): void {
  const { compiled, requests, network, balancers, services, scalers, callers, databases, caches } = world
  sampler.gauge('requests.open', requests.open, 0)
  sampler.counter('requests.created', () => requests.createdTotal)
  sampler.counter('requests.ok', () => requests.okTotal)
  sampler.counter('requests.errors', () => requests.errorTotal)
  // Seconds by phase of the requests that ended ok since the sample before: where the time went, over time.
  for (const phase of new Set(compiled.cells.map((cell) => cell.phase))) {
    const cells = compiled.cells.flatMap((cell, c) => (cell.phase === phase ? [c] : []))
    sampler.counter(`phases.${phase}`, () => requests.secondsIn(cells))
  }
  compiled.scenario.links.forEach((link, i) => {
    sampler.gauge(`${link.name}.inTransit`, network.inTransit, i)
  })
  compiled.balancers.forEach((spec, b) => {
    if (spec.implicit) return
    if (spec.proxy) sampler.gauge(`${spec.name}.inFlight`, balancers.gauges, 2 * b)
    if (spec.noBackend > 0) sampler.gauge(`${spec.name}.unroutable`, balancers.gauges, 2 * b + 1)
    const { admission } = balancers
    if (admission === undefined || spec.overload === undefined) return
    if (spec.overload.concurrencyLimit !== undefined)
      sampler.gauge(`${spec.name}.limit`, admission.limits.gauges, b * ADMISSION_GAUGES + LIMIT)
    if (spec.admissionCell >= 0)
      sampler.gauge(
        `${spec.name}.queue.admission`,
        admission.limits.gauges,
        b * ADMISSION_GAUGES + ADMISSION_QUEUE,
      )
    sampler.counter(`${spec.name}.refused`, () => admission.refusals.total(b))
  })
  compiled.services.forEach((spec, s) => {
    const add = (name: string, gauge: number): void =>
      sampler.gauge(`${spec.name}.${name}`, services.gauges, s * SERVICE_GAUGES + gauge)
    add('load', LOAD)
    if (spec.uses.cpu) {
      add('cpu', BUSY)
      add('queue.cpu', QUEUE_CPU)
    }
    if (spec.uses.io) add('io', IO)
    if (spec.uses.memory) {
      add('memory', MEMORY)
      add('queue.memory', QUEUE_MEMORY)
    }
    if (spec.uses.workers) {
      add('workers', WORKERS)
      add('queue.workers', QUEUE_WORKERS)
    }
    const { admission } = services
    if (admission !== undefined && (spec.overload !== undefined || spec.cancel !== 'never')) {
      if (spec.overload?.concurrencyLimit !== undefined)
        sampler.gauge(`${spec.name}.limit`, admission.limits.gauges, s * ADMISSION_GAUGES + LIMIT)
      if (spec.cells.admission >= 0)
        sampler.gauge(
          `${spec.name}.queue.admission`,
          admission.limits.gauges,
          s * ADMISSION_GAUGES + ADMISSION_QUEUE,
        )
      sampler.counter(`${spec.name}.refused`, () => admission.refusals.total(s))
    }
    if (spec.autoscaled) {
      add('ready', READY_REPLICAS)
      add('paid', PAID_REPLICAS)
    }
  })
  compiled.databases.forEach(({ name, cells, perReplica }, d) => {
    const add = (what: string, gauge: number): void =>
      sampler.gauge(`${name}.${what}`, databases.gauges, d * DATABASE_GAUGES + gauge)
    add('connections', CONNECTIONS)
    add('queue.pool', QUEUE_POOL)
    if (perReplica) add('open', OPEN)
    if (cells.wait < 0 && compiled.transactionDepth === 0) return
    add('running', RUNNING)
    add('queue.query', QUEUE_QUERY)
  })
  compiled.caches.forEach(({ name, ratioSite }, c) => {
    sampler.counter(`${name}.hits`, () => caches.hits[c]!)
    sampler.counter(`${name}.misses`, () => caches.misses[c]!)
    if (ratioSite < 0) sampler.gauge(`${name}.size`, caches.gauges, c * CACHE_GAUGES + SIZE)
  })
  const { sockets } = world
  compiled.sockets?.forEach((spec, node) => {
    if (spec?.own === undefined || sockets === undefined) return
    const { name, kind } = compiled.nodes[node]!
    const add = (series: string, gauge: number): void =>
      sampler.gauge(`${name}.${series}`, sockets.gauges, node * SOCKET_GAUGES + gauge)
    add('sockets', SOCKETS)
    add('queue.backlog', BACKLOG)
    if (kind === NODE_BALANCER) add('memory', CONNECTION_MEMORY)
  })
  compiled.nodes.forEach(({ name }, node) => {
    const sites = compiled.calls.flatMap((call, i) => (call.caller === node && call.attempts > 1 ? [i] : []))
    if (sites.length === 0) return
    sampler.counter(`${name}.retries`, () =>
      sites.reduce((sum, site) => sum + callers.sites.count(site, RETRIES), 0),
    )
  })
  scalers.all.forEach((scaler, i) => {
    sampler.gauge(`${scaler.spec.name}.target`, scalers.gauges, i)
  })
}
