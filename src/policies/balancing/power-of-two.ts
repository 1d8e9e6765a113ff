import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { StatelessBalancing } from './stateless.ts'

class PowerOfTwo extends StatelessBalancing {
  decide(view: BalancerView, draws: Stream): number {
    const { n, inFlight, availableCount } = view
    const first = drawAvailable(view, draws)
    if (availableCount === 1) return first
    let second: number
    if (availableCount === n) {
      second = draws.int(n - 1)
      if (second >= first) second++
    } else {
      do second = drawAvailable(view, draws)
      while (second === first)
    }
    return inFlight[second]! < inFlight[first]! ? second : first
  }
}

/** Two distinct available slots at random, the one with fewer own requests in flight; a tie to the first drawn. */
export const powerOfTwo: PolicyDefinition<BalancingPolicy> = {
  name: 'power-of-two',
  summary: 'Of two distinct random replicas the one with fewer own requests in flight.',
  information: 'own',
  defaults: {},
  create(params) {
    new Params('power-of-two', params, this.defaults).finish()
    return new PowerOfTwo()
  },
}
