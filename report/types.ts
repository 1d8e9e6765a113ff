/** What a report is made from. */
import type { CompareResult, MonteCarloResult } from '../src/analysis/monte-carlo/index.ts'
import type { Result } from '../src/results/types.ts'

export type ReportInput = {
  readonly result: Result
  /** Intervals and bands of the same scenario. */
  readonly monteCarlo?: MonteCarloResult | undefined
  /** Variants beside each other. */
  readonly comparison?: CompareResult | undefined
  /** The command line that gives the run again. */
  readonly command?: string | undefined
}

/** Colours that are told apart with any colour vision: M. Okabe and K. Ito, "Color Universal Design" (2008). */
export const PALETTE: readonly string[] = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#8c8c00',
  '#7f7f7f',
]
