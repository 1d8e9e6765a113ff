import type { PolicySpec } from '../../scenario/types.ts'
import { createPolicy, registry } from '../create-policy.ts'
import type { PolicyDefinition, ScalingPolicy } from '../types.ts'
import { fixed } from './fixed.ts'
import { holtWinters } from './holt-winters.ts'
import { hpa } from './hpa.ts'
import { keda } from './keda.ts'
import { kpa } from './kpa.ts'
import { rateOracle } from './rate-oracle.ts'
import { schedule } from './schedule.ts'
import { squareRoot } from './square-root.ts'
import { stepScaling } from './step-scaling.ts'
import { targetTracking } from './target-tracking.ts'
import { threshold } from './threshold.ts'

/** Every scaling policy by its name. */
export const scalingPolicies: ReadonlyMap<string, PolicyDefinition<ScalingPolicy>> = registry([
  fixed,
  threshold,
  hpa,
  squareRoot,
  kpa,
  keda,
  targetTracking,
  stepScaling,
  schedule,
  holtWinters,
  rateOracle,
])

/** The policy for a scaler of at most `max` replicas; throws ConfigError at `path` on an unknown name or parameter. */
export function createScalingPolicy(spec: PolicySpec, max: number, path = 'policy'): ScalingPolicy {
  return createPolicy('scaling', scalingPolicies, spec, max, path)
}
