import type { Env } from '../env.ts'
import { Box } from '../spaces/box.ts'
import { requireBox } from './require-box.ts'
import { RunningMeanStd, type RunningMeanStdState } from './running-mean-std.ts'
import { ObservationWrapper } from './wrapper.ts'

export type NormalizeOptions = {
  /** Added to the variance before the root. @default 1e-8 */
  readonly epsilon?: number | undefined
}

/**
 * `(observation - mean) / sqrt(variance + epsilon)` in float32, with running statistics that `reset` and
 * `step` update. Save them with a policy (`save`) and freeze them for its evaluation (`update = false`).
 */
export class NormalizeObservation<Act = unknown> extends ObservationWrapper<
  Float32Array,
  Act,
  ArrayLike<number>
> {
  readonly statistics: RunningMeanStd
  /** Whether observations change the statistics. */
  update = true
  private readonly epsilon: number

  /** Throws ConfigError when the observations are not of a Box. */
  constructor(env: Env<unknown, Act>, options: NormalizeOptions = {}) {
    const box = requireBox(env.observationSpace, 'NormalizeObservation', 'Apply FlattenObservation first.')
    const unbounded = new Box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, { shape: box.shape })
    super(env as Env<ArrayLike<number>, Act>, unbounded)
    this.statistics = new RunningMeanStd(box.low.length)
    this.epsilon = options.epsilon ?? 1e-8
  }

  protected override observation(observation: ArrayLike<number>): Float32Array {
    if (this.update) this.statistics.update(observation)
    const { mean, variance } = this.statistics
    const out = new Float32Array(mean.length)
    for (let i = 0; i < out.length; i++) {
      out[i] = (observation[i]! - mean[i]!) / Math.sqrt(variance[i]! + this.epsilon)
    }
    return out
  }

  save(): RunningMeanStdState {
    return this.statistics.save()
  }

  load(state: RunningMeanStdState): void {
    this.statistics.load(state)
  }

  protected override get snapshotName(): string {
    return 'NormalizeObservation'
  }

  protected override saveState(): RunningMeanStdState {
    return this.save()
  }

  protected override loadState(state: RunningMeanStdState): void {
    this.load(state)
  }
}
