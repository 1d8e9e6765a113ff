/** What `asyncflow run` does between its arguments and its output. */
import type { Result } from '../../src/results/types.ts'
import { LineWriter } from '../input/files.ts'
import { resultWriter } from '../input/result-file.ts'
import { loadScenarioFile } from '../input/scenario.ts'
import { interruptible } from '../interrupt.ts'
import type { Output } from '../terminal/output.ts'
import { startProgress } from '../terminal/progress.ts'
import { simulateWatched } from './simulate-watched.ts'

export type RunScenarioOptions = {
  readonly seed?: number | string | undefined
  readonly horizon?: number | undefined
  readonly drain?: boolean | undefined
  readonly out?: string | undefined
  readonly requests?: string | undefined
}

/** Simulates and writes the files. Names that cannot be written are refused before the run. */
export async function runScenario(
  file: string,
  options: RunScenarioOptions,
  output: Output,
): Promise<Result> {
  const { seed, horizon, drain } = options
  const writeResult = options.out === undefined ? undefined : resultWriter(options.out)
  const scenario = loadScenarioFile(file, output)
  const requests = options.requests === undefined ? undefined : new LineWriter(options.requests)
  const onRequest = requests && ((request: object): void => requests.write(JSON.stringify(request)))
  const progress = startProgress('Simulated seconds', horizon ?? scenario.horizon, output.quiet)
  try {
    const result = await interruptible((signal) =>
      simulateWatched(scenario, { seed, horizon, drain, onRequest }, signal, progress.update),
    )
    writeResult?.(result)
    requests?.commit()
    return result
  } catch (error) {
    requests?.discard()
    throw error
  } finally {
    progress.stop()
  }
}
