import { checkPositive, reject } from '../check.ts'
import { log } from '../math.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { exponential } from './exponential.ts'
import { gamma } from './gamma.ts'

/** Above it the gamma sampler is cheaper than one uniform per stage; the distribution is the same. */
const MOST_STAGES = 12

/** The sum of k exponentials whose means sum to `mean`. */
export function erlang(k: number, mean: number, path: string): Sampler {
  if (!(Number.isSafeInteger(k) && k >= 1)) reject(`expected an integer of at least 1, got ${k}`, path, 'k')
  checkPositive(mean, path, 'mean')
  if (k === 1) return exponential(mean, path)
  return k > MOST_STAGES ? gamma(mean, 1 / Math.sqrt(k), path) : new Erlang(k, mean)
}

class Erlang implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly k: number
  constructor(k: number, mean: number) {
    this.mean = mean
    this.cv = 1 / Math.sqrt(k)
    this.k = k
  }

  sample(u: UniformSource): number {
    // Each factor is at least 2^-53, so that 12 of them are far from underflow.
    let product = 1
    for (let i = 0; i < this.k; i++) product *= 1 - u.next()
    return (-this.mean / this.k) * log(product)
  }
}
