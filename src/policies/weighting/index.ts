import { registry } from '../create-policy.ts'
import type { PolicyDefinition, WeightsPolicy } from '../types.ts'
import { inverseLatency } from './inverse-latency.ts'
import { staticSplit } from './static-split.ts'

/** Every policy that sets the weights of a balancer interval by interval, by its name. */
export const weightingPolicies: ReadonlyMap<string, PolicyDefinition<WeightsPolicy>> = registry([
  staticSplit,
  inverseLatency,
])
