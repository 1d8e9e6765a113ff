import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, IndexKey, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

const KEY: IndexKey = { dependsOn: 'inFlight', of: (view, slot) => view.inFlight[slot]! }

class LeastPending extends StatelessBalancing {
  decide(view: BalancerView, draws: Stream): number {
    const index = view.minIndex(KEY)
    const count = index.count()
    return count === 1 ? index.first() : index.nth(draws.int(count))
  }
}

/** Fewest own requests in flight whatever the weights, a tie at random: C3 without what the servers tell. */
export const leastPending: PolicyDefinition<BalancingPolicy> = {
  name: 'least-pending',
  summary: 'Fewest own requests in flight, a tie at random.',
  information: 'own',
  defaults: {},
  create(params) {
    new Params('least-pending', params, this.defaults).finish()
    return new LeastPending()
  },
}
