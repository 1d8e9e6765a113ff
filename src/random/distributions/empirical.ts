import { checkNotNegative, reject } from '../check.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/** One of the values, each as likely; repeat a value to make it likelier. */
export function empirical(values: readonly number[], path: string): Sampler {
  if (values.length === 0) reject('expected at least one value, got none', path, 'values')
  for (let i = 0; i < values.length; i++) checkNotNegative(values[i]!, path, `values[${i}]`)
  const first = values[0]!
  return values.every((value) => value === first) ? constant(first, path) : new Empirical(values)
}

class Empirical implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly values: Float64Array
  constructor(values: readonly number[]) {
    this.values = Float64Array.from(values)
    let sum = 0
    for (const value of values) sum += value
    this.mean = sum / values.length
    let squares = 0
    for (const value of values) squares += (value - this.mean) * (value - this.mean)
    this.cv = Math.sqrt(squares / values.length) / this.mean
  }

  sample(u: UniformSource): number {
    return this.values[Math.floor(u.next() * this.values.length)]!
  }
}
