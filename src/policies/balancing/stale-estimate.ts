import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

class StaleEstimate extends StatelessBalancing {
  private readonly k: number

  constructor(k: number) {
    super()
    this.k = k
  }

  decide(view: BalancerView, draws: Stream): number {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    let tied = 0
    for (let i = 0; i < view.n; i++) {
      if (view.available[i] !== 1) continue
      const estimate = this.estimate(view, i) / (view.speed[i]! * view.cores[i]!)
      if (estimate < least || best === -1) {
        least = estimate
        best = i
        tied = 1
      } else if (estimate === least && draws.int(++tied) === 0) {
        best = i
      }
    }
    return best
  }

  private estimate({ reportedAt, reportedLoad, sentSince, inFlight }: BalancerView, slot: number): number {
    if (reportedAt[slot] === Number.NEGATIVE_INFINITY) return inFlight[slot]!
    return reportedLoad[slot]! + this.k * sentSince[slot]!
  }
}

/**
 * Smallest (last reported queue + k x own sends since) / (speed x cores), a tie at random. `k` stands for the senders
 * whose sends nobody sees, so the number of balancers is a start. Before its first report a slot counts as what is
 * in flight to it.
 */
export const staleEstimate: PolicyDefinition<BalancingPolicy> = {
  name: 'stale-estimate',
  summary: 'Last reported queue plus k times own sends since, per speed x cores.',
  information: 'reported',
  defaults: { k: 1 },
  create(params) {
    const reader = new Params('stale-estimate', params, this.defaults)
    const k = reader.number('k', { min: 0 })
    reader.finish()
    return new StaleEstimate(k)
  },
}
