/** From text, or from the value that a text or a program gives, to a checked scenario. */
import { ConfigError } from '../errors.ts'
import { assemble } from './assemble.ts'
import { importAsyncFlow, isAsyncFlow, looksLikeAsyncFlow } from './asyncflow/index.ts'
import { checkScenario } from './checks/index.ts'
import { guard } from './guard.ts'
import type { LoadOptions } from './options.ts'
import { applyOverrides } from './overrides.ts'
import { addIssues, Problems } from './problems.ts'
import { type Pruned, prune, withoutFields } from './prune.ts'
import { scenarioSchema } from './schema.ts'
import { readSource, type Source } from './source.ts'
import type { Scenario } from './types.ts'

/**
 * YAML or JSON, in our format or AsyncFlow's (recognised by its keys).
 *
 * @throws ConfigError with every problem found, each with file, line, column and path.
 */
export function loadScenario(text: string, options: LoadOptions = {}): Scenario {
  let source: Source
  try {
    source = readSource(text, options.file)
  } catch (error) {
    // AsyncFlow reads YAML 1.1, where more is allowed.
    if (error instanceof ConfigError && looksLikeAsyncFlow(text)) return importAsyncFlow(text, options)
    throw error
  }
  if (isAsyncFlow(source.value)) return importAsyncFlow(text, options)
  return check(source.value, new Problems(options.file, source.locate), options)
}

/**
 * The same for a value that is parsed already; problems have paths but no positions.
 *
 * @throws ConfigError
 */
export function parseScenario(value: unknown, options: LoadOptions = {}): Scenario {
  if (isAsyncFlow(value)) return importAsyncFlow(value, options)
  return check(value, new Problems(options.file), options)
}

function check(given: unknown, problems: Problems, options: LoadOptions): Scenario {
  const value = applyOverrides(given, options.set ?? [], problems)
  problems.finish()
  for (const { what, path, hint } of guard(value)) problems.add(path, what, hint)
  problems.finish()
  let parsed = scenarioSchema.safeParse(value, { reportInput: true })
  let partial: Pruned | undefined
  if (!parsed.success) {
    addIssues(problems, parsed.error.issues)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) problems.finish()
    const known = withoutFields(value, problems.unknown) as Record<string, unknown>
    partial = prune(known, problems.paths)
    parsed = scenarioSchema.safeParse(partial.value)
    if (!parsed.success) problems.finish()
  }
  const scenario = assemble(parsed.data!, problems, options, value)
  checkScenario({ scenario, problems, raw: value, partial })
  problems.finish()
  return scenario
}
