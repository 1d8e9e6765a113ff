/**
 * The gamma distribution by G. Marsaglia and W. W. Tsang, A Simple Method for Generating Gamma Variables,
 * ACM TOMS 26 (2000); a shape below 1 by their boost U^(1/shape). The number of uniforms varies.
 */
import { checkNotNegative, checkPositive } from '../check.ts'
import { exp, log } from '../math.ts'
import { normalQuantile } from '../normal-quantile.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/** Shape 1 / cv^2, scale mean cv^2. */
export function gamma(mean: number, cv: number, path: string): Sampler {
  checkPositive(mean, path, 'mean')
  checkNotNegative(cv, path, 'cv')
  return cv === 0 ? constant(mean, path) : new Gamma(mean, cv)
}

class Gamma implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly shape: number
  private readonly d: number
  private readonly c: number
  private readonly scale: number
  constructor(mean: number, cv: number) {
    this.mean = mean
    this.cv = cv
    this.shape = 1 / (cv * cv)
    this.scale = mean * cv * cv
    this.d = (this.shape < 1 ? this.shape + 1 : this.shape) - 1 / 3
    this.c = 1 / Math.sqrt(9 * this.d)
  }

  sample(u: UniformSource): number {
    const { d, c, shape } = this
    const boost = shape < 1 ? exp(log(1 - u.next()) / shape) : 1
    for (;;) {
      const x = normalQuantile(u.next())
      const root = 1 + c * x
      if (!(root > 0)) continue
      const v = root * root * root
      const uniform = 1 - u.next()
      const square = x * x
      if (uniform < 1 - 0.0331 * square * square || log(uniform) < 0.5 * square + d * (1 - v + log(v))) {
        return this.scale * boost * d * v
      }
    }
  }
}
