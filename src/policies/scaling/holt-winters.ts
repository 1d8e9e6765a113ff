/** Predictive scaling by Holt and Winters' exponential smoothing. */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'

type Options = {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  /** Seconds; 0: no season. */
  readonly season: number
  readonly quantile: number
  readonly staffing: number
}

/** Errors of past forecasts that the margin is taken from. */
const ERRORS = 200

class HoltWinters implements ScalingPolicy {
  private readonly options: Options
  private level = 0
  private trend = 0
  private seasonal: number[] = []
  /** Observations so far. */
  private count = 0
  /** Forecasts that are not due yet: that of observation k at k. */
  private forecasts: { readonly at: number; readonly value: number }[] = []
  private errors: number[] = []

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    const { season, quantile, staffing } = this.options
    const steps = season > 0 ? Math.max(1, Math.round(season / view.interval)) : 0
    if (this.seasonal.length !== steps) this.seasonal = new Array(steps).fill(0)
    const load = view.offered[0]
    this.settle(load)
    this.observe(load)
    // What is started now works from when it is ready until the next decision.
    const ahead = Math.max(1, Math.ceil((view.startup + view.interval) / view.interval - 1e-9))
    const forecast = Math.max(0, this.forecast(ahead))
    this.forecasts.push({ at: this.count - 1 + ahead, value: forecast })
    const expected = Math.max(0, forecast + this.margin(quantile))
    return Math.max(1, Math.ceil(expected + staffing * Math.sqrt(expected) - 1e-9))
  }

  /** l = a (y - s) + (1 - a)(l + b), b = b' (l - l') + (1 - b') b, s = g (y - l) + (1 - g) s. */
  private observe(load: number): void {
    const { alpha, beta, gamma } = this.options
    const at = this.seasonal.length === 0 ? 0 : this.count % this.seasonal.length
    const season = this.seasonal[at] ?? 0
    const before = this.level
    if (this.count === 0) {
      this.level = load
    } else {
      this.level = alpha * (load - season) + (1 - alpha) * (before + this.trend)
      this.trend = beta * (this.level - before) + (1 - beta) * this.trend
    }
    if (this.seasonal.length > 0) this.seasonal[at] = gamma * (load - this.level) + (1 - gamma) * season
    this.count++
  }

  private forecast(ahead: number): number {
    const { length } = this.seasonal
    const season = length === 0 ? 0 : this.seasonal[(this.count - 1 + ahead) % length]!
    return this.level + ahead * this.trend + season
  }

  /** The forecasts for this observation show how wrong they were. */
  private settle(load: number): void {
    const due = this.forecasts.filter(({ at }) => at === this.count)
    this.forecasts = this.forecasts.filter(({ at }) => at > this.count)
    for (const { value } of due) this.errors.push(load - value)
    if (this.errors.length > ERRORS) this.errors = this.errors.slice(-ERRORS)
  }

  private margin(quantile: number): number {
    if (this.errors.length < 10) return 0
    const sorted = [...this.errors].sort((a, b) => a - b)
    return Math.max(0, sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))]!)
  }

  save(): unknown {
    const { level, trend, seasonal, count, forecasts, errors } = this
    return { level, trend, seasonal: [...seasonal], count, forecasts: [...forecasts], errors: [...errors] }
  }

  load(state: unknown): void {
    const { level, trend, seasonal, count, forecasts, errors } = state as {
      level: number
      trend: number
      seasonal: number[]
      count: number
      forecasts: { at: number; value: number }[]
      errors: number[]
    }
    Object.assign(this, { level, trend, count })
    this.seasonal = [...seasonal]
    this.forecasts = [...forecasts]
    this.errors = [...errors]
  }
}

/**
 * Forecasts the offered load for when a replica started now will be ready, by additive exponential smoothing (P. R.
 * Winters, Management Science 6, 1960) of weights `alpha`, `beta`, `gamma` with a season of `season` seconds (0: none);
 * adds the `quantile` of its own past errors, and square-root `staffing` on top.
 */
export const holtWinters: PolicyDefinition<ScalingPolicy> = {
  name: 'holt-winters',
  summary: 'Forecasts the offered load for when a new replica is ready, by Holt and Winters.',
  information: 'own',
  defaults: { alpha: 0.4, beta: 0.1, gamma: 0.3, season: 0, quantile: 0.9, staffing: 1 },
  create(params) {
    const reader = new Params('holt-winters', params, this.defaults)
    const share = { min: 0, max: 1 }
    const options: Options = {
      alpha: reader.fraction('alpha', { ...share, above: true }),
      beta: reader.fraction('beta', share),
      gamma: reader.fraction('gamma', share),
      season: reader.seconds('season'),
      quantile: reader.fraction('quantile', share),
      staffing: reader.number('staffing', { min: 0 }),
    }
    reader.finish()
    return new HoltWinters(options)
  },
}
