import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy } from '../types.ts'

class Fixed implements ScalingPolicy {
  private readonly n: number

  constructor(n: number) {
    this.n = n
  }

  decide(): number {
    return this.n
  }

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}

/** Always n replicas; the scaler clamps it, so that the default stays at `min`. */
export const fixed: PolicyDefinition<ScalingPolicy> = {
  name: 'fixed',
  summary: 'Always n replicas.',
  information: 'own',
  defaults: { n: 1 },
  create(params) {
    const reader = new Params('fixed', params, this.defaults)
    const n = reader.integer('n', { min: 0 })
    reader.finish()
    return new Fixed(n)
  },
}
