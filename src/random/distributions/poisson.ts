/**
 * Poisson counts, exactly: by inversion from one uniform for small means; else by the transformed rejection
 * PTRS of W. Hörmann, The Transformed Rejection Method for Generating Poisson Random Variables (1993).
 */
import { checkNotNegative, reject } from '../check.ts'
import { logGamma } from '../log-gamma.ts'
import { exp, log } from '../math.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

export function poisson(mean: number, path: string): Sampler {
  checkNotNegative(mean, path, 'mean')
  if (mean > 1e15) reject(`expected a number of at most 1e15, got ${mean}`, path, 'mean')
  if (mean === 0) return constant(0, path)
  return mean < 10 ? new SmallPoisson(mean) : new LargePoisson(mean)
}

class SmallPoisson implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly zero: number
  constructor(mean: number) {
    this.mean = mean
    this.cv = 1 / Math.sqrt(mean)
    this.zero = exp(-mean)
  }

  sample(u: UniformSource): number {
    let rest = u.next()
    let k = 0
    let probability = this.zero
    while (rest >= probability) {
      rest -= probability
      probability *= this.mean / ++k
      // The sum of all probabilities can round to just below the largest uniform.
      if (probability < 1e-18 && k > this.mean) break
    }
    return k
  }
}

class LargePoisson implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly a: number
  private readonly b: number
  private readonly acceptable: number
  private readonly logInverseAlpha: number
  private readonly logMean: number
  constructor(mean: number) {
    this.mean = mean
    this.cv = 1 / Math.sqrt(mean)
    this.b = 0.931 + 2.53 * Math.sqrt(mean)
    this.a = -0.059 + 0.02483 * this.b
    this.acceptable = 0.9277 - 3.6224 / (this.b - 2)
    this.logInverseAlpha = log(1.1239 + 1.1328 / (this.b - 3.4))
    this.logMean = log(mean)
  }

  sample(source: UniformSource): number {
    const { a, b, mean } = this
    for (;;) {
      const u = source.next() - 0.5
      const v = 1 - source.next()
      const us = 0.5 - Math.abs(u)
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
      if (us >= 0.07 && v <= this.acceptable) return k
      if (k < 0 || (us < 0.013 && v > us)) continue
      const left = log(v) + this.logInverseAlpha - log(a / (us * us) + b)
      if (left <= k * this.logMean - mean - logGamma(k + 1)) return k
    }
  }
}
