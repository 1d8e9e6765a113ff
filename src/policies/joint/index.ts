import { registry } from '../create-policy.ts'
import type { JointPolicy, PolicyDefinition } from '../types.ts'
import { jointControl } from './joint-control.ts'

/** Every policy that balances, scales and admits at once, by its name. */
export const jointPolicies: ReadonlyMap<string, PolicyDefinition<JointPolicy>> = registry([jointControl])
