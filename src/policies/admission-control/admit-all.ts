import { Params } from '../params.ts'
import type { AdmissionPolicy, PolicyDefinition } from '../types.ts'

class AdmitAll implements AdmissionPolicy {
  decide(): boolean {
    return true
  }

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}

export const admitAll: PolicyDefinition<AdmissionPolicy> = {
  name: 'admit-all',
  summary: 'Every request.',
  information: 'own',
  defaults: {},
  create(params) {
    new Params('admit-all', params, this.defaults).finish()
    return new AdmitAll()
  },
}
