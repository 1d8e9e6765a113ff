/** What `asyncflow run` does between its arguments and its output. */
import { tuneV8 } from '../../benchmarks/tune-v8.ts'
import { meanRate } from '../../envs/common/load.ts'
import { findWarmup } from '../../src/analysis/monte-carlo/index.ts'
import type { Result, Truncation } from '../../src/results/types.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import { requestFile } from '../input/request-file.ts'
import { resultWriter } from '../input/result-file.ts'
import { loadScenarioFile } from '../input/scenario.ts'
import { interruptible } from '../interrupt.ts'
import { withReplications } from '../monte-carlo/with-replications.ts'
import { startLiveRun } from '../terminal/live-run.ts'
import type { Output } from '../terminal/output.ts'
import { simulateWatched } from './simulate-watched.ts'

export type RunScenarioOptions = {
  readonly seed?: number | string | undefined
  readonly horizon?: number | undefined
  readonly warmup?: number | 'auto' | undefined
  readonly drain?: boolean | undefined
  readonly out?: readonly string[] | undefined
  readonly requests?: string | undefined
}

/** Requests from which on a run takes some seconds. */
const MANY = 2e6

/** That the workloads mean to send; those of a closed one are not known. */
function meanRequests({ workloads }: Scenario, horizon: number): number {
  return workloads.reduce((sum, workload) => sum + horizon * (meanRate(workload, horizon) || 0), 0)
}

/** Simulates and writes the files. Names that cannot be written are refused before the run. */
export async function runScenario(
  file: string,
  options: RunScenarioOptions,
  output: Output,
): Promise<Result> {
  const scenario = loadScenarioFile(file, output)
  const writers = await Promise.all((options.out ?? []).map(resultWriter))
  const { seed, horizon = scenario.horizon, drain } = options
  const truncation =
    options.warmup === 'auto'
      ? await pilotRuns({ ...scenario, horizon }, seed ?? scenario.seed, output)
      : undefined
  const warmup = options.warmup === 'auto' ? truncation?.seconds : options.warmup
  const requests = options.requests === undefined ? undefined : await requestFile(options.requests)
  const onRequest = requests?.write
  if (meanRequests(scenario, horizon) > MANY) tuneV8('long')
  const live = startLiveRun(horizon, output.quiet)
  try {
    const measured = await interruptible((signal) =>
      simulateWatched(scenario, { seed, horizon, warmup, drain, onRequest }, signal, live.update),
    )
    const result = truncation === undefined ? measured : { ...measured, truncation }
    for (const write of writers) write(result)
    const { version, scenario: of, seed: used } = result
    requests?.commit({ version, scenario: of, seed: used })
    return result
  } catch (error) {
    requests?.discard()
    throw error
  } finally {
    live.stop()
  }
}

async function pilotRuns(scenario: Scenario, seed: number | string, output: Output): Promise<Truncation> {
  const { value, stopped } = await withReplications(
    undefined,
    output,
    ({ executor, onDone }) => findWarmup(scenario, { seed, executor, onDone }),
    'Pilot runs',
  )
  if (stopped) throw new DOMException('Stopped in the pilot runs', 'AbortError')
  return value
}
