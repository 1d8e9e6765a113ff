/** Measurements gathered into datapoints of a fixed period, as an alarm sees them. */
import type { ScalingView } from '../types.ts'
import { measuredAt, perReplica, type ScalingMetric } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

export type DatapointsState = {
  readonly sum: number
  readonly count: number
  readonly seenAt: number
  readonly dueAt: number
}

export class Datapoints {
  private readonly metric: ScalingMetric
  private readonly period: number
  private sum = 0
  private count = 0
  private seenAt = 0
  private dueAt: number

  /** @param period seconds; measurements that are longer are datapoints themselves. */
  constructor(metric: ScalingMetric, period: number) {
    this.metric = metric
    this.period = period
    this.dueAt = period
  }

  /** The datapoint that this measurement completes, the mean of its measurements; undefined between two. */
  next(view: ScalingView): number | undefined {
    const time = measuredAt(view)
    if (time <= this.seenAt + EPSILON) return undefined
    this.seenAt = time
    this.sum += perReplica(this.metric, view)
    this.count++
    if (time < this.dueAt - EPSILON) return undefined
    const value = this.sum / this.count
    this.sum = 0
    this.count = 0
    // The next multiple of the period, so that datapoints do not drift.
    this.dueAt = (Math.floor(time / this.period + EPSILON) + 1) * this.period
    return value
  }

  save(): DatapointsState {
    const { sum, count, seenAt, dueAt } = this
    return { sum, count, seenAt, dueAt }
  }

  load(state: DatapointsState): void {
    Object.assign(this, state)
  }
}
