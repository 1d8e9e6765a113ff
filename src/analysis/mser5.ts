/**
 * How much of a series is warm-up: MSER-5 of K. P. White, M. J. Cobb and S. C. Spratt (WSC 2000). The series
 * is averaged in fives; cut off is the start whose loss makes the standard error of the rest smallest.
 */

export type Mser = {
  /** Values to cut off, a multiple of 5. */
  readonly truncation: number
  /** Mean of what remains. */
  readonly mean: number
  /** False when the best cut is at the limit of half the series: it is too short to say. */
  readonly reliable: boolean
}

const BATCH = 5

/** NaN as mean of a series of fewer than 10 values, and not reliable. */
export function mser5(series: ArrayLike<number>): Mser {
  const batches = Math.floor(series.length / BATCH)
  if (batches < 2) return { truncation: 0, mean: Number.NaN, reliable: false }
  const means = new Float64Array(batches)
  for (let j = 0; j < batches; j++) {
    let sum = 0
    for (let i = 0; i < BATCH; i++) sum += series[j * BATCH + i]!
    means[j] = sum / BATCH
  }
  const limit = Math.floor(batches / 2)
  let best = 0
  let bestError = Number.POSITIVE_INFINITY
  let bestMean = Number.NaN
  // From the back, so that mean and squares of the rest grow by one batch at a time (Welford).
  let count = 0
  let average = 0
  let squares = 0
  for (let cut = batches - 1; cut >= 0; cut--) {
    count++
    const difference = means[cut]! - average
    average += difference / count
    squares += difference * (means[cut]! - average)
    const error = squares / (count * count)
    // At a tie the shorter cut.
    if (cut <= limit && error <= bestError) {
      best = cut
      bestError = error
      bestMean = average
    }
  }
  return { truncation: best * BATCH, mean: bestMean, reliable: best < limit }
}
