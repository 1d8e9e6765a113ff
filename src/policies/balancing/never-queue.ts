import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, IndexKey, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

/** An idle slot comes before every other, the fastest of them first; then the shortest expected delay. */
function keyOf(counts: 'load' | 'inFlight'): IndexKey {
  return {
    dependsOn: counts,
    of(view, slot) {
      const rate = view.speed[slot]! * view.cores[slot]!
      const there = view[counts][slot]!
      return there === 0 ? -rate : (there + 1) / rate
    },
  }
}

const GLOBAL = keyOf('load')
const OWN = keyOf('inFlight')

class NeverQueue extends StatelessBalancing {
  private readonly key: IndexKey

  constructor(key: IndexKey) {
    super()
    this.key = key
  }

  decide(view: BalancerView): number {
    return view.minIndex(this.key).first()
  }
}

/**
 * Never queue (S. Shenker and A. Weinrib, 1989; `nq` of Linux IPVS): the fastest idle replica, and where none is idle
 * the shortest expected delay. A tie goes to the first slot. `view: own` counts own requests only.
 */
export const neverQueue: PolicyDefinition<BalancingPolicy> = {
  name: 'never-queue',
  summary: 'The fastest idle replica, else the shortest expected delay.',
  information: 'global',
  defaults: { view: 'global' },
  create(params) {
    const reader = new Params('never-queue', params, this.defaults)
    const own = reader.choice('view', ['global', 'own']) === 'own'
    reader.finish()
    return new NeverQueue(own ? OWN : GLOBAL)
  },
}
