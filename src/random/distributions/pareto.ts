import { checkPositive, reject } from '../check.ts'
import { exp, log } from '../math.ts'
import type { Sampler, UniformSource } from '../sampler.ts'

/** P(X > x) = (m / x)^shape above m = mean (shape - 1) / shape; the variance exists for shape > 2. */
export function pareto(mean: number, shape: number, path: string): Sampler {
  checkPositive(mean, path, 'mean')
  if (!(shape > 1 && shape < Number.POSITIVE_INFINITY)) {
    reject(
      `expected a finite number above 1, got ${shape}`,
      path,
      'shape',
      'At 1 and below there is no mean.',
    )
  }
  return new Pareto(mean, shape)
}

class Pareto implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly minimum: number
  private readonly exponent: number
  constructor(mean: number, shape: number) {
    this.mean = mean
    this.cv = shape > 2 ? 1 / Math.sqrt(shape * (shape - 2)) : Number.POSITIVE_INFINITY
    this.minimum = (mean * (shape - 1)) / shape
    this.exponent = -1 / shape
  }

  sample(u: UniformSource): number {
    return this.minimum * exp(this.exponent * log(1 - u.next()))
  }
}
