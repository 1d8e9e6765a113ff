import { Params } from '../params.ts'
import type { AdmissionPolicy, AdmissionView, PolicyDefinition } from '../types.ts'

class QueueLimit implements AdmissionPolicy {
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  decide({ busy, cores, waiting }: AdmissionView): boolean {
    return busy < cores || waiting < this.limit
  }

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}

/** As a service's own `queueLimit`: shed where every core is busy and `limit` requests wait for one. */
export const queueLimit: PolicyDefinition<AdmissionPolicy> = {
  name: 'queue-limit',
  summary: 'Unless every core is busy and a number of requests wait for one.',
  information: 'own',
  defaults: { limit: 10 },
  create(params) {
    const reader = new Params('queue-limit', params, this.defaults)
    const limit = reader.integer('limit', { min: 0 })
    reader.finish()
    return new QueueLimit(limit)
  },
}
