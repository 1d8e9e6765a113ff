/** What `asyncflow monte-carlo` does between its arguments and its output. */
import { type MonteCarloResult, monteCarlo } from '../../src/analysis/monte-carlo/index.ts'
import { loadScenarioFile } from '../input/scenario.ts'
import type { Output } from '../terminal/output.ts'
import { withReplications } from './with-replications.ts'

export type MonteCarloArguments = {
  readonly replications?: number | undefined
  readonly precision?: number | undefined
  readonly metrics?: readonly string[] | undefined
  readonly max?: number | undefined
  readonly bands?: readonly string[] | undefined
  readonly seed?: number | string | undefined
  readonly warmup?: number | 'auto' | undefined
  readonly drain?: boolean | undefined
  readonly workers?: number | undefined
}

export async function monteCarloFile(
  file: string,
  options: MonteCarloArguments,
  output: Output,
): Promise<{ readonly value: MonteCarloResult; readonly stopped: boolean }> {
  const scenario = loadScenarioFile(file, output)
  const {
    replications,
    precision,
    metrics: targets,
    max,
    bands: series,
    seed,
    warmup,
    drain,
    workers,
  } = options
  return withReplications(workers, output, (tools) =>
    monteCarlo(scenario, { replications, precision, targets, max, series, seed, warmup, drain, ...tools }),
  )
}
