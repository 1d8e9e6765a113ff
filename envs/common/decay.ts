/**
 * e^-x for x of at least 0, to 3e-9 of itself: as good as what a float32 of an observation can hold, for a fraction of
 * the cost of `exp`. The nearest smaller multiple of 1/64 comes from a table, the rest from a polynomial. 0 where e^-x
 * is below every float32.
 */
import { exp } from '../../src/random/math.ts'

const STEPS = 64
/** What lies beyond the table is rare, and a larger one would cost every start some milliseconds. */
const LARGEST = 16
/** From here on e^-x is below every float32. */
const GONE = 104
const TABLE = Float64Array.from({ length: LARGEST * STEPS }, (_, i) => exp(-i / STEPS))

export function decay(x: number): number {
  if (!(x < LARGEST)) return x < GONE ? exp(-x) : 0
  const i = (x * STEPS) | 0
  const rest = i / STEPS - x
  return TABLE[i]! * (1 + rest * (1 + rest * (0.5 + rest * (1 / 6))))
}
