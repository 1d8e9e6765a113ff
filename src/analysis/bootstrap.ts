/** Percentile bootstrap intervals (Efron, 1979). */
import type { Stream } from '../random/stream.ts'
import type { Interval } from './interval.ts'
import { quantileSorted } from './quantile.ts'

export type BootstrapOptions = {
  readonly draws: Stream
  /** @default 2000 */
  readonly resamples?: number | undefined
  /** @default 0.95 */
  readonly level?: number | undefined
}

/** The interval of `statistic` over independent values; the array that it is given is reused. */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (sample: readonly number[]) => number,
  options: BootstrapOptions,
): Interval {
  const sample = [...values]
  const resample = (): number => {
    for (let i = 0; i < sample.length; i++) sample[i] = values[options.draws.int(values.length)]!
    return statistic(sample)
  }
  return percentileInterval(statistic(values), resample, values.length, options)
}

/** The interval between percentiles of as many results of `resample` as `options` says. */
export function percentileInterval(
  estimate: number,
  resample: () => number,
  n: number,
  { resamples = 2000, level = 0.95 }: BootstrapOptions,
): Interval {
  const results = Float64Array.from({ length: resamples }, resample).sort()
  const tail = (1 - level) / 2
  return { estimate, low: quantileSorted(results, tail), high: quantileSorted(results, 1 - tail), level, n }
}
