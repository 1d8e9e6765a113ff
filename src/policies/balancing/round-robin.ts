import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'

class RoundRobin implements BalancingPolicy {
  private last = -1

  decide(view: BalancerView): number {
    const { n, available } = view
    let slot = this.last
    do slot = slot + 1 < n ? slot + 1 : 0
    while (available[slot] !== 1)
    this.last = slot
    return slot
  }

  save(): unknown {
    return this.last
  }

  load(state: unknown): void {
    this.last = state as number
  }
}

/** The next available slot after the last chosen one, cyclically. */
export const roundRobin: PolicyDefinition<BalancingPolicy> = {
  name: 'round-robin',
  summary: 'The available replicas in turn.',
  information: 'own',
  defaults: {},
  create(params) {
    new Params('round-robin', params, this.defaults).finish()
    return new RoundRobin()
  },
}
