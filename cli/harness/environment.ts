/** The environment that the arguments name, as plain data that a worker thread can take. */
import { existsSync } from 'node:fs'
import { make } from '../../envs/index.ts'
import { formatProblem } from '../../src/errors.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { readText, resolverFor } from '../input/files.ts'
import type { Output } from '../terminal/output.ts'

export type EnvironmentArguments = {
  /** A file, or the name of a scenario that comes with the package. */
  readonly scenario?: string | undefined
  /** Options of the environment. */
  readonly option?: Readonly<Record<string, unknown>> | undefined
}

export type Environment = { readonly id: string; readonly kwargs: Readonly<Record<string, unknown>> }

/**
 * `defaults`: options that the arguments go over.
 * @throws ConfigError or UnknownIdError where no such environment can be made.
 */
export function readEnvironment(
  id: string,
  { scenario, option }: EnvironmentArguments,
  output: Output,
  defaults: Environment['kwargs'] = {},
): Environment {
  const kwargs = {
    ...defaults,
    ...option,
    ...(scenario !== undefined && { scenario: readScenarioArgument(scenario, output) }),
  }
  // Made once here, so that what is wrong is said before any work, and by this thread.
  make(id, kwargs, { warn: (message) => output.warn(message) }).close()
  return { id, kwargs }
}

/**
 * The text of the file rather than its path, so that results say what they are of; the path where the scenario
 * refers to files beside it. A name that is no file is left to the environment.
 */
function readScenarioArgument(file: string, output: Output): string {
  if (!existsSync(file)) return file
  const text = readText(file)
  const resolve = resolverFor(file)
  let refers = false
  loadScenario(text, {
    file,
    resolve: (path) => {
      refers = true
      return resolve(path)
    },
    warn: (problem) => output.warn(formatProblem(problem)),
  })
  return refers ? file : `${text.trimEnd()}\n`
}
