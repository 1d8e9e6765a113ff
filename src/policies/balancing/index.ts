import type { PolicySpec } from '../../scenario/types.ts'
import { createPolicy, registry } from '../create-policy.ts'
import type { BalancingPolicy, PolicyDefinition } from '../types.ts'
import { boundedLoad } from './bounded-load.ts'
import { c3 } from './c3.ts'
import { envoyLeastRequest } from './envoy-least-request.ts'
import { expectedWork } from './expected-work.ts'
import { jiq } from './jiq.ts'
import { jsq } from './jsq.ts'
import { maglev, ringHash } from './key-hash.ts'
import { leastInTransit } from './least-in-transit.ts'
import { leastPending } from './least-pending.ts'
import { leastRequest } from './least-request.ts'
import { neverQueue } from './never-queue.ts'
import { offsetSed } from './offset-sed.ts'
import { peakEwma } from './peak-ewma.ts'
import { powerOfD } from './power-of-d.ts'
import { powerOfTwo } from './power-of-two.ts'
import { prequal } from './prequal.ts'
import { random } from './random.ts'
import { rotatingList } from './rotating-list.ts'
import { roundRobin } from './round-robin.ts'
import { sed } from './sed.ts'
import { staleEstimate } from './stale-estimate.ts'
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
  powerOfD,
  leastPending,
  envoyLeastRequest,
  neverQueue,
  jiq,
  staleEstimate,
  peakEwma,
  c3,
  prequal,
  ringHash,
  maglev,
  boundedLoad,
])

/** The policy for a balancer of n slots; throws ConfigError at `path` on an unknown name or parameter. */
export function createBalancingPolicy(spec: PolicySpec, n: number, path = 'policy'): BalancingPolicy {
  return createPolicy('balancing', balancingPolicies, spec, n, path)
}
