/** A result as a flat list of named numbers, which is what replications are summarised by. */
import type { ClassResult, LatencySummary, Result } from '../../results/types.ts'

/** By name, in a fixed order; null where nothing was measured. */
export type Metrics = Readonly<Record<string, number | null>>

/**
 * `latency.mean`, `latency.p99` … (seconds), `throughput` (ok per second), `errors` (share of the measured requests),
 * `outcomes.timeout` … (shares of all requests), `cost`, `phases.cpu` … (mean seconds), `classes.NAME.…` where there
 * are several, `components.NAME.…` with the numbers of the component's result.
 */
export function metricsOf(result: Result): Metrics {
  const metrics: Record<string, number | null> = {}
  const { measured, requests, components } = result
  addLatency(metrics, 'latency', result.latency)
  metrics.throughput = result.throughput
  metrics.errors = measured.ended > 0 ? measured.errors / measured.ended : null
  metrics.cost = costOf(result)
  addOutcomes(metrics, 'outcomes', requests)
  for (const [phase, { mean }] of Object.entries(result.phases)) metrics[`phases.${phase}`] = mean
  const classes = Object.entries(requests.byClass)
  if (classes.length > 1) {
    for (const [name, item] of classes) {
      addLatency(metrics, `classes.${name}.latency`, item.latency)
      addOutcomes(metrics, `classes.${name}.outcomes`, item)
    }
  }
  for (const [name, component] of Object.entries(components))
    addNumbers(metrics, `components.${name}`, component)
  return metrics
}

/** What the run's replicas cost, all components together. */
export function costOf({ components }: Result): number {
  let cost = 0
  for (const component of Object.values(components)) if ('cost' in component) cost += component.cost
  return cost
}

/** Shares that did not occur are 0 in every replication, and counts of nothing are no measurement. */
export const isShare = (name: string): boolean => /(^|\.)outcomes\./.test(name) || name.startsWith('phases.')

function addLatency(metrics: Record<string, number | null>, prefix: string, latency: LatencySummary): void {
  for (const field of ['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const) {
    metrics[`${prefix}.${field}`] = latency[field]
  }
}

function addOutcomes(
  metrics: Record<string, number | null>,
  prefix: string,
  { created, outcomes }: Pick<ClassResult, 'created' | 'outcomes'>,
): void {
  for (const [outcome, count] of Object.entries(outcomes)) metrics[`${prefix}.${outcome}`] = count / created
}

/** Numbers at any depth of mappings; lists, such as that of the replicas, stay out. */
function addNumbers(metrics: Record<string, number | null>, prefix: string, value: object): void {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'number') metrics[`${prefix}.${key}`] = item
    else if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      addNumbers(metrics, `${prefix}.${key}`, item)
    }
  }
}
