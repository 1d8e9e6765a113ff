import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { StatelessBalancing } from './stateless.ts'

class PowerOfD extends StatelessBalancing {
  private readonly d: number
  private readonly replace: boolean
  private readonly drawn: number[] = []

  constructor(d: number, replace: boolean) {
    super()
    this.d = d
    this.replace = replace
  }

  decide(view: BalancerView, draws: Stream): number {
    const { drawn, replace } = this
    const count = replace ? this.d : Math.min(this.d, view.availableCount)
    drawn.length = 0
    let best = -1
    while (drawn.length < count) {
      const slot = drawAvailable(view, draws)
      if (!replace && drawn.includes(slot)) continue
      drawn.push(slot)
      if (best === -1 || view.inFlight[slot]! < view.inFlight[best]!) best = slot
    }
    return best
  }
}

/**
 * Of d random available slots the one with the fewest own requests in flight, a tie to the first drawn (N. D.
 * Vvedenskaya et al., 1996; M. Mitzenmacher, 2001). `replace`: a slot can be drawn twice; else they are distinct.
 */
export const powerOfD: PolicyDefinition<BalancingPolicy> = {
  name: 'power-of-d',
  summary: 'Of d random replicas the one with the fewest own requests in flight.',
  information: 'own',
  defaults: { d: 2, replace: false },
  create(params) {
    const reader = new Params('power-of-d', params, this.defaults)
    const d = reader.integer('d', { min: 1, max: 1000 })
    const replace = reader.flag('replace')
    reader.finish()
    return new PowerOfD(d, replace)
  },
}
