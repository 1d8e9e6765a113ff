/**
 * Prediction by additive exponential smoothing (Holt, 1957; Winters, 1960) of the offered load, at the horizon of a
 * replica's start; provisioned is the forecast plus a quantile of the errors of past forecasts at that horizon.
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { measuredAt } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  /** Seconds; 0: no season. */
  readonly period: number
  readonly quantile: number
  readonly residuals: number
  readonly staffing: number
}

type Forecast = { readonly step: number; readonly load: number }

type State = {
  readonly level: number
  readonly trend: number
  readonly season: readonly number[]
  readonly step: number
  readonly seenAt: number
  readonly errors: readonly number[]
  readonly forecasts: readonly Forecast[]
}

export class HoltWinters implements ScalingPolicy {
  private readonly options: Options
  private level = 0
  private trend = 0
  /** By step modulo its length; empty before the first measurement. */
  private season: number[] = []
  /** Measurements so far. */
  private step = 0
  private seenAt = 0
  /** Errors of the forecasts that have come due, oldest first. */
  private errors: number[] = []
  private forecasts: Forecast[] = []

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    const time = measuredAt(view)
    if (time > this.seenAt + EPSILON) {
      this.seenAt = time
      this.observe(view.offered[0], view.interval)
    }
    if (this.step === 0) return view.target
    const ahead = Math.max(1, Math.ceil((view.startup + view.metricAge) / view.interval - EPSILON))
    const forecast = this.forecast(ahead)
    this.forecasts.push({ step: this.step + ahead, load: forecast })
    const load = Math.max(0, forecast + this.reserve())
    return Math.ceil(load + this.options.staffing * Math.sqrt(load) - EPSILON)
  }

  private observe(load: number, interval: number): void {
    const { alpha, beta, gamma, period } = this.options
    if (this.step === 0) {
      this.level = load
      this.season = new Array(period > 0 ? Math.max(1, Math.round(period / interval)) : 1).fill(0)
      this.step = 1
      return
    }
    const { level, season } = this
    const i = this.step % season.length
    this.level = alpha * (load - season[i]!) + (1 - alpha) * (level + this.trend)
    this.trend = beta * (this.level - level) + (1 - beta) * this.trend
    if (period > 0) season[i] = gamma * (load - this.level) + (1 - gamma) * season[i]!
    this.step++
    this.settle(load)
  }

  /** Load `ahead` measurements after the last one. */
  forecast(ahead: number): number {
    const { season } = this
    return this.level + ahead * this.trend + season[(this.step - 1 + ahead) % season.length]!
  }

  /** Notes the errors of forecasts for the newest measurement. */
  private settle(load: number): void {
    for (const forecast of this.forecasts) {
      if (forecast.step === this.step) this.errors.push(load - forecast.load)
    }
    this.forecasts = this.forecasts.filter((forecast) => forecast.step > this.step)
    this.errors = this.errors.slice(-this.options.residuals)
  }

  private reserve(): number {
    if (this.errors.length === 0) return 0
    const sorted = [...this.errors].sort((a, b) => a - b)
    const rank = (sorted.length - 1) * this.options.quantile
    const low = Math.floor(rank)
    const high = Math.min(sorted.length - 1, low + 1)
    return sorted[low]! + (rank - low) * (sorted[high]! - sorted[low]!)
  }

  save(): State {
    const { level, trend, step, seenAt } = this
    return {
      ...{ level, trend, step, seenAt },
      season: [...this.season],
      errors: [...this.errors],
      forecasts: [...this.forecasts],
    }
  }

  load(state: unknown): void {
    const { season, errors, forecasts, ...own } = state as State
    Object.assign(this, own)
    this.season = [...season]
    this.errors = [...errors]
    this.forecasts = [...forecasts]
  }
}

/**
 * `alpha`, `beta`, `gamma`: weights of the newest value in level, trend and season; `period` of the season in seconds (0:
 * none). The `quantile` is taken of the last `residuals` errors; of the sum R, R + `staffing` sqrt(R) replicas are
 * asked for, rounded up.
 */
export const holtWinters: PolicyDefinition<ScalingPolicy> = {
  name: 'holt-winters',
  summary: 'Forecasts the offered load by additive smoothing and provisions a quantile of it.',
  information: 'own',
  defaults: { alpha: 0.3, beta: 0.05, gamma: 0.2, period: 0, quantile: 0.9, residuals: 120, staffing: 1 },
  create(params) {
    const reader = new Params('holt-winters', params, this.defaults)
    const options: Options = {
      alpha: reader.fraction('alpha', { min: 0, max: 1, above: true }),
      beta: reader.fraction('beta', { min: 0, max: 1 }),
      gamma: reader.fraction('gamma', { min: 0, max: 1 }),
      period: reader.seconds('period'),
      quantile: reader.fraction('quantile', { min: 0, max: 1 }),
      residuals: reader.integer('residuals', { min: 1 }),
      staffing: reader.number('staffing', { min: 0 }),
    }
    reader.finish()
    return new HoltWinters(options)
  },
}
