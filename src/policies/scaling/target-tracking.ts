/**
 * Target tracking as AWS Application Auto Scaling does it: one alarm above the target, a slower one well below it, each
 * changing the capacity in proportion.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { Alarm, type AlarmState } from './alarm.ts'
import { readMetric, readTarget, type ScalingMetric } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly metric: ScalingMetric
  readonly target: number
  readonly period: number
  readonly outAfter: number
  readonly inAfter: number
  readonly inBelow: number
  readonly outCooldown: number
  readonly inCooldown: number
}

type State = {
  readonly alarm: AlarmState
  readonly outUntil: number
  readonly inUntil: number
  readonly before: number
}

class TargetTracking implements ScalingPolicy {
  private readonly options: Options
  private readonly alarm: Alarm
  private outUntil = 0
  private inUntil = 0
  /** Capacity that the running scale-out cooldown began with. */
  private before = 0

  constructor(options: Options) {
    this.options = options
    const { metric, period, target, inBelow } = options
    this.alarm = new Alarm(metric, period, target, inBelow * target)
  }

  decide(view: ScalingView): number {
    const { target, outAfter, inAfter } = this.options
    const { alarm } = this
    const value = alarm.next(view)
    if (value === undefined) return view.target
    if (alarm.above >= outAfter) return this.out(value / target, view)
    if (alarm.below >= inAfter && view.time >= this.inUntil - EPSILON) return this.in(value / target, view)
    return view.target
  }

  private out(ratio: number, view: ScalingView): number {
    const cooling = view.time < this.outUntil - EPSILON
    // What was added a moment ago counts towards what is asked for now: only the excess is added.
    const base = cooling ? this.before : view.target
    const wanted = Math.ceil(base * ratio - EPSILON)
    if (wanted <= view.target) return view.target
    if (!cooling) this.before = view.target
    this.outUntil = view.time + this.options.outCooldown
    this.inUntil = 0
    return wanted
  }

  private in(ratio: number, view: ScalingView): number {
    const wanted = Math.ceil(view.target * ratio - EPSILON)
    if (wanted >= view.target) return view.target
    this.inUntil = view.time + this.options.inCooldown
    return wanted
  }

  save(): State {
    const { outUntil, inUntil, before } = this
    return { alarm: this.alarm.save(), outUntil, inUntil, before }
  }

  load(state: unknown): void {
    const { alarm, ...own } = state as State
    this.alarm.load(alarm)
    Object.assign(this, own)
  }
}

/**
 * `metric` (`cpu`, `rps` or `concurrency`, per replica) and its `target`. Out when it was above the target for `outAfter`
 * (3) datapoints of `period` (60 s) in a row, in when below `inBelow` (90 %) of it for `inAfter` (15). Cooldowns of 300 s:
 * a larger scale-out in a scale-out cooldown adds the excess, a scale-in waits for the scale-in cooldown, which a
 * scale-out ends.
 */
export const targetTracking: PolicyDefinition<ScalingPolicy> = {
  name: 'target-tracking',
  summary: 'AWS target tracking: out after 3 high datapoints, in after 15 low ones.',
  information: 'own',
  defaults: {
    metric: 'cpu',
    target: 0.6,
    period: 60,
    outAfter: 3,
    inAfter: 15,
    inBelow: 0.9,
    outCooldown: 300,
    inCooldown: 300,
  },
  create(params) {
    const reader = new Params('target-tracking', params, this.defaults)
    const metric = readMetric(reader)
    const options: Options = {
      metric,
      target: readTarget(reader, metric),
      period: reader.seconds('period', { min: 0, above: true }),
      outAfter: reader.integer('outAfter', { min: 1 }),
      inAfter: reader.integer('inAfter', { min: 1 }),
      inBelow: reader.fraction('inBelow', { min: 0, max: 1 }),
      outCooldown: reader.seconds('outCooldown'),
      inCooldown: reader.seconds('inCooldown'),
    }
    reader.finish()
    return new TargetTracking(options)
  },
}
