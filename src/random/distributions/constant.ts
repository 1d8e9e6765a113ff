import { checkNotNegative } from '../check.ts'
import type { Sampler } from '../sampler.ts'

/** Always the same value, of at least 0. */
export function constant(value: number, path: string): Sampler {
  checkNotNegative(value, path, '')
  return new Constant(value)
}

class Constant implements Sampler {
  readonly mean: number
  readonly cv = 0
  readonly constant = true
  constructor(value: number) {
    this.mean = value
  }

  sample(): number {
    return this.mean
  }
}
