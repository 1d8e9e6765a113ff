import { TokenBucket } from '../admission/index.ts'
import { Params } from '../params.ts'
import type { AdmissionPolicy, AdmissionView, PolicyDefinition } from '../types.ts'

class TokenBucketAdmission implements AdmissionPolicy {
  private readonly bucket: TokenBucket

  constructor(rate: number, burst: number) {
    this.bucket = new TokenBucket(rate, burst)
  }

  decide({ time }: AdmissionView): boolean {
    return this.bucket.admit(time) >= 0
  }

  save(): unknown {
    return this.bucket.save()
  }

  load(state: unknown): void {
    this.bucket.load(state)
  }
}

/** As a service's own `rateLimit`: tokens come at `rate` per second, at most `burst` are kept. */
export const tokenBucket: PolicyDefinition<AdmissionPolicy> = {
  name: 'token-bucket',
  summary: 'At most a number of requests per second, and a burst.',
  information: 'own',
  defaults: { rate: 100, burst: 10 },
  create(params) {
    const reader = new Params('token-bucket', params, this.defaults)
    const rate = reader.number('rate', { min: 0, above: true })
    const burst = reader.number('burst', { min: 1 })
    reader.finish()
    return new TokenBucketAdmission(rate, burst)
  },
}
