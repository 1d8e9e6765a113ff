/**
 * The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22) evaluated with
 * Lentz's method. Absolute error about 1e-14 for a and b up to some thousands.
 */

import { logGamma } from '../random/log-gamma.ts'
import { exp, log, log1p } from '../random/math.ts'

const TINY = 1e-300

/** P(B <= x) of B ~ Beta(a, b), for a, b > 0 and 0 <= x <= 1. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x))
  // The fraction converges fast on the near side of the mean.
  if (x <= (a + 1) / (a + b + 2)) return (front * fraction(x, a, b)) / a
  return 1 - (front * fraction(1 - x, b, a)) / b
}

function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    const step = d * c
    value *= step
    if (Math.abs(step - 1) < 1e-16) break
  }
  return value
}

function awayFromZero(x: number): number {
  return Math.abs(x) < TINY ? TINY : x
}
