import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'

class SmoothWeightedRoundRobin implements BalancingPolicy {
  private readonly bySpeed: boolean
  private readonly current: Float64Array

  constructor(bySpeed: boolean, size: number) {
    this.bySpeed = bySpeed
    this.current = new Float64Array(size)
  }

  decide(view: BalancerView): number {
    const { current, bySpeed } = this
    const { n, available, weight, speed, cores } = view
    let best = -1
    let total = 0
    for (let i = 0; i < n; i++) {
      if (available[i] !== 1) continue
      const w = bySpeed ? speed[i]! * cores[i]! : weight[i]!
      total += w
      current[i] = current[i]! + w
      if (best === -1 || current[i]! > current[best]!) best = i
    }
    current[best] = current[best]! - total
    return best
  }

  save(): unknown {
    return Array.from(this.current)
  }

  load(state: unknown): void {
    this.current.set(state as number[])
  }
}

/**
 * Smooth weighted round robin as in nginx: every available slot gains its weight, the richest (the lowest of
 * equals) is chosen and pays the sum. `by: speed` takes speed x cores for the weight.
 */
export const weighted: PolicyDefinition<BalancingPolicy> = {
  name: 'weighted',
  summary: 'Smooth weighted round robin, by weight or by declared speed x cores.',
  information: 'own',
  defaults: { by: 'weight' },
  create(params, size) {
    const reader = new Params('weighted', params, this.defaults)
    const by = reader.choice('by', ['weight', 'speed'])
    reader.finish()
    return new SmoothWeightedRoundRobin(by === 'speed', size)
  },
}
