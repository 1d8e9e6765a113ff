import { Params } from '../params.ts'
import type { AdmissionPolicy, AdmissionView, PolicyDefinition } from '../types.ts'

class InFlightLimit implements AdmissionPolicy {
  /** By level of priority. */
  private readonly limits: Float64Array

  constructor(limit: number, share: number, levels: number) {
    this.limits = new Float64Array(levels)
    for (let level = 0, own = limit; level < levels; level++, own *= share) this.limits[level] = own
  }

  decide({ inFlight, level }: AdmissionView): boolean {
    return inFlight < this.limits[level]!
  }

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}

/**
 * While fewer than `limit` x `share`^level requests are at the replica: less important ones (level 1, 2, ...) stop at less,
 * which keeps room for the others (trunk reservation). For one level, P. Naor's threshold (Econometrica 37, 1969).
 */
export const inFlightLimit: PolicyDefinition<AdmissionPolicy> = {
  name: 'in-flight-limit',
  summary: 'While fewer requests than a limit are at the replica; less important ones have lower limits.',
  information: 'own',
  defaults: { limit: 16, share: 0.7 },
  create(params, size) {
    const reader = new Params('in-flight-limit', params, this.defaults)
    const limit = reader.number('limit', { min: 0 })
    const share = reader.fraction('share', { min: 0, max: 1 })
    reader.finish()
    return new InFlightLimit(limit, share, size)
  },
}
