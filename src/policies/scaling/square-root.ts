import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'

type Source = 'last' | 'ewma' | 'max3'
type Wanted = { readonly time: number; readonly replicas: number }

class SquareRoot implements ScalingPolicy {
  private readonly beta: number
  private readonly source: Source
  private readonly hold: number
  private past: Wanted[] = []

  constructor(beta: number, source: Source, hold: number) {
    this.beta = beta
    this.source = source
    this.hold = hold
  }

  decide(view: ScalingView): number {
    const load = this.offeredLoad(view)
    // Less a rounding error, so that 100 + 10 is 110.
    let wanted = Math.max(0, Math.ceil(load + this.beta * Math.sqrt(load) - 1e-9))
    this.past = this.past.filter((other) => other.time > view.time - this.hold)
    this.past.push({ time: view.time, replicas: wanted })
    for (const { replicas } of this.past) wanted = Math.max(wanted, replicas)
    return wanted
  }

  private offeredLoad(view: ScalingView): number {
    const [last, before, twoBefore, ewma] = view.offered
    if (this.source === 'ewma') return ewma
    return this.source === 'last' ? last : Math.max(last, before, twoBefore)
  }

  save(): unknown {
    return [...this.past]
  }

  load(state: unknown): void {
    this.past = [...(state as Wanted[])]
  }
}

/**
 * Reactive square-root staffing: R + beta sqrt(R) replicas, rounded up, for an offered load of R (Halfin and
 * Whitt, 1981). `source` of R: the last interval, the greatest of the last three, or the EWMA of 5 min. The
 * number falls only when it was lower for `hold` seconds.
 */
export const squareRoot: PolicyDefinition<ScalingPolicy> = {
  name: 'square-root',
  summary: 'Offered load R plus beta sqrt(R) replicas.',
  information: 'own',
  defaults: { beta: 1, source: 'last', hold: 0 },
  create(params) {
    const reader = new Params('square-root', params, this.defaults)
    const beta = reader.number('beta', { min: 0 })
    const source = reader.choice('source', ['last', 'ewma', 'max3'])
    const hold = reader.seconds('hold')
    reader.finish()
    return new SquareRoot(beta, source, hold)
  },
}
