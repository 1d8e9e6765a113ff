/** A scenario from a file, its warnings printed. */
import { formatProblem } from '../../src/errors.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import type { Output } from '../terminal/output.ts'
import { readText, resolverFor } from './files.ts'

/** @throws ConfigError with every problem found. */
export function loadScenarioFile(file: string, output: Output): Scenario {
  return loadScenario(readText(file), {
    file,
    resolve: resolverFor(file),
    warn: (problem) => output.warn(formatProblem(problem)),
  })
}
