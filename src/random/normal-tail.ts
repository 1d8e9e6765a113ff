/**
 * The standard normal distribution function, where accuracy counts and speed does not: a power series
 * around 0 and the continued fraction of Mills' ratio in the tail (Abramowitz and Stegun 26.2.11, 26.2.14).
 */
import { exp } from './math.ts'

const INVERSE_SQRT_TWO_PI = 0.3989422804014327

/** The density at x. */
export function normalDensity(x: number): number {
  return INVERSE_SQRT_TWO_PI * exp(-0.5 * x * x)
}

/** P(Z > x), with full relative accuracy for large x. */
export function normalTail(x: number): number {
  if (x < 0) return 1 - normalTail(-x)
  if (x >= 3) return normalDensity(x) / (x + fractionFrom(x, 1))
  let term = x
  let sum = x
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return 0.5 - normalDensity(x) * sum
}

/** P(Z <= x). */
export function normalCdf(x: number): number {
  return normalTail(-x)
}

/** first / (x + (first + 1) / (x + (first + 2) / (x + ...))), for x of at least 3. */
export function fractionFrom(x: number, first: number): number {
  let value = 0
  for (let k = first + 150; k >= first; k--) value = k / (x + value)
  return value
}
