/**
 * The Horizontal Pod Autoscaler of Kubernetes on CPU utilisation or a metric per replica, after replica_calculator.go and
 * horizontal.go: proportional proposal with a tolerance, not-yet-ready replicas held against scaling up,
 * stabilisation windows, rate limits.
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import {
  EPSILON,
  isRecord,
  rateLimit,
  readRules,
  type ScaleEvent,
  type ScalingRules,
} from './scaling-rules.ts'

/** At most 4 replicas or 100 % more, whichever is more, and 100 % fewer, in 15 s. */
export const DEFAULT_UP: ScalingRules = {
  select: 'max',
  limits: [
    { kind: 'pods', value: 4, period: 15 },
    { kind: 'percent', value: 100, period: 15 },
  ],
}
export const DEFAULT_DOWN: ScalingRules = {
  select: 'max',
  limits: [{ kind: 'percent', value: 100, period: 15 }],
}

export type HpaMetric = 'cpu' | 'concurrency' | 'rate'

export type HpaOptions = {
  readonly metric: HpaMetric
  readonly target: number
  readonly tolerance: number
  readonly upStabilization: number
  readonly downStabilization: number
  readonly up: ScalingRules
  readonly down: ScalingRules
}

type Recommendation = { readonly time: number; readonly replicas: number }
type State = {
  readonly recommendations: readonly Recommendation[]
  readonly events: readonly ScaleEvent[]
}

export class Hpa implements ScalingPolicy {
  private readonly options: HpaOptions
  private readonly longestPeriod: number
  private recommendations: Recommendation[] = []
  private events: ScaleEvent[] = []

  constructor(options: HpaOptions) {
    this.options = options
    const periods = [...options.up.limits, ...options.down.limits].map((limit) => limit.period)
    this.longestPeriod = Math.max(...periods)
  }

  decide(view: ScalingView): number {
    const { time, target: current } = view
    const stable = this.stabilise(this.propose(view), current, time)
    const limited = this.limit(stable, current, time)
    const wanted = Math.min(view.max, Math.max(view.min, limited))
    this.events = this.events.filter((event) => event.time > time - this.longestPeriod + EPSILON)
    if (wanted !== current) this.events.push({ time, change: wanted - current })
    return wanted
  }

  private propose(view: ScalingView): number {
    const { target: current, ready, starting } = view
    const { metric, target } = this.options
    if (metric !== 'cpu') {
      // AverageValue: the total over the target of one replica, whoever serves it.
      const total = metric === 'rate' ? view.arrivalRate : view.meanInFlight
      if (current > 0 && this.tolerable(total / (target * current))) return current
      return Math.ceil(total / target - EPSILON)
    }
    // Without a ready replica there is no metric, and without a metric no change.
    if (ready === 0) return current
    const ratio = view.utilization / target
    if (starting === 0 || ratio <= 1) {
      return this.tolerable(ratio) ? current : Math.ceil(ratio * ready - EPSILON)
    }
    // Starting replicas count as idle against a scale-up.
    const counted = ready + starting
    const damped = (ratio * ready) / counted
    if (this.tolerable(damped) || damped < 1) return current
    return Math.max(current, Math.ceil(damped * counted - EPSILON))
  }

  private tolerable(ratio: number): boolean {
    return Math.abs(1 - ratio) <= this.options.tolerance + EPSILON
  }

  /** Up to the least recommendation of the up window, down to the greatest of the down window. */
  private stabilise(desired: number, current: number, time: number): number {
    const { upStabilization, downStabilization } = this.options
    let up = desired
    let down = desired
    for (const past of this.recommendations) {
      if (past.time > time - upStabilization + EPSILON) up = Math.min(up, past.replicas)
      if (past.time > time - downStabilization + EPSILON) down = Math.max(down, past.replicas)
    }
    const longest = Math.max(upStabilization, downStabilization)
    this.recommendations = this.recommendations.filter((past) => past.time > time - longest + EPSILON)
    this.recommendations.push({ time, replicas: desired })
    return Math.min(Math.max(current, up), down)
  }

  private limit(desired: number, current: number, time: number): number {
    const { up, down } = this.options
    if (desired > current) return Math.min(desired, rateLimit(up, 1, current, time, this.events))
    if (desired < current) return Math.max(desired, rateLimit(down, -1, current, time, this.events))
    return current
  }

  save(): State {
    return { recommendations: [...this.recommendations], events: [...this.events] }
  }

  load(state: unknown): void {
    const { recommendations, events } = state as State
    this.recommendations = [...recommendations]
    this.events = [...events]
  }
}

/**
 * `target` utilisation (Kubernetes takes 80 % where none is given), or with `metric: concurrency` (requests in the service)
 * or `rate` (arrivals per second) the value per replica; `tolerance` around it, windows in seconds;
 * `behaviour: { up, down }` with `{ select: max | min | disabled, policies: [{ pods | percent, period }] }`.
 */
export const hpa: PolicyDefinition<ScalingPolicy> = {
  name: 'hpa',
  summary: 'The Horizontal Pod Autoscaler of Kubernetes on CPU utilisation, concurrency or rate.',
  information: 'own',
  defaults: {
    metric: 'cpu',
    target: 0.8,
    tolerance: 0.1,
    upStabilization: 0,
    downStabilization: 300,
    behaviour: {},
  },
  create(params) {
    const reader = new Params('hpa', params, this.defaults)
    const metric = reader.choice('metric', ['cpu', 'concurrency', 'rate'] as const)
    const written = reader.raw('behaviour')
    const behaviour = isRecord(written) ? written : {}
    if (!isRecord(written))
      reader.reject(`expected { up, down }, got ${JSON.stringify(written)}`, 'behaviour')
    for (const key of Object.keys(behaviour)) {
      if (key !== 'up' && key !== 'down') reader.reject(`unknown field "${key}"`, `behaviour.${key}`)
    }
    const options: HpaOptions = {
      metric,
      target:
        metric === 'cpu'
          ? reader.fraction('target', { min: 0, max: 1, above: true })
          : reader.number('target', { min: 0, above: true }),
      tolerance: reader.fraction('tolerance', { min: 0 }),
      upStabilization: reader.seconds('upStabilization'),
      downStabilization: reader.seconds('downStabilization'),
      up: readRules(reader, behaviour, 'up', DEFAULT_UP),
      down: readRules(reader, behaviour, 'down', DEFAULT_DOWN),
    }
    reader.finish()
    return new Hpa(options)
  },
}
