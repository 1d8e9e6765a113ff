/** The series of a run: at k x period, before everything else of that instant, each gauge and counter is read. */
import type { Gauges } from './gauges.ts'

/** Above this many points neighbours are merged. */
export const MAX_POINTS = 20_000

type GaugeSeries = { readonly name: string; readonly gauges: Gauges; readonly index: number }
type CounterSeries = { readonly name: string; readonly read: () => number }

export class Sampler {
  /** Seconds between two points: a multiple of the scenario's sample period. */
  readonly period: number
  readonly points: number
  /** Points taken so far. */
  taken = 0
  /** Points that were taken before and are not here: those of a snapshot without metrics. */
  private absent = 0
  private readonly gaugeSeries: GaugeSeries[] = []
  private readonly counterSeries: CounterSeries[] = []
  private values = new Float64Array(0)
  private means = new Float64Array(0)
  private counts = new Float64Array(0)
  private lastIntegral = new Float64Array(0)
  private lastCount = new Float64Array(0)

  constructor(samplePeriod: number, horizon: number) {
    const samples = Math.floor(horizon / samplePeriod)
    const merged = Math.max(1, Math.ceil(samples / MAX_POINTS))
    this.period = samplePeriod * merged
    // The sample at the horizon itself does not happen: the clock runs over [0, horizon).
    let points = Math.floor(samples / merged)
    while (points > 0 && points * this.period >= horizon) points--
    this.points = points
  }

  gauge(name: string, gauges: Gauges, index: number): void {
    this.gaugeSeries.push({ name, gauges, index })
  }

  counter(name: string, read: () => number): void {
    this.counterSeries.push({ name, read })
  }

  /** After the last `gauge` and `counter`. */
  start(): void {
    this.values = new Float64Array(this.points * this.gaugeSeries.length)
    this.means = new Float64Array(this.points * this.gaugeSeries.length)
    this.counts = new Float64Array(this.points * this.counterSeries.length)
    this.lastIntegral = new Float64Array(this.gaugeSeries.length)
    this.lastCount = new Float64Array(this.counterSeries.length)
  }

  sample(now: number): void {
    const k = this.taken++
    const { gaugeSeries, counterSeries, values, means, counts, lastIntegral, lastCount, period } = this
    const n = gaugeSeries.length
    for (let i = 0, at = k * n; i < n; i++, at++) {
      const { gauges, index } = gaugeSeries[i]!
      const integral = gauges.total(index, now)
      values[at] = gauges.value[index]!
      means[at] = (integral - lastIntegral[i]!) / period
      lastIntegral[i] = integral
    }
    const m = counterSeries.length
    for (let i = 0, at = k * m; i < m; i++, at++) {
      const count = counterSeries[i]!.read()
      counts[at] = count - lastCount[i]!
      lastCount[i] = count
    }
  }

  series(): { time: number[]; values: Record<string, number[]>; means: Record<string, number[]> } {
    const { taken, absent, period } = this
    // Array.from with a function takes ten times as long.
    const column = (from: Float64Array, width: number, i: number): number[] => {
      const list: number[] = []
      for (let k = absent; k < taken; k++) list.push(from[k * width + i]!)
      return list
    }
    const values: Record<string, number[]> = {}
    const means: Record<string, number[]> = {}
    this.gaugeSeries.forEach(({ name }, i) => {
      values[name] = column(this.values, this.gaugeSeries.length, i)
      means[name] = column(this.means, this.gaugeSeries.length, i)
    })
    this.counterSeries.forEach(({ name }, i) => {
      values[name] = column(this.counts, this.counterSeries.length, i)
    })
    const time: number[] = []
    for (let k = absent; k < taken; k++) time.push((k + 1) * period)
    return { time, values, means }
  }

  /** `points: false`: only what the next point needs. */
  save(points = true): unknown {
    const { taken, absent } = this
    const progress = { taken, lastIntegral: this.lastIntegral.slice(), lastCount: this.lastCount.slice() }
    if (!points) return progress
    return {
      ...progress,
      absent,
      values: this.values.slice(0, taken * this.gaugeSeries.length),
      means: this.means.slice(0, taken * this.gaugeSeries.length),
      counts: this.counts.slice(0, taken * this.counterSeries.length),
    }
  }

  load(state: unknown): void {
    const from = state as Record<string, Float64Array> & { taken: number; absent?: number }
    this.taken = from.taken
    this.absent = from.absent ?? from.taken
    this.lastIntegral.set(from.lastIntegral!)
    this.lastCount.set(from.lastCount!)
    if (from.absent === undefined) return
    this.values.set(from.values!)
    this.means.set(from.means!)
    this.counts.set(from.counts!)
  }
}
