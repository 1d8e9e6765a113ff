import { checkNotNegative, reject } from '../check.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/** Evenly in [low, high), 0 <= low <= high. */
export function uniform(low: number, high: number, path: string): Sampler {
  checkNotNegative(low, path, 'low')
  checkNotNegative(high, path, 'high')
  if (high < low) reject(`expected a number of at least low (${low}), got ${high}`, path, 'high')
  return high === low ? constant(low, path) : new Uniform(low, high)
}

class Uniform implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly low: number
  private readonly width: number
  constructor(low: number, high: number) {
    this.low = low
    this.width = high - low
    this.mean = low + this.width / 2
    this.cv = this.width / (Math.sqrt(12) * this.mean)
  }

  sample(u: UniformSource): number {
    return this.low + this.width * u.next()
  }
}
