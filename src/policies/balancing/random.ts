import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { StatelessBalancing } from './stateless.ts'

class Random extends StatelessBalancing {
  decide(view: BalancerView, draws: Stream): number {
    return drawAvailable(view, draws)
  }
}

/** Uniform over the available slots. */
export const random: PolicyDefinition<BalancingPolicy> = {
  name: 'random',
  summary: 'Each available replica with the same probability.',
  information: 'own',
  defaults: {},
  create(params) {
    new Params('random', params, this.defaults).finish()
    return new Random()
  },
}
