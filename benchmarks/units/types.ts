/** The units of work of a benchmark: training one agent, or measuring one. Plain data, so that a worker can take it. */
import type { CostKind, Kwargs } from '../types.ts'

export type EnvironmentSpec = {
  readonly id: string
  readonly kwargs: Kwargs
  /** Hash of the scenario file that `kwargs` name; null where they name none. */
  readonly scenario: string | null
}
export type AgentSpec = { readonly name: string; readonly params: Kwargs }

export type EpisodePlan = {
  /** One episode each. */
  readonly seeds: readonly number[]
  /** Decisions; null: to the end of the episode. */
  readonly episodeLength: number | null
  /** Seconds of simulated time at the start that do not count. */
  readonly settle: number
}

/** How a learner is looked at every so many steps of its training. */
export type ValidationUnit = EpisodePlan & {
  readonly environment: EnvironmentSpec
  readonly every: number
  readonly cost: CostKind
}

export type TrainUnit = {
  readonly kind: 'train'
  readonly environment: EnvironmentSpec
  readonly agent: AgentSpec
  readonly steps: number
  readonly seed: number
  readonly validation: ValidationUnit | null
  /** Hash of the checkpoint to start from; null: from scratch. */
  readonly from: string | null
}

export type EvaluateUnit = EpisodePlan & {
  readonly kind: 'evaluate'
  readonly purpose: 'tuning' | 'evaluation'
  readonly environment: EnvironmentSpec
  readonly agent: AgentSpec
  /** Argmax instead of sampling, where the agent has the choice. */
  readonly deterministic: boolean
  /** Hash of the checkpoint that the agent loads; null: none. */
  readonly checkpoint: string | null
}

export type Unit = TrainUnit | EvaluateUnit

/** A unit with what is too large to be part of its name. */
export type Job = { readonly unit: Unit; readonly checkpoint?: Uint8Array | undefined }

/** What came of one episode, after settling. */
export type EpisodeRecord = {
  readonly seed: number
  readonly decisions: number
  /** Simulated seconds; null where the environment tells no time. */
  readonly elapsed: number | null
  readonly return: number
  /** Whether the environment ended the episode itself, rather than a limit. */
  readonly terminated: boolean
  /** Cost per decision in each quarter of the decisions: what rises throughout is unstable. */
  readonly quarters: readonly number[]
}

export type EvaluateResult = {
  readonly kind: 'evaluate'
  readonly episodes: readonly EpisodeRecord[]
  /** null where the agent has no weights. */
  readonly parameterCount: number | null
  /** Median seconds of `act`; depends on the machine, so it is no part of a result's digest. */
  readonly timing: { readonly decisionSeconds: number }
}

export type CurvePoint = { readonly steps: number; readonly cost: number }

export type TrainResult = {
  readonly kind: 'train'
  /** Of the best validation, or of the end where there was none. */
  readonly checkpoint: Uint8Array
  /** Environment steps at `checkpoint`. */
  readonly selectedAt: number
  readonly curve: readonly CurvePoint[]
  readonly parameterCount: number | null
  /** Decisions spent on training and on validation. */
  readonly decisions: { readonly training: number; readonly validation: number }
  /** Whether it was stopped before its time. */
  readonly interrupted: boolean
  readonly timing: { readonly trainSeconds: number }
}

export type UnitResult = TrainResult | EvaluateResult

/** How far a unit is. */
export type UnitProgress = {
  readonly done: number
  readonly total: number
  /** Of a learner, under CleanRL's names. */
  readonly metrics?: Readonly<Record<string, number>> | undefined
}

export type UnitHooks = {
  readonly onProgress?: ((progress: UnitProgress) => void) | undefined
  /** Asked often while a unit runs; true stops it. */
  readonly aborted?: (() => boolean) | undefined
}
