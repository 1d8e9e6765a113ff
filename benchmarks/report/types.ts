/** What a benchmark gives: plain data, JSON as it is. */
import type { Interval } from '../../src/analysis/interval.ts'
import type { InformationClass } from '../../src/policies/types.ts'
import type { Trial } from '../tuning.ts'
import type { CostKind, Kwargs } from '../types.ts'
import type { CurvePoint } from '../units/types.ts'

/** An end is null where it is unbounded: of one observation nothing is known. */
export type ReportInterval = Omit<Interval, 'low' | 'high'> & {
  readonly low: number | null
  readonly high: number | null
}

/** J of the row less J of `to`, on the same seeds; below 0 the row is better. */
export type Difference = ReportInterval & { readonly to: string }

export type ReportRow = {
  /** Unique in the task, e.g. `ppo (argmax)`. */
  readonly label: string
  readonly agent: { readonly name: string; readonly params: Kwargs }
  readonly kind: 'heuristic' | 'learner'
  /** How a learner acted; null for heuristics. */
  readonly mode: 'argmax' | 'sampled' | null
  readonly information: InformationClass
  /**
   * `unstable`: in at least half of the episodes the cost rose from quarter to quarter and more than doubled, so
   * that its mean says more about the length of the episode than about the agent.
   */
  readonly status: 'ok' | 'unstable' | 'failed'
  readonly error: string | null
  /** J in reward units; null when the row failed. */
  readonly cost: ReportInterval | null
  /** To the best heuristic of the row's information class or a lower one. */
  readonly toBest: Difference | null
  /** To the task's baseline. */
  readonly toBaseline: Difference | null
  /** 100 ln(J / J of the best heuristic); below 0 is better. null where a J is not above 0, or not stable. */
  readonly score: ReportInterval | null
  /** Median seconds to decide, and trained weights. */
  readonly decisionSeconds: number | null
  readonly parameterCount: number | null
  /** Simulated decisions that training, validation and tuning took. */
  readonly budget: { readonly training: number; readonly validation: number; readonly tuning: number }
  readonly tuning: {
    readonly params: Kwargs
    readonly trials: readonly Trial[]
    readonly atEdge: readonly string[]
  } | null
  /** One for each training seed. */
  readonly training: readonly {
    readonly seed: number
    readonly selectedAt: number
    readonly curve: readonly CurvePoint[]
    readonly seconds: number
  }[]
  /** J by training seed (one row for a heuristic) and evaluation seed. */
  readonly costs: readonly (readonly number[])[]
}

export type ReportTask = {
  readonly name: string
  readonly environment: string
  readonly kwargs: Kwargs
  readonly cost: Exclude<CostKind, 'auto'>
  readonly seeds: readonly number[]
  readonly episodeLength: number | null
  readonly settle: number
  readonly baseline: string | null
  /** Best stable heuristic of each class or a lower one. */
  readonly best: Readonly<Partial<Record<InformationClass, string>>>
  /** In rising order of cost; unstable and failed rows last. */
  readonly rows: readonly ReportRow[]
}

/** An agent over all tasks: exp(mean of the logarithms) is the geometric mean of its cost ratios. */
export type OverallScore = { readonly label: string; readonly tasks: number; readonly percent: number }

export type Report = {
  readonly schema: 1
  readonly suite: { readonly name: string; readonly description: string; readonly hash: string }
  /** Of the package, and SHA-256 of the code that computed it. */
  readonly version: string
  readonly code: string
  readonly trainingSeeds: readonly number[]
  readonly tasks: readonly ReportTask[]
  /** Of the rows that are stable in every task. */
  readonly overall: readonly OverallScore[]
}
