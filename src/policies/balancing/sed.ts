import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, IndexKey, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

const GLOBAL: IndexKey = {
  dependsOn: 'load',
  of: (view, slot) => (view.load[slot]! + 1) / (view.speed[slot]! * view.cores[slot]!),
}
const OWN: IndexKey = {
  dependsOn: 'inFlight',
  of: (view, slot) => (view.inFlight[slot]! + 1) / (view.speed[slot]! * view.cores[slot]!),
}

class ShortestExpectedDelay extends StatelessBalancing {
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

/** Smallest (load + 1) / (speed x cores). `ties`: to the first slot or at random. `view: own` counts own requests only. */
export const sed: PolicyDefinition<BalancingPolicy> = {
  name: 'sed',
  summary: 'Shortest expected delay: least (load + 1) / (speed x cores).',
  information: 'global',
  defaults: { ties: 'first', view: 'global' },
  create(params) {
    const reader = new Params('sed', params, this.defaults)
    const atRandom = reader.choice('ties', ['first', 'random']) === 'random'
    const own = reader.choice('view', ['global', 'own']) === 'own'
    reader.finish()
    return new ShortestExpectedDelay(own ? OWN : GLOBAL, atRandom)
  },
}
