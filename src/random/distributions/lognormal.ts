import { checkNotNegative, checkPositive } from '../check.ts'
import { exp, log, log1p } from '../math.ts'
import { normalQuantile } from '../normal-quantile.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/** `mean` and `cv` of the value itself: sigma^2 = ln(1 + cv^2), mu = ln(mean) - sigma^2 / 2. */
export function lognormal(mean: number, cv: number, path: string): Sampler {
  checkPositive(mean, path, 'mean')
  checkNotNegative(cv, path, 'cv')
  return cv === 0 ? constant(mean, path) : new Lognormal(mean, cv)
}

class Lognormal implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly mu: number
  private readonly sigma: number
  constructor(mean: number, cv: number) {
    this.mean = mean
    this.cv = cv
    const variance = log1p(cv * cv)
    this.mu = log(mean) - variance / 2
    this.sigma = Math.sqrt(variance)
  }

  sample(u: UniformSource): number {
    return exp(this.mu + this.sigma * normalQuantile(u.next()))
  }
}
