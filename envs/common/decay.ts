/**
 * exp((since - time) / T) for many instants `since` at one `time`, by one exponential for the time and one for each
 * instant that has moved: both count from the last multiple of T, so that the result depends on the two alone.
 */
import { exp } from '../../src/random/math.ts'

export class Decay {
  private readonly timeConstant: number
  private base = Number.NaN
  private passed = Number.NaN
  private readonly since: Float64Array
  private readonly factor: Float64Array

  /** Of `n` instants, all with the time constant `timeConstant` in seconds. */
  constructor(n: number, timeConstant: number) {
    this.timeConstant = timeConstant
    this.since = new Float64Array(n)
    this.factor = new Float64Array(n)
  }

  /** `of` answers for this time, seconds, from now on. */
  moveTo(time: number): void {
    const { timeConstant } = this
    const base = timeConstant * Math.floor(time / timeConstant)
    if (base !== this.base) {
      this.base = base
      this.since.fill(Number.NaN)
    }
    this.passed = exp((base - time) / timeConstant)
  }

  /** What is left at the time of a weight of 1 at `since`; `i`: which of the instants it is. */
  of(i: number, since: number): number {
    if (since !== this.since[i]) {
      this.since[i] = since
      this.factor[i] = exp((since - this.base) / this.timeConstant)
    }
    return this.factor[i]! * this.passed
  }
}
