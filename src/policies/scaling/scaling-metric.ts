/** The measurements that scaling policies steer by. */
import type { Params } from '../params.ts'
import type { ScalingView } from '../types.ts'

/** CPU utilisation (0..1), requests per second, or requests in the service on average. */
export type ScalingMetric = 'cpu' | 'rps' | 'concurrency'

const METRICS = ['cpu', 'rps', 'concurrency'] as const

export function readMetric(reader: Params, known: readonly ScalingMetric[] = METRICS): ScalingMetric {
  return reader.choice('metric', known)
}

/** A set point of the metric per replica: at most 1 where it is a utilisation. */
export function readTarget(reader: Params, metric: ScalingMetric, name = 'target'): number {
  return metric === 'cpu'
    ? reader.fraction(name, { min: 0, max: 1, above: true })
    : reader.number(name, { min: 0, above: true })
}

/** Of all ready replicas together; for `cpu` in replicas. */
export function total(metric: ScalingMetric, view: ScalingView): number {
  if (metric === 'cpu') return view.utilization * view.ready
  return metric === 'rps' ? view.arrivalRate : view.meanInFlight
}

/** Of a ready replica on average; 0 where none is ready. */
export function perReplica(metric: ScalingMetric, view: ScalingView): number {
  if (metric === 'cpu') return view.utilization
  return view.ready > 0 ? total(metric, view) / view.ready : 0
}

/** When what the view shows was measured, seconds; 0 before the first measurement. */
export function measuredAt(view: ScalingView): number {
  return view.time - view.metricAge
}
