import { checkNotNegative, reject } from '../check.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/**
 * The inverse distribution function through [probability, value] pairs, linear between them. Below the first
 * and above the last probability the value is that of the first and the last pair.
 */
export function empiricalQuantiles(quantiles: readonly (readonly [number, number])[], path: string): Sampler {
  if (quantiles.length === 0) reject('expected at least one quantile, got none', path, 'quantiles')
  for (let i = 0; i < quantiles.length; i++) {
    const [probability, value] = quantiles[i]!
    const field = `quantiles[${i}]`
    if (!(probability >= 0 && probability <= 1)) {
      reject(`expected a probability from 0 to 1, got ${probability}`, path, `${field}[0]`)
    }
    checkNotNegative(value, path, `${field}[1]`)
    if (i === 0) continue
    const [lastProbability, lastValue] = quantiles[i - 1]!
    if (probability <= lastProbability) {
      reject(`expected a probability above ${lastProbability}, got ${probability}`, path, `${field}[0]`)
    }
    if (value < lastValue)
      reject(`expected a value of at least ${lastValue}, got ${value}`, path, `${field}[1]`)
  }
  const first = quantiles[0]![1]
  return quantiles[quantiles.length - 1]![1] === first
    ? constant(first, path)
    : new EmpiricalQuantiles(quantiles)
}

class EmpiricalQuantiles implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly probabilities: Float64Array
  private readonly values: Float64Array
  constructor(quantiles: readonly (readonly [number, number])[]) {
    const p = Float64Array.from(quantiles, ([probability]) => probability)
    const v = Float64Array.from(quantiles, ([, value]) => value)
    this.probabilities = p
    this.values = v
    const last = p.length - 1
    let mean = p[0]! * v[0]! + (1 - p[last]!) * v[last]!
    for (let i = 1; i <= last; i++) mean += ((p[i]! - p[i - 1]!) * (v[i - 1]! + v[i]!)) / 2
    const square = (x: number): number => (x - mean) * (x - mean)
    let variance = p[0]! * square(v[0]!) + (1 - p[last]!) * square(v[last]!)
    for (let i = 1; i <= last; i++) {
      const a = v[i - 1]! - mean
      const b = v[i]! - mean
      variance += ((p[i]! - p[i - 1]!) * (a * a + a * b + b * b)) / 3
    }
    this.mean = mean
    this.cv = Math.sqrt(variance) / mean
  }

  sample(u: UniformSource): number {
    const { probabilities, values } = this
    const uniform = u.next()
    if (uniform <= probabilities[0]!) return values[0]!
    let low = 0
    let high = probabilities.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (probabilities[middle]! <= uniform) low = middle
      else high = middle
    }
    if (high === probabilities.length) return values[low]!
    const from = probabilities[low]!
    return values[low]! + ((values[high]! - values[low]!) * (uniform - from)) / (probabilities[high]! - from)
  }
}
