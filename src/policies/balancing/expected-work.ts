import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

class ExpectedWork extends StatelessBalancing {
  decide(view: BalancerView): number {
    const { n, available, work, cores, speed, demand } = view
    let best = -1
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < n; i++) {
      if (available[i] !== 1) continue
      const delay = (work[i]! + demand) / (cores[i]! * speed[i]!)
      if (best === -1 || delay < least) {
        best = i
        least = delay
      }
    }
    return best
  }
}

/** Smallest (own mean work in flight + mean demand of this request) / (speed x cores), a tie to the first slot. */
export const expectedWork: PolicyDefinition<BalancingPolicy> = {
  name: 'expected-work',
  summary: 'Least own work in flight by class means, this request included, per speed x cores.',
  information: 'own',
  defaults: {},
  create(params) {
    new Params('expected-work', params, this.defaults).finish()
    return new ExpectedWork()
  },
}
