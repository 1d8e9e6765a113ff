/**
 * Consistent hashing with bounded loads (V. Mirrokni et al., arXiv 1608.01350) as in Envoy: the slot of the key takes
 * the request unless it has more than `balanceFactor` percent of its fair share in flight; then the first slot with
 * room on a random walk that the key decides, and where none has, the least overloaded.
 */
import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { hashPair } from './hashing.ts'
import { hashOfKey, lookupOf } from './key-hash.ts'
import type { KeyLookup } from './key-lookup.ts'
import { StatelessBalancing } from './stateless.ts'

/** Requests that a slot may have: of (active + 1) x factor / 100, rounded up, its share by weight, rounded up. */
export function slotsOfHost(active: number, factor: number, share: number): number {
  const total = Math.floor(((active + 1) * factor + 99) / 100)
  return Math.max(1, Math.ceil(total * share))
}

class BoundedLoad extends StatelessBalancing {
  private readonly factor: number
  private readonly lookup: KeyLookup
  private readonly order: number[] = []

  constructor(factor: number, lookup: KeyLookup) {
    super()
    this.factor = factor
    this.lookup = lookup
  }

  decide(view: BalancerView, draws: Stream): number {
    if (view.key < 0) return drawAvailable(view, draws)
    let active = 0
    let weight = 0
    for (let i = 0; i < view.n; i++) {
      if (view.available[i] !== 1) continue
      active += view.inFlight[i]!
      weight += view.weight[i]!
    }
    const overload = (slot: number): number => {
      const share = weight > 0 ? view.weight[slot]! / weight : 1 / view.availableCount
      return view.inFlight[slot]! / slotsOfHost(active, this.factor, share)
    }
    const hash = hashOfKey(view)
    const own = this.lookup.find(view, hash)
    return overload(own) <= 1 ? own : this.walk(view, hash, overload)
  }

  private walk(view: BalancerView, hash: number, overload: (slot: number) => number): number {
    const { order } = this
    order.length = 0
    for (let i = 0; i < view.n; i++) if (view.available[i] === 1) order.push(i)
    let best = order[0]!
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < order.length; i++) {
      const j = i + (hashPair(hash, i) % (order.length - i))
      const slot = order[j]!
      order[j] = order[i]!
      order[i] = slot
      const factor = overload(slot)
      if (factor <= 1) return slot
      if (factor < least) {
        least = factor
        best = slot
      }
    }
    return best
  }
}

/** `balanceFactor` in percent, default 125; `hash`: what finds the slot of a key. */
export const boundedLoad: PolicyDefinition<BalancingPolicy> = {
  name: 'bounded-load',
  summary: 'By key, as long as its replica has not much more than its share in flight.',
  information: 'own',
  defaults: { balanceFactor: 125, hash: 'maglev' },
  create(params) {
    const reader = new Params('bounded-load', params, this.defaults)
    const factor = reader.integer('balanceFactor', { min: 100, max: 1_000_000 })
    const hash = reader.choice('hash', ['ring', 'maglev'])
    reader.finish()
    return new BoundedLoad(factor, lookupOf(hash))
  },
}
