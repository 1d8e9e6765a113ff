import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'

type Options = {
  readonly high: number
  readonly low: number
  readonly upAfter: number
  readonly downAfter: number
  readonly up: number
  readonly down: number
  readonly cooldown: number
}

type State = { readonly above: number; readonly below: number }

class Threshold implements ScalingPolicy {
  private readonly options: Options
  /** Intervals in a row with a utilisation above `high`, and below `low`. */
  private above = 0
  private below = 0

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    const { high, low, upAfter, downAfter, up, down, cooldown } = this.options
    this.above = view.utilization > high ? this.above + 1 : 0
    this.below = view.utilization < low ? this.below + 1 : 0
    if (view.sinceChange < cooldown) return view.target
    if (this.above >= upAfter) {
      this.above = 0
      return view.target + up
    }
    if (this.below >= downAfter) {
      this.below = 0
      return Math.max(0, view.target - down)
    }
    return view.target
  }

  save(): State {
    return { above: this.above, below: this.below }
  }

  load(state: unknown): void {
    const { above, below } = state as State
    this.above = above
    this.below = below
  }
}

/**
 * `up` replicas more when the CPU utilisation was above `high` for `upAfter` intervals in a row, `down` fewer
 * when below `low` for `downAfter`; nothing within `cooldown` seconds of the last change of the target.
 */
export const threshold: PolicyDefinition<ScalingPolicy> = {
  name: 'threshold',
  summary: 'Steps up and down when the CPU utilisation leaves a band.',
  information: 'own',
  defaults: { high: 0.75, low: 0.35, upAfter: 1, downAfter: 3, up: 1, down: 1, cooldown: 60 },
  create(params) {
    const reader = new Params('threshold', params, this.defaults)
    const options: Options = {
      high: reader.fraction('high', { min: 0, max: 1 }),
      low: reader.fraction('low', { min: 0, max: 1 }),
      upAfter: reader.integer('upAfter', { min: 1 }),
      downAfter: reader.integer('downAfter', { min: 1 }),
      up: reader.integer('up', { min: 1 }),
      down: reader.integer('down', { min: 1 }),
      cooldown: reader.seconds('cooldown'),
    }
    if (options.low >= options.high) {
      reader.reject(`expected low below high (${options.high}), got ${options.low}`, 'low')
    }
    reader.finish()
    return new Threshold(options)
  },
}
