import { pow } from '../../random/math.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, IndexKey, PolicyDefinition } from '../types.ts'
import { StatelessBalancing } from './stateless.ts'

class OffsetSed extends StatelessBalancing {
  private readonly exponent: number
  private readonly key: IndexKey
  private view: BalancerView | undefined
  /** (speed x cores)^exponent of each slot of the view at hand. */
  private rates: Float64Array = new Float64Array(0)

  constructor(offset: number, exponent: number, own: boolean) {
    super()
    this.view = undefined
    this.exponent = exponent
    this.key = {
      dependsOn: own ? 'inFlight' : 'load',
      of: (view, slot) => {
        if (view !== this.view) this.prepare(view)
        return ((own ? view.inFlight[slot]! : view.load[slot]!) + offset) / this.rates[slot]!
      },
    }
  }

  decide(view: BalancerView): number {
    return view.minIndex(this.key).first()
  }

  private prepare(view: BalancerView): void {
    this.view = view
    this.rates = view.speed.map((speed, slot) => pow(speed * view.cores[slot]!, this.exponent))
  }
}

/**
 * Smallest (load + c) / (speed x cores)^b, a tie to the first slot. c = b = 1 is `sed`; a smaller c leaves
 * slow replicas idle for longer. `view: own` counts own requests only.
 */
export const offsetSed: PolicyDefinition<BalancingPolicy> = {
  name: 'offset-sed',
  summary: 'Least (load + c) / (speed x cores)^b, to be tuned.',
  information: 'global',
  defaults: { c: 0.3, b: 1, view: 'global' },
  create(params) {
    const reader = new Params('offset-sed', params, this.defaults)
    const c = reader.number('c', { min: 0 })
    const b = reader.number('b')
    const own = reader.choice('view', ['global', 'own']) === 'own'
    reader.finish()
    return new OffsetSed(c, b, own)
  },
}
