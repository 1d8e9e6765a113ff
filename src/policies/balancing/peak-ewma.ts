/**
 * Peak EWMA of Finagle and Linkerd: two distinct slots at random, the one with less cost x (in flight + 1). The cost
 * jumps to a response time above it at once and decays towards lower ones with time constant `decay`; a read decays
 * it towards 0. Source: finagle-core, loadbalancer/PeakEwma.scala; linkerd2-proxy has the option `defaultRtt`.
 */
import { exp } from '../../random/math.ts'
import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { Answer, BalancerView, BalancingPolicy, PolicyDefinition, PolicyNeed } from '../types.ts'
import { drawTwo, type Pair } from './draw-two.ts'

/** Of a slot that has never answered and already has work: Finagle's `Long.MaxValue >> 16`. */
const PENALTY = 140737488355327

type State = { readonly cost: readonly number[]; readonly at: readonly number[] }

class PeakEwma implements BalancingPolicy {
  readonly uses: readonly PolicyNeed[] = ['answers']
  private readonly decay: number
  private readonly cost: Float64Array
  /** When each cost was last brought up to date. */
  private readonly at: Float64Array
  private readonly pair: Pair = { first: 0, second: 0 }

  constructor(size: number, decay: number, defaultRtt: number) {
    this.decay = decay
    this.cost = new Float64Array(size).fill(defaultRtt)
    this.at = new Float64Array(size)
  }

  decide(view: BalancerView, draws: Stream): number {
    const { pair } = this
    if (!drawTwo(view, draws, pair)) return pair.first
    return this.price(view, pair.first) <= this.price(view, pair.second) ? pair.first : pair.second
  }

  answered(view: BalancerView, slot: number, { response }: Answer): void {
    this.observe(slot, response, view.time)
  }

  private observe(slot: number, rtt: number, now: number): void {
    const cost = this.cost[slot]!
    const keep = exp((this.at[slot]! - now) / this.decay)
    this.cost[slot] = rtt > cost ? rtt : cost * keep + rtt * (1 - keep)
    this.at[slot] = now
  }

  private price(view: BalancerView, slot: number): number {
    this.observe(slot, 0, view.time)
    const pending = view.inFlight[slot]!
    const cost = this.cost[slot]!
    return cost === 0 && pending > 0 ? PENALTY + pending : cost * (pending + 1)
  }

  save(): State {
    return { cost: Array.from(this.cost), at: Array.from(this.at) }
  }

  load(state: unknown): void {
    const { cost, at } = state as State
    this.cost.set(cost)
    this.at.set(at)
  }
}

/** `decay` default 10 s; `defaultRtt` is the cost before any answer: 0 as in Finagle, 30 ms in Linkerd. */
export const peakEwma: PolicyDefinition<BalancingPolicy> = {
  name: 'peak-ewma',
  summary: 'Of two random replicas the one with less peak response time x requests in flight.',
  information: 'own',
  defaults: { decay: '10s', defaultRtt: 0 },
  create(params, size) {
    const reader = new Params('peak-ewma', params, this.defaults)
    const decay = reader.seconds('decay', { min: 0, above: true })
    const defaultRtt = reader.seconds('defaultRtt')
    reader.finish()
    return new PeakEwma(size, decay, defaultRtt)
  },
}
