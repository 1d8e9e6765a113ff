/** Bands over time: where each instant's mean lies, and where the whole curve lies. */
import type { Stream } from '../../random/stream.ts'
import { quantileSorted } from '../quantile.ts'
import { studentQuantile } from '../student-t.ts'

export type Band = {
  readonly mean: readonly number[]
  /** Student's interval at each instant for itself. */
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
  const t = studentQuantile((1 + level) / 2, n - 1)
  const around = (factor: number): number[] => Array.from(mean, (value, k) => value + factor * error[k]!)
  const band = { mean: [...mean], low: around(-t), high: around(t) }
  if (n < MIN_REPLICATIONS) return band
  const c = supremum(curves, mean, level, draws)
  return { ...band, simultaneous: { low: around(-c), high: around(c) } }
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
