import { checkNotNegative, checkPositive, reject } from '../check.ts'
import { logGamma } from '../log-gamma.ts'
import { exp, log, log1p, pow } from '../math.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

const LARGEST_INVERSE_SHAPE = 50

/** The shape is solved from 1 + cv^2 = Gamma(1 + 2 / shape) / Gamma(1 + 1 / shape)^2. */
export function weibull(mean: number, cv: number, path: string): Sampler {
  checkPositive(mean, path, 'mean')
  checkNotNegative(cv, path, 'cv')
  if (cv === 0) return constant(mean, path)
  const target = log1p(cv * cv)
  if (target > logSecondMoment(LARGEST_INVERSE_SHAPE)) {
    reject(`expected a number below 1e14, got ${cv}`, path, 'cv')
  }
  let low = 0
  let high = LARGEST_INVERSE_SHAPE
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (logSecondMoment(middle) < target) low = middle
    else high = middle
  }
  return new Weibull(mean, cv, (low + high) / 2)
}

/** ln(E X^2 / (E X)^2) as a function of 1 / shape; by the series of ln Gamma at 1 where it would cancel. */
function logSecondMoment(e: number): number {
  if (e > 0.01) return logGamma(1 + 2 * e) - 2 * logGamma(1 + e)
  const zeta = [
    1.6449340668482264, 1.2020569031595942, 1.0823232337111381, 1.03692775514337, 1.017343061984449,
  ]
  let sum = 0
  let power = -e
  let twoToN = 2
  for (let n = 2; n < 7; n++) {
    power *= -e
    twoToN *= 2
    sum += (zeta[n - 2]! * power * (twoToN - 2)) / n
  }
  return sum
}

class Weibull implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly inverseShape: number
  private readonly scale: number
  constructor(mean: number, cv: number, inverseShape: number) {
    this.mean = mean
    this.cv = cv
    this.inverseShape = inverseShape
    this.scale = mean * exp(-logGamma(1 + inverseShape))
  }

  sample(u: UniformSource): number {
    return this.scale * pow(-log(1 - u.next()), this.inverseShape)
  }
}
