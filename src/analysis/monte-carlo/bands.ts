/** Bands over time: where each instant's mean lies, and where the whole curve lies. */
import type { Stream } from '../../random/stream.ts'
import { quantileSorted } from '../quantile.ts'
import { skewedReach } from '../skewed-reach.ts'

export type Band = {
  readonly mean: readonly number[]
  /** An interval at each instant for itself: Student's, corrected for skewness (`skewedReach`) from ten curves on. */
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Covers the curve as a whole; absent below MIN_REPLICATIONS. */
  readonly simultaneous?: { readonly low: readonly number[]; readonly high: readonly number[] }
}

/** Below this many curves a bootstrap of their largest deviation is not worth its name. */
export const MIN_REPLICATIONS = 40

const RESAMPLES = 1000

/**
 * The simultaneous band is mean ± c x standard error with c the quantile of the largest studentised deviation over
 * all instants, from a bootstrap of whole curves: the sup-t band of J. L. Montiel Olea and M. Plagborg-Møller,
 * "Simultaneous confidence bands", J. Applied Econometrics 34 (2019).
 *
 * @param curves one row per replication, all of one length.
 * @throws RangeError of fewer than two curves: nothing is known about the spread then.
 */
export function bandOf(curves: readonly (readonly number[])[], level: number, draws: Stream): Band {
  const n = curves.length
  if (n < 2) throw new RangeError(`a band needs at least two curves, got ${n}`)
  const length = curves[0]!.length
  const mean = new Float64Array(length)
  const error = new Float64Array(length)
  const identity = Int32Array.from(curves, (_, i) => i)
  momentsAt(curves, identity, mean, error)
  const reach = Array.from(mean, (value, k) => skewedReach(n, skewnessAt(curves, k, value), level))
  // A band of the whole curve (`least`) is nowhere narrower than the intervals of its instants.
  const ends = (least: number): { low: number[]; high: number[] } => ({
    low: reach.map(({ below }, k) => mean[k]! - Math.max(least, below) * error[k]!),
    high: reach.map(({ above }, k) => mean[k]! + Math.max(least, above) * error[k]!),
  })
  const band = { mean: [...mean], ...ends(0) }
  if (n < MIN_REPLICATIONS) return band
  const c = supremum(curves, mean, level, draws)
  return { ...band, simultaneous: ends(c) }
}

/** 0 where all curves agree. */
function skewnessAt(curves: readonly (readonly number[])[], k: number, mean: number): number {
  let squares = 0
  let cubes = 0
  for (const curve of curves) {
    const off = curve[k]! - mean
    squares += off * off
    cubes += off * off * off
  }
  const variance = squares / curves.length
  return variance > 0 ? cubes / curves.length / (variance * Math.sqrt(variance)) : 0
}

function supremum(
  curves: readonly (readonly number[])[],
  mean: Float64Array,
  level: number,
  draws: Stream,
): number {
  const n = curves.length
  const rows = new Int32Array(n)
  const resampled = new Float64Array(mean.length)
  const error = new Float64Array(mean.length)
  const largest = Float64Array.from({ length: RESAMPLES }, () => {
    for (let i = 0; i < n; i++) rows[i] = draws.int(n)
    momentsAt(curves, rows, resampled, error)
    let sup = 0
    for (let k = 0; k < mean.length; k++) {
      if (error[k]! > 0) sup = Math.max(sup, Math.abs(resampled[k]! - mean[k]!) / error[k]!)
    }
    return sup
  }).sort()
  return quantileSorted(largest, level)
}

/** Mean and standard error of the mean at each instant, of these rows. */
function momentsAt(
  curves: readonly (readonly number[])[],
  rows: Int32Array,
  mean: Float64Array,
  error: Float64Array,
): void {
  const n = rows.length
  mean.fill(0)
  error.fill(0)
  for (let i = 0; i < n; i++) {
    const curve = curves[rows[i]!]!
    for (let k = 0; k < mean.length; k++) mean[k]! += curve[k]! / n
  }
  for (let i = 0; i < n; i++) {
    const curve = curves[rows[i]!]!
    for (let k = 0; k < mean.length; k++) error[k]! += (curve[k]! - mean[k]!) * (curve[k]! - mean[k]!)
  }
  for (let k = 0; k < mean.length; k++) error[k] = Math.sqrt(error[k]! / (n * (n - 1)))
}
