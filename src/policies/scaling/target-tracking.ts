/** Target tracking as on AWS: alarms that need several datapoints in a row, and cooldowns. */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly target: number
  readonly upAfter: number
  readonly downAfter: number
  readonly downFactor: number
  readonly cooldownUp: number
  readonly cooldownDown: number
}
type State = {
  readonly above: number
  readonly below: number
  readonly upAt: number | null
  readonly downAt: number | null
}

class TargetTracking implements ScalingPolicy {
  private readonly options: Options
  /** Datapoints in a row above the target, and below the lower alarm. */
  private above = 0
  private below = 0
  private upAt: number | null = null
  private downAt: number | null = null

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    const { target, upAfter, downAfter, downFactor, cooldownUp, cooldownDown } = this.options
    const { time, utilization, ready } = view
    this.above = utilization > target ? this.above + 1 : 0
    this.below = utilization < downFactor * target ? this.below + 1 : 0
    // Proportional, rounded up in both directions: capacity is given up cautiously.
    const wanted = Math.max(1, Math.ceil((ready * utilization) / target - EPSILON))
    if (this.above >= upAfter) {
      // What was started during the cooldown counts: only the excess over it is added. A scale-in's cooldown is no bar.
      if (wanted <= view.target) return view.target
      this.upAt = time
      return wanted
    }
    const cooling = within(this.upAt, cooldownUp, time) || within(this.downAt, cooldownDown, time)
    if (this.below < downAfter || cooling || wanted >= view.target) return view.target
    this.downAt = time
    return wanted
  }

  save(): State {
    const { above, below, upAt, downAt } = this
    return { above, below, upAt, downAt }
  }

  load(state: unknown): void {
    const { above, below, upAt, downAt } = state as State
    this.above = above
    this.below = below
    this.upAt = upAt
    this.downAt = downAt
  }
}

function within(at: number | null, cooldown: number, time: number): boolean {
  return at !== null && time < at + cooldown - EPSILON
}

/**
 * Keeps the CPU utilisation near `target`: out after `upAfter` intervals in a row above it, in after `downAfter` in a
 * row below `downFactor` of it. Nothing is taken away within `cooldownUp` seconds of a scale-out or `cooldownDown` of a
 * scale-in; a larger need within a cooldown is met by its excess. AWS's datapoints are a minute apart.
 */
export const targetTracking: PolicyDefinition<ScalingPolicy> = {
  name: 'target-tracking',
  summary: 'Target tracking as on AWS: several datapoints in a row, then in proportion, with cooldowns.',
  information: 'own',
  defaults: { target: 0.6, upAfter: 3, downAfter: 15, downFactor: 0.9, cooldownUp: 300, cooldownDown: 300 },
  create(params) {
    const reader = new Params('target-tracking', params, this.defaults)
    const options: Options = {
      target: reader.fraction('target', { min: 0, max: 1, above: true }),
      upAfter: reader.integer('upAfter', { min: 1 }),
      downAfter: reader.integer('downAfter', { min: 1 }),
      downFactor: reader.fraction('downFactor', { min: 0, max: 1 }),
      cooldownUp: reader.seconds('cooldownUp'),
      cooldownDown: reader.seconds('cooldownDown'),
    }
    reader.finish()
    return new TargetTracking(options)
  },
}
