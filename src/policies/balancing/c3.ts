/**
 * C3's replica ranking (L. Suresh et al., NSDI 2015): the smallest R - 1/mu + q^3 / mu with q = 1 + in flight x
 * clients + queue, where the queue at the server and its service time 1/mu come with every answer and all three are
 * averaged. The paper's cubic rate control, which holds requests back at the client, is not part of it: a balancer
 * sends at once.
 */
import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { Answer, BalancerView, BalancingPolicy, PolicyDefinition, PolicyNeed } from '../types.ts'

type State = {
  readonly response: readonly number[]
  readonly queue: readonly number[]
  readonly service: readonly number[]
  readonly known: readonly number[]
}

class C3 implements BalancingPolicy {
  readonly uses: readonly PolicyNeed[] = ['answers', 'feedback']
  private readonly clients: number
  private readonly alpha: number
  private readonly response: Float64Array
  private readonly queue: Float64Array
  private readonly service: Float64Array
  /** 1 once the slot has told anything. */
  private readonly known: Uint8Array

  constructor(size: number, clients: number, alpha: number) {
    this.clients = clients
    this.alpha = alpha
    this.response = new Float64Array(size)
    this.queue = new Float64Array(size)
    this.service = new Float64Array(size)
    this.known = new Uint8Array(size)
  }

  decide(view: BalancerView, draws: Stream): number {
    let best = -1
    let least = 0
    let tied = 0
    for (let i = 0; i < view.n; i++) {
      if (view.available[i] !== 1) continue
      const score = this.score(view, i)
      if (best === -1 || score < least) {
        best = i
        least = score
        tied = 1
      } else if (score === least && draws.int(++tied) === 0) {
        best = i
      }
    }
    return best
  }

  answered(_view: BalancerView, slot: number, answer: Answer): void {
    if (answer.queue < 0) return
    const weight = this.known[slot] === 1 ? this.alpha : 1
    this.known[slot] = 1
    this.response[slot]! += weight * (answer.response - this.response[slot]!)
    this.queue[slot]! += weight * (answer.queue - this.queue[slot]!)
    this.service[slot]! += weight * (answer.service - this.service[slot]!)
  }

  /** Of a slot that has told nothing 0, so that each is tried; then its requests in flight count as those of others. */
  private score(view: BalancerView, slot: number): number {
    const service = this.service[slot]!
    const pending = view.inFlight[slot]!
    const q = 1 + pending * this.clients + this.queue[slot]!
    if (this.known[slot] === 0)
      return pending === 0 ? Number.NEGATIVE_INFINITY : this.meanService() * q * q * q
    return this.response[slot]! - service + q * q * q * service
  }

  private meanService(): number {
    let sum = 0
    let count = 0
    for (let i = 0; i < this.known.length; i++) {
      sum += this.service[i]!
      count += this.known[i]!
    }
    return count === 0 ? 1 : sum / count
  }

  save(): State {
    return {
      response: Array.from(this.response),
      queue: Array.from(this.queue),
      service: Array.from(this.service),
      known: Array.from(this.known),
    }
  }

  load(state: unknown): void {
    const from = state as State
    this.response.set(from.response)
    this.queue.set(from.queue)
    this.service.set(from.service)
    this.known.set(from.known)
  }
}

/** `clients`: how many balancers send to the same replicas; `alpha`: weight of the newest value in the averages. */
export const c3: PolicyDefinition<BalancingPolicy> = {
  name: 'c3',
  summary:
    'Least response time plus cubed queue x service time, as the replicas report them with each answer.',
  information: 'reported',
  defaults: { clients: 1, alpha: 0.9 },
  create(params, size) {
    const reader = new Params('c3', params, this.defaults)
    const clients = reader.number('clients', { min: 0 })
    const alpha = reader.number('alpha', { min: 0, max: 1, above: true })
    reader.finish()
    return new C3(size, clients, alpha)
  },
}
