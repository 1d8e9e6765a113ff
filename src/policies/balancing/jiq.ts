import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition, PolicyNeed } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { StatelessBalancing } from './stateless.ts'

class JoinIdleQueue extends StatelessBalancing {
  readonly uses: readonly PolicyNeed[] = ['idle']

  decide(view: BalancerView, draws: Stream): number {
    const slot = view.takeIdle()
    return slot >= 0 ? slot : drawAvailable(view, draws)
  }
}

/**
 * Join idle queue (Y. Lu et al., Performance Evaluation 68, 2011): a replica that becomes idle joins the idle queue of
 * one of the balancers that use this policy, drawn at random, and stays there until it is taken. A request goes to the
 * head of its balancer's queue, and to a replica at random where that is empty.
 */
export const jiq: PolicyDefinition<BalancingPolicy> = {
  name: 'jiq',
  summary: 'A replica that has said that it is idle, else one at random.',
  information: 'reported',
  defaults: {},
  create(params) {
    new Params('jiq', params, this.defaults).finish()
    return new JoinIdleQueue()
  },
}
