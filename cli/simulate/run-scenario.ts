/** What `asyncflow run` does between its arguments and its output. */
import type { Result } from '../../src/results/types.ts'
import { requestFile } from '../input/request-file.ts'
import { resultWriter } from '../input/result-file.ts'
import { loadScenarioFile } from '../input/scenario.ts'
import { interruptible } from '../interrupt.ts'
import { startLiveRun } from '../terminal/live-run.ts'
import type { Output } from '../terminal/output.ts'
import { simulateWatched } from './simulate-watched.ts'

export type RunScenarioOptions = {
  readonly seed?: number | string | undefined
  readonly horizon?: number | undefined
  readonly drain?: boolean | undefined
  readonly out?: readonly string[] | undefined
  readonly requests?: string | undefined
}

/** Simulates and writes the files. Names that cannot be written are refused before the run. */
export async function runScenario(
  file: string,
  options: RunScenarioOptions,
  output: Output,
): Promise<Result> {
  const { seed, horizon, drain } = options
  const writers = await Promise.all((options.out ?? []).map(resultWriter))
  const scenario = loadScenarioFile(file, output)
  const requests = options.requests === undefined ? undefined : await requestFile(options.requests)
  const onRequest = requests?.write
  const live = startLiveRun(horizon ?? scenario.horizon, output.quiet)
  try {
    const result = await interruptible((signal) =>
      simulateWatched(scenario, { seed, horizon, drain, onRequest }, signal, live.update),
    )
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
