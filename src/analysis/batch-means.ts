import type { Interval } from './interval.ts'
import { mean } from './mean.ts'
import { meanInterval } from './mean-interval.ts'

export type BatchMeans = Interval & {
  readonly batchSize: number
  readonly means: readonly number[]
  /** Lag-1 autocorrelation of the batch means; much above 0 says that the batches are too short. */
  readonly correlation: number
}

/**
 * The interval of a stationary mean from one long, correlated series: non-overlapping batches of equal size
 * are nearly independent when long (Law and Kelton). What does not fill a batch is left out at the start.
 */
export function batchMeans(series: ArrayLike<number>, batches = 20, level = 0.95): BatchMeans {
  const batchSize = Math.floor(series.length / batches)
  const means: number[] = []
  const skipped = series.length - batchSize * batches
  for (let start = skipped; batchSize > 0 && start < series.length; start += batchSize) {
    let sum = 0
    for (let i = start; i < start + batchSize; i++) sum += series[i]!
    means.push(sum / batchSize)
  }
  return { ...meanInterval(means, level), batchSize, means, correlation: lagOneCorrelation(means) }
}

/** 0 for a constant series, NaN of fewer than two values. */
function lagOneCorrelation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN
  const average = mean(values)
  let squares = 0
  let products = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - average
    squares += deviation * deviation
    if (i > 0) products += deviation * (values[i - 1]! - average)
  }
  return squares === 0 ? 0 : products / squares
}
