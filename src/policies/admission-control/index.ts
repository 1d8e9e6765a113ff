import type { PolicySpec } from '../../scenario/types.ts'
import { createPolicy, registry } from '../create-policy.ts'
import type { AdmissionPolicy, PolicyDefinition } from '../types.ts'
import { admitAll } from './admit-all.ts'
import { deadlineAware } from './deadline-aware.ts'
import { inFlightLimit } from './in-flight-limit.ts'
import { queueLimit } from './queue-limit.ts'
import { tokenBucket } from './token-bucket.ts'

/** Every policy that decides request by request at a service's door, by its name. */
export const admissionPolicies: ReadonlyMap<string, PolicyDefinition<AdmissionPolicy>> = registry([
  admitAll,
  inFlightLimit,
  queueLimit,
  tokenBucket,
  deadlineAware,
])

/** For a scenario of `levels` levels of priority; throws ConfigError at `path` on an unknown name or parameter. */
export function createAdmissionPolicy(spec: PolicySpec, levels: number, path = 'policy'): AdmissionPolicy {
  return createPolicy('admission', admissionPolicies, spec, levels, path)
}
