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

  constructor(key: IndexKey) {
    super()
    this.key = key
  }

  decide(view: BalancerView): number {
    return view.minIndex(this.key).first()
  }
}

/** Smallest (load + 1) / (speed x cores), a tie to the first slot. `view: own` counts own requests only. */
export const sed: PolicyDefinition<BalancingPolicy> = {
  name: 'sed',
  summary: 'Shortest expected delay: least (load + 1) / (speed x cores).',
  information: 'global',
  defaults: { view: 'global' },
  create(params) {
    const reader = new Params('sed', params, this.defaults)
    const own = reader.choice('view', ['global', 'own']) === 'own'
    reader.finish()
    return new ShortestExpectedDelay(own ? OWN : GLOBAL)
  },
}
