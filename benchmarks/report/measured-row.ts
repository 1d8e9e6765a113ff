/** What the measurements of one row of a table hold, before it is compared with the others. */
import type { InformationClass } from '../../src/policies/types.ts'
import type { TuningOutcome } from '../tuning.ts'
import type { Kwargs } from '../types.ts'
import type { EvaluateResult, TrainResult } from '../units/types.ts'

export type MeasuredRow = {
  readonly label: string
  readonly agent: { readonly name: string; readonly params: Kwargs }
  readonly mode: 'argmax' | 'sampled' | null
  readonly information: InformationClass
  readonly tuning: TuningOutcome | null
  readonly training: readonly { readonly seed: number; readonly result: TrainResult }[]
  /** One for each training seed, or one for a heuristic; empty when the row failed. */
  readonly evaluations: readonly EvaluateResult[]
  readonly error: string | null
}

export function isLearner(row: MeasuredRow): boolean {
  return row.mode !== null
}
