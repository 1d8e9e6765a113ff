export type { Band } from './bands.ts'
export {
  type CompareOptions,
  type CompareResult,
  compare,
  type PairedDifference,
  type Variant,
  type VariantResult,
} from './compare.ts'
export type { Estimate } from './estimate.ts'
export { type Metrics, metricsOf } from './metrics.ts'
export { type MonteCarloOptions, type MonteCarloResult, monteCarlo } from './monte-carlo.ts'
export {
  type Configuration,
  type PlannedConfiguration,
  type PlannedObjective,
  type PlanOptions,
  type PlanResult,
  plan,
} from './plan.ts'
export {
  inProcessReplications,
  type Replication,
  type ReplicationExecutor,
  type ReplicationJob,
  runReplication,
} from './replication.ts'
export { type FindWarmupOptions, findWarmup } from './warmup.ts'
