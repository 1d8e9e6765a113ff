/**
 * What a Kubernetes autoscaler does with a proposal (`behavior` of autoscaling/v2): stabilisation windows, rate limits,
 * bounds. It remembers its own recommendations and changes.
 */
import type { Params } from '../params.ts'
import type { ScalingView } from '../types.ts'
import {
  EPSILON,
  isRecord,
  rateLimit,
  readRules,
  type ScaleEvent,
  type ScalingRules,
} from './scaling-rules.ts'

/** At most 4 replicas or 100 % more, whichever is more, and 100 % fewer, in 15 s. */
const DEFAULT_UP: ScalingRules = {
  select: 'max',
  limits: [
    { kind: 'pods', value: 4, period: 15 },
    { kind: 'percent', value: 100, period: 15 },
  ],
}
const DEFAULT_DOWN: ScalingRules = { select: 'max', limits: [{ kind: 'percent', value: 100, period: 15 }] }

export type BehaviourOptions = {
  readonly upStabilization: number
  readonly downStabilization: number
  readonly up: ScalingRules
  readonly down: ScalingRules
}

type Recommendation = { readonly time: number; readonly replicas: number }
export type BehaviourState = {
  readonly recommendations: readonly Recommendation[]
  readonly events: readonly ScaleEvent[]
}

/** Parameters that every policy with a behaviour has. */
export const BEHAVIOUR_DEFAULTS = { upStabilization: 0, downStabilization: 300, behaviour: {} } as const

export class ScalingBehaviour {
  private readonly options: BehaviourOptions
  private readonly longestPeriod: number
  private recommendations: Recommendation[] = []
  private events: ScaleEvent[] = []

  constructor(options: BehaviourOptions) {
    this.options = options
    const periods = [...options.up.limits, ...options.down.limits].map((limit) => limit.period)
    this.longestPeriod = Math.max(...periods)
  }

  /** The number of replicas to ask for when `proposal` are proposed. */
  apply(proposal: number, view: ScalingView): number {
    const { time, target: current } = view
    const stable = this.stabilise(proposal, current, time)
    const limited = this.limit(stable, current, time)
    const wanted = Math.min(view.max, Math.max(view.min, limited))
    this.events = this.events.filter((event) => event.time > time - this.longestPeriod + EPSILON)
    if (wanted !== current) this.events.push({ time, change: wanted - current })
    return wanted
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

  save(): BehaviourState {
    return { recommendations: [...this.recommendations], events: [...this.events] }
  }

  load(state: BehaviourState): void {
    this.recommendations = [...state.recommendations]
    this.events = [...state.events]
  }
}

/** Reads `upStabilization`, `downStabilization` (seconds) and `behaviour: { up, down }`. */
export function readBehaviour(reader: Params): BehaviourOptions {
  const written = reader.raw('behaviour')
  const behaviour = isRecord(written) ? written : {}
  if (!isRecord(written)) reader.reject(`expected { up, down }, got ${JSON.stringify(written)}`, 'behaviour')
  for (const key of Object.keys(behaviour)) {
    if (key !== 'up' && key !== 'down') reader.reject(`unknown field "${key}"`, `behaviour.${key}`)
  }
  return {
    upStabilization: reader.seconds('upStabilization'),
    downStabilization: reader.seconds('downStabilization'),
    up: readRules(reader, behaviour, 'up', DEFAULT_UP),
    down: readRules(reader, behaviour, 'down', DEFAULT_DOWN),
  }
}
