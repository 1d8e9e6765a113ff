import { SimError } from '../errors.ts'
import type { Interval } from './interval.ts'
import { meanInterval } from './mean-interval.ts'

/**
 * Student's interval of the mean difference a - b of observations made in pairs, as of two policies under the
 * same seeds. Common random numbers make it far narrower than the two intervals apart.
 */
export function pairedInterval(a: readonly number[], b: readonly number[], level = 0.95): Interval {
  if (a.length !== b.length) {
    throw new SimError(
      'unpaired',
      `expected pairs, got ${a.length} and ${b.length} values. Use the same seeds.`,
    )
  }
  return meanInterval(
    a.map((value, i) => value - b[i]!),
    level,
  )
}
