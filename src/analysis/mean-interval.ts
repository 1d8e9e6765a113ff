import type { Interval } from './interval.ts'
import { momentsOf } from './moments.ts'
import { studentQuantile } from './student-t.ts'

/**
 * Student's interval of the mean of independent observations. Of one observation, or of none, nothing is
 * known about the spread: the interval is unbounded.
 */
export function meanInterval(values: Iterable<number>, level = 0.95): Interval {
  const { count: n, mean: estimate, variance } = momentsOf(values)
  if (n < 2) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, level, n }
  const halfWidth = studentQuantile((1 + level) / 2, n - 1) * Math.sqrt(variance / n)
  return { estimate, low: estimate - halfWidth, high: estimate + halfWidth, level, n }
}
