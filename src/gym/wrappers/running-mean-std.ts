/**
 * Mean and variance of what was seen so far, one coordinate at a time, in float64 (Chan, Golub and LeVeque
 * 1979, with batches of one). Starts as Gymnasium's: mean 0, variance 1, with the weight of 1e-4 samples.
 */
import { reject } from '../../random/check.ts'

/** Plain data, for JSON and checkpoints. */
export type RunningMeanStdState = {
  readonly mean: readonly number[]
  readonly variance: readonly number[]
  readonly count: number
}

export class RunningMeanStd {
  readonly mean: Float64Array
  /** Of the population. */
  readonly variance: Float64Array
  count = 1e-4

  constructor(size: number) {
    this.mean = new Float64Array(size)
    this.variance = new Float64Array(size).fill(1)
  }

  update(x: ArrayLike<number>): void {
    const { mean, variance, count } = this
    const total = count + 1
    for (let i = 0; i < mean.length; i++) {
      const delta = x[i]! - mean[i]!
      mean[i] = mean[i]! + delta / total
      variance[i] = (variance[i]! * count + (delta * delta * count) / total) / total
    }
    this.count = total
  }

  save(): RunningMeanStdState {
    return { mean: Array.from(this.mean), variance: Array.from(this.variance), count: this.count }
  }

  /** Throws ConfigError for statistics of another size. */
  load(state: RunningMeanStdState): void {
    const size = this.mean.length
    if (state.mean.length !== size || state.variance.length !== size) {
      reject(`expected statistics of ${size} coordinates, got ${state.mean.length}`, 'RunningMeanStd', '')
    }
    this.mean.set(state.mean)
    this.variance.set(state.variance)
    this.count = state.count
  }
}
