/** Sample quantiles by linear interpolation of order statistics: R-7 of Hyndman and Fan (1996). */

/** The p-quantile of values in any order, 0 <= p <= 1; NaN of nothing. */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p)
}

/** The same of values in rising order. */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const last = sorted.length - 1
  if (last < 0) return Number.NaN
  const position = Math.min(Math.max(p, 0), 1) * last
  const below = Math.floor(position)
  const low = sorted[below]!
  // Not low + 0 * (high - low): the neighbour may be infinite.
  return position === below ? low : low + (position - below) * (sorted[below + 1]! - low)
}
