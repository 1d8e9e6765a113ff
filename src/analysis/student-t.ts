/** Student's t distribution, by the incomplete beta function (Abramowitz and Stegun 26.7.1). */
import { bisect } from './bisect.ts'
import { incompleteBeta } from './incomplete-beta.ts'

/** P(T <= t) with `degrees` > 0 degrees of freedom, not necessarily whole. */
export function studentCdf(t: number, degrees: number): number {
  const tail = studentTail(Math.abs(t), degrees)
  return t > 0 ? 1 - tail : tail
}

/** t with P(T <= t) = p; -Infinity at 0 and Infinity at 1. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p >= 0 && p <= 1 && degrees > 0)) return Number.NaN
  if (p === 0.5) return 0
  const tail = p < 0.5 ? p : 1 - p
  if (tail === 0) return p < 0.5 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  let high = 1
  while (studentTail(high, degrees) > tail) high *= 2
  const t = bisect((x) => -studentTail(x, degrees), -tail, 0, high)
  return p < 0.5 ? -t : t
}

/** P(T > t) for t >= 0. */
function studentTail(t: number, degrees: number): number {
  if (t === Number.POSITIVE_INFINITY) return 0
  const square = t * t
  // Near the centre the argument of the other form would round to 1.
  if (square < 1) return 0.5 - 0.5 * incompleteBeta(square / (degrees + square), 0.5, degrees / 2)
  return 0.5 * incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5)
}
