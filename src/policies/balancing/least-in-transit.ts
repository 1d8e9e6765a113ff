import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

class LeastInTransit extends StatelessBalancing {
  decide(view: BalancerView): number {
    const { rotation, available, inTransit } = view
    let best = -1
    for (let i = 0; i < rotation.length; i++) {
      const slot = rotation[i]!
      if (available[slot] === 1 && (best === -1 || inTransit[slot]! < inTransit[best]!)) best = slot
    }
    return best
  }
}

/** AsyncFlow's least connection: fewest messages on the wire to the slot, a tie to the first in rotation. */
export const leastInTransit: PolicyDefinition<BalancingPolicy> = {
  name: 'least-in-transit',
  summary: "AsyncFlow's least connection: fewest messages on the wire, whatever the replica holds.",
  information: 'own',
  defaults: {},
  create(params) {
    new Params('least-in-transit', params, this.defaults).finish()
    return new LeastInTransit()
  },
}
