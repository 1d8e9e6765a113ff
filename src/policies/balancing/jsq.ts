import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, IndexKey, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

const BY_LOAD: IndexKey = { dependsOn: 'load', of: (view, slot) => view.load[slot]! }
const BY_IN_FLIGHT: IndexKey = { dependsOn: 'inFlight', of: (view, slot) => view.inFlight[slot]! }

/** At most a half, so that it orders slots of equal load only. */
const slowness = (view: BalancerView, slot: number): number =>
  0.5 / (1 + view.speed[slot]! * view.cores[slot]!)

const BY_LOAD_THEN_SPEED: IndexKey = {
  dependsOn: 'load',
  of: (view, slot) => view.load[slot]! + slowness(view, slot),
}
const BY_IN_FLIGHT_THEN_SPEED: IndexKey = {
  dependsOn: 'inFlight',
  of: (view, slot) => view.inFlight[slot]! + slowness(view, slot),
}

class JoinShortestQueue extends StatelessBalancing {
  private readonly key: IndexKey
  private readonly atRandom: boolean

  constructor(key: IndexKey, atRandom: boolean) {
    super()
    this.key = key
    this.atRandom = atRandom
  }

  decide(view: BalancerView, draws: Stream): number {
    const index = view.minIndex(this.key)
    if (!this.atRandom) return index.first()
    const count = index.count()
    return count === 1 ? index.first() : index.nth(draws.int(count))
  }
}

/**
 * Join the shortest queue: the smallest load. `ties`: random, to the first slot, or to the fastest one by
 * declared speed x cores (then the first). `view: own` counts this balancer's requests only.
 */
export const jsq: PolicyDefinition<BalancingPolicy> = {
  name: 'jsq',
  summary: 'Fewest requests at the replica, from every sender.',
  information: 'global',
  defaults: { ties: 'random', view: 'global' },
  create(params) {
    const reader = new Params('jsq', params, this.defaults)
    const ties = reader.choice('ties', ['random', 'fastest', 'first'])
    const own = reader.choice('view', ['global', 'own']) === 'own'
    reader.finish()
    if (ties === 'fastest') {
      return new JoinShortestQueue(own ? BY_IN_FLIGHT_THEN_SPEED : BY_LOAD_THEN_SPEED, false)
    }
    return new JoinShortestQueue(own ? BY_IN_FLIGHT : BY_LOAD, ties === 'random')
  },
}
