import { checkPositive, reject } from '../check.ts'
import { log } from '../math.ts'
import type { Sampler, UniformSource } from '../sampler.ts'

/** Two exponential branches with balanced means: each contributes half of the mean. */
export function hyperexponential(mean: number, cv: number, path: string): Sampler {
  checkPositive(mean, path, 'mean')
  if (!(cv >= 1 && cv < Number.POSITIVE_INFINITY)) {
    reject(`expected a finite number of at least 1, got ${cv}`, path, 'cv', 'Use gamma or erlang below 1.')
  }
  return new Hyperexponential(mean, cv)
}

class Hyperexponential implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly p: number
  private readonly shortMean: number
  private readonly longMean: number
  constructor(mean: number, cv: number) {
    this.mean = mean
    this.cv = cv
    const square = cv * cv
    const root = Math.sqrt((square - 1) / (square + 1))
    this.p = 0.5 * (1 + root)
    this.shortMean = mean / (1 + root)
    // mean / (1 - root), without the cancellation for a large cv.
    this.longMean = (mean * (1 + root) * (square + 1)) / 2
  }

  /** The one uniform chooses the branch, and where it lies inside its part is uniform again. */
  sample(u: UniformSource): number {
    const uniform = u.next()
    if (uniform < this.p) return -this.shortMean * log((this.p - uniform) / this.p)
    return -this.longMean * log((1 - uniform) / (1 - this.p))
  }
}
