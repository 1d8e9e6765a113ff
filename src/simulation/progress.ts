/** How a run stands while it goes on. Looking changes nothing. */
import { LogHistogram } from '../metrics/log-histogram.ts'
import { DATABASE_GAUGES, QUEUE_POOL, QUEUE_QUERY } from '../model/database-gauges.ts'
import { QUEUE_CPU, QUEUE_MEMORY, QUEUE_WORKERS, SERVICE_GAUGES } from '../model/service-gauges.ts'
import type { World } from '../model/world.ts'
import type { ComponentResult } from '../results/types.ts'

export type RunProgress = {
  /** Simulated seconds since the start. */
  readonly time: number
  /** Of the whole run so far. */
  readonly created: number
  readonly ok: number
  readonly errors: number
  /** Requests without an answer now. */
  readonly inFlight: number
  /** Seconds, of the measured requests so far, within 0.5 %; null before the first. */
  readonly p95: number | null
  /** Resources of services and databases, the busiest first. */
  readonly resources: readonly ResourceProgress[]
}

export type ResourceProgress = {
  readonly component: string
  /** As in the result: `cpu`, `memory`, `workers`, `connections`, `parallelism`. */
  readonly resource: string
  /** Share in use, averaged over the measured window so far. */
  readonly utilization: number
  /** Requests that wait for it now. */
  readonly waiting: number
}

const SERVICE_QUEUES: Readonly<Record<string, number>> = {
  cpu: QUEUE_CPU,
  memory: QUEUE_MEMORY,
  workers: QUEUE_WORKERS,
}
const DATABASE_QUEUES: Readonly<Record<string, number>> = {
  connections: QUEUE_POOL,
  parallelism: QUEUE_QUERY,
}

export function progressOf(world: World, components: Readonly<Record<string, ComponentResult>>): RunProgress {
  const { compiled, requests, services, databases, kernel } = world
  const latencies = new LogHistogram()
  for (const { moments } of requests.recorders) latencies.merge(moments.histogram)
  const resources: ResourceProgress[] = []
  const add = (component: string, waiting: (resource: string) => number): void => {
    const result = components[component]
    if (result === undefined || !('utilization' in result)) return
    for (const [resource, utilization] of Object.entries(result.utilization)) {
      if (utilization !== null)
        resources.push({ component, resource, utilization, waiting: waiting(resource) })
    }
  }
  compiled.services.forEach(({ name }, s) => {
    add(name, (resource) => services.gauges.value[s * SERVICE_GAUGES + SERVICE_QUEUES[resource]!]!)
  })
  compiled.databases.forEach(({ name }, d) => {
    add(name, (resource) => databases.gauges.value[d * DATABASE_GAUGES + DATABASE_QUEUES[resource]!]!)
  })
  return {
    time: kernel.now,
    created: requests.createdTotal,
    ok: requests.okTotal,
    errors: requests.errorTotal,
    inFlight: requests.open.value[0]!,
    p95: latencies.total === 0 ? null : latencies.quantile(0.95),
    resources: resources.sort((a, b) => b.utilization - a.utilization),
  }
}
