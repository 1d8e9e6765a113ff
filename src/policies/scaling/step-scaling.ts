/**
 * Step scaling as AWS does it: by how much an alarm is breached decides how much capacity changes.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { Alarm, type AlarmState } from './alarm.ts'
import { readMetric, readTarget, type ScalingMetric } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'
import { type Adjustment, readSteps, type Step, stepFor } from './scaling-steps.ts'

type Options = {
  readonly metric: ScalingMetric
  readonly high: number
  readonly low: number
  readonly up: readonly Step[]
  readonly down: readonly Step[]
  readonly adjustment: Adjustment
  readonly period: number
  readonly upAfter: number
  readonly downAfter: number
  readonly warmup: number
}

type State = {
  readonly alarm: AlarmState
  readonly warmUntil: number
  readonly before: number
}

class StepScaling implements ScalingPolicy {
  private readonly options: Options
  private readonly alarm: Alarm
  /** New replicas warm up until then; `before` them there were so many. */
  private warmUntil = 0
  private before = 0

  constructor(options: Options) {
    this.options = options
    this.alarm = new Alarm(options.metric, options.period, options.high, options.low)
  }

  decide(view: ScalingView): number {
    const { high, low, up, down, upAfter, downAfter } = this.options
    const { alarm } = this
    const value = alarm.next(view)
    if (value === undefined) return view.target
    const warming = view.time < this.warmUntil - EPSILON
    if (alarm.above >= upAfter) return this.out(stepFor(up, value - high), warming, view)
    // Nothing is taken away while something warms up.
    if (alarm.below >= downAfter && !warming) {
      return Math.min(view.target, this.changed(view.target, stepFor(down, low - value)))
    }
    return view.target
  }

  private out(step: Step, warming: boolean, view: ScalingView): number {
    const base = warming ? this.before : view.target
    const wanted = this.changed(base, step)
    if (wanted <= view.target) return view.target
    if (!warming) this.before = view.target
    this.warmUntil = view.time + this.options.warmup
    return wanted
  }

  /** Percentages are rounded away from no change at less than one replica, else towards it. */
  private changed(base: number, { change }: Step): number {
    switch (this.options.adjustment) {
      case 'exact':
        return change
      case 'percent': {
        const exact = (base * change) / 100
        const whole = Math.trunc(exact + (exact > 0 ? EPSILON : -EPSILON))
        return Math.max(0, base + (whole === 0 ? Math.sign(exact) : whole))
      }
      default:
        return Math.max(0, base + change)
    }
  }

  save(): State {
    const { warmUntil, before } = this
    return { alarm: this.alarm.save(), warmUntil, before }
  }

  load(state: unknown): void {
    const { alarm, ...own } = state as State
    this.alarm.load(alarm)
    Object.assign(this, own)
  }
}

/**
 * Above `high` for `upAfter` datapoints of `period` seconds in a row the step of `up` with the greatest `from` that the
 * breach (metric - high) reaches applies, below `low` that of `down` (low - metric). `adjustment`: `change` in replicas,
 * `percent` of the capacity, or the `exact` number. While new replicas warm up for `warmup` seconds, only what exceeds
 * them is added and nothing is taken away.
 */
export const stepScaling: PolicyDefinition<ScalingPolicy> = {
  name: 'step-scaling',
  summary: 'AWS step scaling: the further the metric is from its alarm, the larger the step.',
  information: 'own',
  defaults: {
    metric: 'cpu',
    high: 0.7,
    low: 0.35,
    up: [
      { from: 0, change: 1 },
      { from: 0.15, change: 2 },
      { from: 0.25, change: 4 },
    ],
    down: [{ from: 0, change: -1 }],
    adjustment: 'change',
    period: 60,
    upAfter: 1,
    downAfter: 3,
    warmup: 300,
  },
  create(params) {
    const reader = new Params('step-scaling', params, this.defaults)
    const metric = readMetric(reader)
    const adjustment = reader.choice('adjustment', ['change', 'percent', 'exact'])
    const options: Options = {
      metric,
      high: readTarget(reader, metric, 'high'),
      low: readTarget(reader, metric, 'low'),
      up: readSteps(reader, 'up', adjustment, 1),
      down: readSteps(reader, 'down', adjustment, -1),
      adjustment,
      period: reader.seconds('period', { min: 0, above: true }),
      upAfter: reader.integer('upAfter', { min: 1 }),
      downAfter: reader.integer('downAfter', { min: 1 }),
      warmup: reader.seconds('warmup'),
    }
    if (options.low >= options.high) {
      reader.reject(`expected low below high (${options.high}), got ${options.low}`, 'low')
    }
    reader.finish()
    return new StepScaling(options)
  },
}
