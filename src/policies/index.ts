export { balancingPolicies, createBalancingPolicy } from './balancing/index.ts'
export { MinIndex } from './min-index.ts'
export { desiredReplicas } from './scaling/desired-replicas.ts'
export { createScalingPolicy, scalingPolicies } from './scaling/index.ts'
export type {
  AdmissionPolicy,
  AdmissionView,
  Answer,
  BalancerView,
  BalancingPolicy,
  IndexKey,
  InformationClass,
  JointDecision,
  JointPolicy,
  JointView,
  PolicyDefinition,
  PolicyNeed,
  PolicyParams,
  ScalingPolicy,
  ScalingView,
  WeightsPolicy,
  WeightsView,
} from './types.ts'
