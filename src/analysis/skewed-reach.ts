import { pow } from '../random/math.ts'
import { studentQuantile } from './student-t.ts'

/** Below this many observations nothing is known about the skewness: then the interval is Student's. */
const LEAST = 10

/**
 * How far the interval of a mean reaches below and above it, in standard errors, where the observations are skewed:
 * P. Hall's transformation of the t statistic ("On the removal of skewness by transformation", J. Royal Statistical
 * Society B 54, 1992), with Student's quantile in place of the normal one. Queues are skewed to the right, and
 * Student's interval then misses the mean far more often from below than from above. Without skewness it is Student's.
 *
 * @param n observations, at least 2.
 * @param skewness of the observations, the third central moment over the 3/2 power of the second.
 */
export function skewedReach(n: number, skewness: number, level: number): { below: number; above: number } {
  const t = studentQuantile((1 + level) / 2, n - 1)
  // Of a sample; with `correction` the estimate of the distribution's.
  const correction = Math.sqrt(n * (n - 1)) / (n - 2)
  const g = skewness * correction
  if (n < LEAST || !(Math.abs(g) > 1e-6)) return { below: t, above: t }
  const root = Math.sqrt(n)
  const inverse = (y: number): number => (3 / g) * (cubeRoot(1 + g * (y - g / (6 * n))) - 1)
  return { below: root * inverse(t / root), above: -root * inverse(-t / root) }
}

function cubeRoot(x: number): number {
  return x < 0 ? -pow(-x, 1 / 3) : pow(x, 1 / 3)
}
