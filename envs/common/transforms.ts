/** Maps to [0, 1] of the quantities in observations. */
import { log1p } from '../../src/random/math.ts'

const SCALE = 1 / log1p(1000)
const TABLE = Float64Array.from({ length: 1001 }, (_, x) => log1p(x) * SCALE)

/** Counts: min(1, ln(1 + x) / ln(1001)). */
export function lg(x: number): number {
  if (x >= 1000) return 1
  const whole = x | 0
  return whole === x ? TABLE[whole]! : log1p(x) * SCALE
}

/** Quantities with a natural scale a: x / (x + a), a half at a. */
export function sat(x: number, a: number): number {
  return x / (x + a)
}
