/** A suite is data: which agents meet which environments, under which seeds and budgets. */
import type { InformationClass } from '../src/policies/types.ts'

export type Kwargs = Readonly<Record<string, unknown>>

/**
 * What J, the cost of an episode, is; less is better. Rewards are in the environment's reward unit.
 * - `decision`: -(sum of rewards) / (number of decisions). For load balancing it tends to the mean response
 *   time, for an environment of fixed intervals it is the cost rate.
 * - `time`: -(sum of rewards) / (simulated seconds): where an agent's actions change how many decisions there are.
 * - `episode`: -(sum of rewards): where the episode ends by itself.
 * - `auto`: `episode` when an episode of the task was terminated, else `decision`.
 */
export type CostKind = 'decision' | 'time' | 'episode' | 'auto'

/** Values to try for one parameter. */
export type TuningAxis = {
  readonly values: readonly (number | string | boolean)[]
  /**
   * A best value at the end of numeric values adds one more beyond it, at the last spacing, unless it would
   * leave these bounds. @default none
   */
  readonly low?: number | undefined
  readonly high?: number | undefined
}

export type Tuning = {
  /** Every combination is tried. */
  readonly grid: Readonly<Record<string, TuningAxis>>
  /** Episodes of each trial, on tuning seeds. */
  readonly episodes: number
  /** How often the grid may grow. @default 3 */
  readonly widenings?: number | undefined
}

export type SuiteAgent = {
  /** What `createAgent` knows. */
  readonly name: string
  /** In tables; unique within the task. @default the name */
  readonly label?: string | undefined
  readonly params?: Kwargs | undefined
  /** Goes over the task's environment options for this agent: what it sees, never what happens. */
  readonly kwargs?: Kwargs | undefined
  /** @default that of the policy of this name; of others `oracle` under the option `view: full`, else `own` */
  readonly information?: InformationClass | undefined
  /** The parameters of a heuristic, searched before the evaluation. */
  readonly tuning?: Tuning | undefined
  /** Makes it a learner: environment steps of each training run. */
  readonly steps?: number | undefined
}

export type EvaluationPlan = {
  /** Evaluation seeds, the same for every agent. */
  readonly episodes: number
  /** Number of the first seed within its range. @default 0 */
  readonly firstEpisode?: number | undefined
  /**
   * While a learner's difference to the best heuristic is not three times its half-width, as many episodes
   * again are added for all agents, up to this. @default `episodes`
   */
  readonly maxEpisodes?: number | undefined
  /** Decisions of an episode; absent: to its end. */
  readonly episodeLength?: number | undefined
  /** Simulated seconds at the start of an episode that do not count. @default 0 */
  readonly settle?: number | undefined
}

export type ValidationPlan = EvaluationPlan & {
  /** Environment steps between two looks at a learner in training; the best one is kept. */
  readonly every: number
}

export type SuiteTask = {
  readonly name: string
  readonly environment: string
  readonly kwargs?: Kwargs | undefined
  /** Go over `kwargs` in training. */
  readonly trainingKwargs?: Kwargs | undefined
  /** Go over `kwargs` in validation, where episodes should be long enough to tell a policy that is not stable. */
  readonly validationKwargs?: Kwargs | undefined
  /** Go over `kwargs` in tuning and in evaluation. */
  readonly evaluationKwargs?: Kwargs | undefined
  /** Given to learners as `gamma` unless their parameters have one. */
  readonly discount?: number | undefined
  /** @default decision */
  readonly cost?: CostKind | undefined
  /** Label of the agent that every other one is also compared with, e.g. `weighted-random`. */
  readonly baseline?: string | undefined
  readonly agents: readonly SuiteAgent[]
  readonly evaluation: EvaluationPlan
  readonly validation?: ValidationPlan | undefined
  /** Decisions of an episode and settling in tuning. @default those of the evaluation */
  readonly tuningEpisodeLength?: number | undefined
}

export type Suite = {
  readonly name: string
  readonly description: string
  /** Roots of the training runs, each in [0, 2^31). */
  readonly trainingSeeds: readonly number[]
  readonly tasks: readonly SuiteTask[]
}
