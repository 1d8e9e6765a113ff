export { assertEnv, CHECKS, checkEnv } from './check-env/check-env.ts'
export type {
  Check,
  CheckLevel,
  CheckOptions,
  CheckReport,
  CheckResult,
  CheckSource,
} from './check-env/types.ts'
export type { Env, EnvSpec, Info, ResetOptions, ResetResult, SlotLayout, StepResult } from './env.ts'
export { type EnvId, formatEnvId, parseEnvId } from './env-id.ts'
export {
  type EnvRegistration,
  EnvRegistry,
  type EnvSpecJSON,
  type MakeOptions,
  make,
  register,
  registeredSpecs,
  spec,
  specToJSON,
} from './registry.ts'
export { packSnapshot, unpackSnapshot } from './snapshot.ts'
export { Box, type BoxOptions } from './spaces/box.ts'
export { Dict, type DictValue, type ValueOf } from './spaces/dict.ts'
export { Discrete } from './spaces/discrete.ts'
export type { ArrayByDType, ArrayDType } from './spaces/dtype.ts'
export {
  type FlatArray,
  flatDtype,
  flatdim,
  flatten,
  flattenInto,
  flattenSpace,
  unflatten,
} from './spaces/flatten.ts'
export { spaceFromJSON } from './spaces/from-json.ts'
export { findMismatches, type Mismatch, type MismatchKind } from './spaces/mismatch.ts'
export { MultiBinary } from './spaces/multi-binary.ts'
export { MultiDiscrete, type MultiDiscreteOptions } from './spaces/multi-discrete.ts'
export {
  type DType,
  isSpace,
  type JsonNumber,
  type SampleOptions,
  type Space,
  type SpaceJSON,
  type SpaceKind,
  type SpaceMask,
  type SpaceProbability,
} from './spaces/space.ts'
export { Tuple, type TupleValue } from './spaces/tuple.ts'
export { type TrajectoryHeader, trajectoryHeader, trajectoryToJson } from './trajectories.ts'
export { type Batch, type BatchArray, newBatch, readRow, writeRow } from './vector/batch.ts'
export type { SharedAnswer, SharedRequest, SharedSetup } from './vector/shared-protocol.ts'
export {
  SharedVectorEnv,
  type SharedVectorEnvOptions,
  type SharedVectorThread,
} from './vector/shared-vector-env.ts'
export {
  abandonSharedVectorWorker,
  runSharedVectorWorker,
  type WorkerPort,
} from './vector/shared-vector-worker.ts'
export {
  type AutoresetMode,
  VectorEnv,
  type VectorEnvironment,
  type VectorEnvOptions,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector/vector-env.ts'
export { ClipReward } from './wrappers/clip-reward.ts'
export { FlattenObservation } from './wrappers/flatten-observation.ts'
export { FrameStack } from './wrappers/frame-stack.ts'
export { NormalizeObservation, type NormalizeOptions } from './wrappers/normalize-observation.ts'
export {
  NormalizeReward,
  type NormalizeRewardOptions,
  type NormalizeRewardState,
} from './wrappers/normalize-reward.ts'
export { OrderEnforcing } from './wrappers/order-enforcing.ts'
export { PassiveEnvChecker } from './wrappers/passive-env-checker.ts'
export { type EpisodeStatistics, RecordEpisodeStatistics } from './wrappers/record-episode-statistics.ts'
export { RecordTrajectory, type Trajectory } from './wrappers/record-trajectory.ts'
export { RescaleAction } from './wrappers/rescale-action.ts'
export { RunningMeanStd, type RunningMeanStdState } from './wrappers/running-mean-std.ts'
export { TimeLimit } from './wrappers/time-limit.ts'
export { TransformAction } from './wrappers/transform-action.ts'
export { TransformObservation } from './wrappers/transform-observation.ts'
export { TransformReward } from './wrappers/transform-reward.ts'
export { ObservationWrapper, Wrapper } from './wrappers/wrapper.ts'
