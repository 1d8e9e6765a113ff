/** Alarms over the datapoints of one metric, as CloudWatch counts them. */
import type { ScalingView } from '../types.ts'
import { Datapoints, type DatapointsState } from './datapoints.ts'
import type { ScalingMetric } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

export type AlarmState = {
  readonly datapoints: DatapointsState
  readonly above: number
  readonly below: number
}

/** Counts datapoints in a row above `high` and below `low`. */
export class Alarm {
  /** In a row, up to the last datapoint. */
  above = 0
  below = 0
  private readonly high: number
  private readonly low: number
  private readonly datapoints: Datapoints

  /** @param period seconds of one datapoint. */
  constructor(metric: ScalingMetric, period: number, high: number, low: number) {
    this.high = high
    this.low = low
    this.datapoints = new Datapoints(metric, period)
  }

  /** The datapoint that is complete now; undefined between two, and while no replica is ready that could be measured. */
  next(view: ScalingView): number | undefined {
    const value = this.datapoints.next(view)
    if (value === undefined || view.ready === 0) return undefined
    this.above = value > this.high + EPSILON ? this.above + 1 : 0
    this.below = value < this.low - EPSILON ? this.below + 1 : 0
    return value
  }

  save(): AlarmState {
    const { above, below } = this
    return { datapoints: this.datapoints.save(), above, below }
  }

  load({ datapoints, above, below }: AlarmState): void {
    this.datapoints.load(datapoints)
    this.above = above
    this.below = below
  }
}
