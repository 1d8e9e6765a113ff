import { checkPositive } from '../check.ts'
import { log } from '../math.ts'
import type { Sampler, UniformSource } from '../sampler.ts'

export function exponential(mean: number, path: string): Sampler {
  checkPositive(mean, path, 'mean', 'Write 0 for a constant zero.')
  return new Exponential(mean)
}

class Exponential implements Sampler {
  readonly mean: number
  readonly cv = 1
  readonly constant = false
  constructor(mean: number) {
    this.mean = mean
  }

  sample(u: UniformSource): number {
    return -this.mean * log(1 - u.next())
  }
}
