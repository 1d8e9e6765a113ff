import { reject } from '../../random/check.ts'
import type { Env, StepResult } from '../env.ts'
import type { NormalizeOptions } from './normalize-observation.ts'
import { RunningMeanStd, type RunningMeanStdState } from './running-mean-std.ts'
import { Wrapper } from './wrapper.ts'

export type NormalizeRewardOptions = NormalizeOptions & {
  /** Of the discounted return whose spread is the unit. @default 0.99 */
  readonly gamma?: number | undefined
}

export type NormalizeRewardState = {
  readonly statistics: RunningMeanStdState
  readonly discountedReturn: number
}

/**
 * Divides rewards by the running standard deviation of `G = gamma G (1 - terminated) + reward`.
 * As in Gymnasium, neither truncation nor `reset` zeroes G. Not for comparing agents: the unit moves.
 */
export class NormalizeReward<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  readonly statistics: RunningMeanStd = new RunningMeanStd(1)
  /** Whether rewards change the statistics. */
  update = true
  private readonly gamma: number
  private readonly epsilon: number
  private readonly discounted: Float64Array = new Float64Array(1)

  constructor(env: Env<Obs, Act>, options: NormalizeRewardOptions = {}) {
    super(env)
    this.gamma = options.gamma ?? 0.99
    this.epsilon = options.epsilon ?? 1e-8
    if (!(this.gamma >= 0 && this.gamma <= 1)) {
      reject(`expected a number from 0 to 1, got ${this.gamma}`, 'NormalizeReward.gamma', '')
    }
  }

  override step(action: Act): StepResult<Obs> {
    const result = this.env.step(action)
    const carried = result.terminated ? 0 : this.discounted[0]! * this.gamma
    this.discounted[0] = carried + result.reward
    if (this.update) this.statistics.update(this.discounted)
    result.reward /= Math.sqrt(this.statistics.variance[0]! + this.epsilon)
    return result
  }

  save(): NormalizeRewardState {
    return { statistics: this.statistics.save(), discountedReturn: this.discounted[0]! }
  }

  load(state: NormalizeRewardState): void {
    this.statistics.load(state.statistics)
    this.discounted[0] = state.discountedReturn
  }

  protected override get snapshotName(): string {
    return 'NormalizeReward'
  }

  protected override saveState(): NormalizeRewardState {
    return this.save()
  }

  protected override loadState(state: NormalizeRewardState): void {
    this.load(state)
  }
}
