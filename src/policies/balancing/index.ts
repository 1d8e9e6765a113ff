import type { PolicySpec } from '../../scenario/types.ts'
import { createPolicy, registry } from '../create-policy.ts'
import type { BalancingPolicy, PolicyDefinition } from '../types.ts'
import { expectedWork } from './expected-work.ts'
import { jsq } from './jsq.ts'
import { leastInTransit } from './least-in-transit.ts'
import { leastRequest } from './least-request.ts'
import { offsetSed } from './offset-sed.ts'
import { powerOfTwo } from './power-of-two.ts'
import { random } from './random.ts'
import { rotatingList } from './rotating-list.ts'
import { roundRobin } from './round-robin.ts'
import { sed } from './sed.ts'
import { weighted } from './weighted.ts'
import { weightedRandom } from './weighted-random.ts'

/** Every balancing policy by its name. */
export const balancingPolicies: ReadonlyMap<string, PolicyDefinition<BalancingPolicy>> = registry([
  random,
  weightedRandom,
  roundRobin,
  weighted,
  leastRequest,
  powerOfTwo,
  jsq,
  sed,
  offsetSed,
  expectedWork,
  rotatingList,
  leastInTransit,
])

/** The policy for a balancer of n slots; throws ConfigError at `path` on an unknown name or parameter. */
export function createBalancingPolicy(spec: PolicySpec, n: number, path = 'policy'): BalancingPolicy {
  return createPolicy('balancing', balancingPolicies, spec, n, path)
}
