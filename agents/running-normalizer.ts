/** Brings observations to mean 0 and variance 1 by running statistics (Welford, 1962), clipped to [-10, 10]. */

export type NormalizerState = {
  readonly count: number
  readonly mean: Float64Array
  /** Sums of squared deviations from the mean. */
  readonly squares: Float64Array
}

const CLIP = 10
const EPSILON = 1e-8

export class RunningNormalizer {
  private count = 0
  private mean: Float64Array
  private squares: Float64Array

  constructor(size: number) {
    this.mean = new Float64Array(size)
    this.squares = new Float64Array(size)
  }

  /** Takes the row of `values` from `at` on into account. */
  update(values: Float32Array, at: number): void {
    const { mean, squares } = this
    this.count++
    for (let i = 0; i < mean.length; i++) {
      const deviation = values[at + i]! - mean[i]!
      mean[i]! += deviation / this.count
      squares[i]! += deviation * (values[at + i]! - mean[i]!)
    }
  }

  /** Normalises the row of `values` from `at` on in place. Before the first `update` it stays as it is. */
  apply(values: Float32Array, at: number): void {
    const { mean, squares, count } = this
    if (count === 0) return
    for (let i = 0; i < mean.length; i++) {
      const value = (values[at + i]! - mean[i]!) / Math.sqrt(squares[i]! / count + EPSILON)
      values[at + i] = Math.min(CLIP, Math.max(-CLIP, value))
    }
  }

  save(): NormalizerState {
    return { count: this.count, mean: this.mean.slice(), squares: this.squares.slice() }
  }

  load(state: NormalizerState): void {
    this.count = state.count
    this.mean = state.mean.slice()
    this.squares = state.squares.slice()
  }
}
