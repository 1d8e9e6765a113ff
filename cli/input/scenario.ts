/** A scenario from a file, its warnings printed. */
import { formatProblem } from '../../src/errors.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import type { Override } from '../../src/scenario/overrides.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import type { Output } from '../terminal/output.ts'
import { readText, resolverFor } from './files.ts'

/**
 * `set`: fields given on the command line, which go over those of the file.
 * @throws ConfigError with every problem found.
 */
export function loadScenarioFile(
  file: string,
  output: Pick<Output, 'warn'>,
  set: readonly Override[] = [],
): Scenario {
  return loadScenario(readText(file), {
    file,
    set,
    resolve: resolverFor(file),
    warn: (problem) => output.warn(formatProblem(problem)),
  })
}
