/** One summary of the latencies of several classes. */
import { OrderStatistics } from '../analysis/order-statistics.ts'
import type { LatencyRecorder } from '../metrics/latency-recorder.ts'
import { LogHistogram } from '../metrics/log-histogram.ts'
import { pow } from '../random/index.ts'
import type { LatencySummary } from '../results/types.ts'

export class Latencies {
  readonly count: number
  readonly exact: boolean
  private readonly recorders: readonly LatencyRecorder[]
  private readonly values: OrderStatistics
  private merged: LogHistogram | undefined

  constructor(recorders: readonly LatencyRecorder[]) {
    this.recorders = recorders.filter((recorder) => recorder.count > 0)
    this.count = this.recorders.reduce((sum, recorder) => sum + recorder.count, 0)
    this.exact = this.recorders.every((recorder) => recorder.exact)
    const values = new Float64Array(this.exact ? this.count : 0)
    if (this.exact) {
      let at = 0
      for (const { raw, count } of this.recorders) {
        values.set(raw.subarray(0, count), at)
        at += count
      }
    }
    this.values = new OrderStatistics(values)
  }

  get sum(): number {
    return this.recorders.reduce((sum, recorder) => sum + recorder.moments.sum, 0)
  }

  /** R-7 where exact, else from the histogram, within its relative error and within [min, max]. */
  quantile(q: number): number {
    if (this.exact) return this.values.quantile(q)
    return Math.min(this.max, Math.max(this.min, this.histogram.quantile(q)))
  }

  private get histogram(): LogHistogram {
    if (this.recorders.length === 1) return this.recorders[0]!.moments.histogram
    if (this.merged === undefined) {
      this.merged = new LogHistogram()
      for (const recorder of this.recorders) this.merged.merge(recorder.moments.histogram)
    }
    return this.merged
  }

  get min(): number {
    return Math.min(...this.recorders.map((recorder) => recorder.moments.min))
  }

  get max(): number {
    return Math.max(...this.recorders.map((recorder) => recorder.moments.max))
  }

  /** From the histogram: every hundredth, then twenty points to each factor of ten nearer to 1, as far as there are latencies. */
  distribution(): [number, number][] {
    if (this.count === 0) return []
    const quantiles = Array.from({ length: 99 }, (_, i) => i / 100)
    for (let step = 0, tail = 0.01; tail * this.count >= 1; step++) {
      quantiles.push(1 - tail)
      tail = 0.01 * pow(10, -(step + 1) / 20)
    }
    quantiles.push(1)
    const { min, max } = this
    const values = this.histogram.quantiles(quantiles)
    return quantiles.map((q, i) => [
      q,
      q === 0 ? min : q === 1 ? max : Math.min(max, Math.max(min, values[i]!)),
    ])
  }

  summary(): LatencySummary {
    const { count } = this
    const quantiles = this.exact ? 'exact' : 'histogram'
    if (count === 0) {
      const none = {
        mean: null,
        std: null,
        min: null,
        max: null,
        p50: null,
        p90: null,
        p95: null,
        p99: null,
        p999: null,
      }
      return { count, ...none, quantiles }
    }
    const mean = this.sum / count
    let squares = 0
    for (const { moments } of this.recorders) {
      const off = moments.mean - mean
      squares += moments.deviations + moments.count * off * off
    }
    return {
      count,
      mean,
      std: Math.sqrt(squares / count),
      min: this.min,
      max: this.max,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      quantiles,
    }
  }
}
