export { type EvaluateAgentsOptions, type EvaluatedAgent, evaluateAgents } from './evaluate-agents.ts'
export type { Kit } from './kit.ts'
export type { BenchmarkManifest } from './manifest.ts'
export type { DecisionProcess, PolicyTable } from './optimal/decision-process.ts'
export { type ExactCostOptions, exactCost, tabulate } from './optimal/exact-cost.ts'
export { type MarkovModel, type MarkovView, processOf } from './optimal/model-of.ts'
export { dispatchProcess, type OptimalModel, replicasProcess, slowServerProcess } from './optimal/models.ts'
export { registerOptimal } from './optimal/optimal-agent.ts'
export {
  type AverageCost,
  type Discount,
  evaluatePolicy,
  type Optimum,
  type SolveOptions,
  solve,
  solveDiscounted,
} from './optimal/value-iteration.ts'
export { type ReplicationPool, type ReplicationPoolOptions, replicationPool } from './replications/pool.ts'
export { formatTable } from './report/format-table.ts'
export type { TableFormat } from './report/text-table.ts'
export type {
  Difference,
  OverallScore,
  Report,
  ReportInterval,
  ReportRow,
  ReportTask,
} from './report/types.ts'
export { type RunOptions, type RunSuiteOptions, runSuite } from './run-suite.ts'
export type { Executor } from './runner/executor.ts'
export { inProcess } from './runner/in-process.ts'
export type { UnitEvent } from './runner/unit-runner.ts'
export { type WorkerPoolOptions, workerPool } from './runner/worker-pool.ts'
export { SEED_RANGES, seedsOf } from './seeds.ts'
export { findSuite, suites } from './suites/index.ts'
export {
  readTrainedAgent,
  type TrainAgentOptions,
  type TrainedAgent,
  type TrainManifest,
  type TrainValidation,
  trainAgent,
} from './train-agent.ts'
export type {
  CostKind,
  EvaluationPlan,
  Suite,
  SuiteAgent,
  SuiteTask,
  Tuning,
  TuningAxis,
  ValidationPlan,
} from './types.ts'
export type { UnitProgress } from './units/types.ts'
export { WorkerVectorEnv, type WorkerVectorEnvOptions } from './vector/worker-vector-env.ts'
