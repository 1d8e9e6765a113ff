/**
 * Knative's autoscaler (pkg/autoscaler/scaling/autoscaler.go): the average of a stable window, or of a short panic window
 * while that asks for twice the ready replicas. It ticks every 2 s: give the scaler that `interval`.
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { measuredAt, readMetric, readTarget, type ScalingMetric, total } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly metric: ScalingMetric
  readonly target: number
  readonly stableWindow: number
  readonly panicWindow: number
  readonly panicThreshold: number
  readonly maxUpRate: number
  readonly maxDownRate: number
  readonly scaleDownDelay: number
}

type Sample = { readonly time: number; readonly value: number }

type State = {
  readonly samples: readonly Sample[]
  readonly wanted: readonly Sample[]
  readonly panicAt: number
  readonly panicMost: number
}

const CALM = -1

class Kpa implements ScalingPolicy {
  private readonly options: Options
  /** Measurements of the stable window, oldest first. */
  private samples: Sample[] = []
  /** What was wanted within the scale-down delay. */
  private wanted: Sample[] = []
  /** When the load was last above the panic threshold; CALM outside of a panic. */
  private panicAt = CALM
  private panicMost = 0

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    this.observe(view)
    if (this.samples.length === 0) return view.target
    const { target, stableWindow, panicWindow, panicThreshold, maxUpRate, maxDownRate } = this.options
    const ready = Math.max(1, view.ready)
    const most = Math.ceil(maxUpRate * ready - EPSILON)
    const least = Math.floor(ready / maxDownRate + EPSILON)
    const forStable = Math.ceil(this.average(stableWindow) / target - EPSILON)
    const forPanic = Math.ceil(this.average(panicWindow) / target - EPSILON)
    const clamp = (n: number): number => Math.min(most, Math.max(least, n))
    if (forPanic / ready >= panicThreshold - EPSILON) this.panicAt = view.time
    else if (this.panicAt !== CALM && view.time - this.panicAt > stableWindow + EPSILON) {
      this.panicAt = CALM
      this.panicMost = 0
    }
    let desired = clamp(forStable)
    if (this.panicAt !== CALM) {
      // No scaling down in a panic.
      this.panicMost = Math.max(this.panicMost, desired, clamp(forPanic))
      desired = this.panicMost
    }
    return this.delayed(desired, view.time)
  }

  private observe(view: ScalingView): void {
    const time = measuredAt(view)
    const last = this.samples.at(-1)
    if (time <= 0 || (last !== undefined && time <= last.time + EPSILON)) return
    this.samples.push({ time, value: total(this.options.metric, view) })
    const { stableWindow } = this.options
    this.samples = this.samples.filter((sample) => sample.time > time - stableWindow + EPSILON)
  }

  /** Of the measurements of the window that ends with the newest one, which always counts. */
  private average(window: number): number {
    const newest = this.samples.at(-1)!.time
    let sum = 0
    let count = 0
    for (const { time, value } of this.samples) {
      if (time <= newest - window + EPSILON && time !== newest) continue
      sum += value
      count++
    }
    return sum / count
  }

  private delayed(desired: number, time: number): number {
    const { scaleDownDelay } = this.options
    if (scaleDownDelay === 0) return desired
    this.wanted = this.wanted.filter((past) => past.time > time - scaleDownDelay + EPSILON)
    this.wanted.push({ time, value: desired })
    return this.wanted.reduce((most, past) => Math.max(most, past.value), 0)
  }

  save(): State {
    const { panicAt, panicMost } = this
    return { samples: [...this.samples], wanted: [...this.wanted], panicAt, panicMost }
  }

  load(state: unknown): void {
    const { samples, wanted, panicAt, panicMost } = state as State
    this.samples = [...samples]
    this.wanted = [...wanted]
    this.panicAt = panicAt
    this.panicMost = panicMost
  }
}

/**
 * `metric`: `concurrency` (target 70 requests in a replica: 70 % of Knative's 100) or `rps` (200 a second). `stableWindow`
 * (60 s), `panicWindow` as a share of it (10 %), `panicThreshold` (200 % of the ready replicas), `maxUpRate` (1000) and
 * `maxDownRate` (2) as factors of the ready replicas, `scaleDownDelay` (0 s): the greatest number of so many seconds.
 */
export const kpa: PolicyDefinition<ScalingPolicy> = {
  name: 'kpa',
  summary: 'Knative: the average of a stable window, or of a short one in a panic.',
  information: 'own',
  defaults: {
    metric: 'concurrency',
    target: 70,
    stableWindow: 60,
    panicWindow: 0.1,
    panicThreshold: 2,
    maxUpRate: 1000,
    maxDownRate: 2,
    scaleDownDelay: 0,
  },
  create(params) {
    const metricGiven = params.metric === 'rps' && params.target === undefined
    const reader = new Params('kpa', metricGiven ? { ...params, target: 200 } : params, this.defaults)
    const metric = readMetric(reader, ['concurrency', 'rps'])
    const stableWindow = reader.seconds('stableWindow', { min: 0, above: true })
    const options: Options = {
      metric,
      target: readTarget(reader, metric),
      stableWindow,
      panicWindow: reader.fraction('panicWindow', { min: 0, max: 1, above: true }) * stableWindow,
      panicThreshold: reader.fraction('panicThreshold', { min: 1 }),
      maxUpRate: reader.number('maxUpRate', { min: 1, above: true }),
      maxDownRate: reader.number('maxDownRate', { min: 1, above: true }),
      scaleDownDelay: reader.seconds('scaleDownDelay'),
    }
    reader.finish()
    return new Kpa(options)
  },
}
