/** From a policy's name and parameters, as a scenario writes them, to the policy. */
import { ConfigError } from '../errors.ts'
import type { PolicySpec } from '../scenario/types.ts'
import { nearest } from './nearest.ts'
import type { PolicyDefinition } from './types.ts'

/** Throws ConfigError, with paths below `path`, on an unknown name and on parameters that do not fit. */
export function createPolicy<P>(
  kind: string,
  policies: ReadonlyMap<string, PolicyDefinition<P>>,
  spec: PolicySpec,
  size: number,
  path: string,
): P {
  const definition = policies.get(spec.name)
  if (definition === undefined) {
    const meant = nearest(spec.name, policies.keys())
    const hint = meant ? `Did you mean "${meant}"?` : `Known are ${[...policies.keys()].join(', ')}.`
    throw new ConfigError([{ what: `unknown ${kind} policy "${spec.name}"`, path, hint }])
  }
  try {
    return definition.create(spec.params, size)
  } catch (error) {
    if (!(error instanceof ConfigError) || path === '') throw error
    throw new ConfigError(error.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` })))
  }
}

/** The map of these definitions by name, in their order. */
export function registry<P>(
  definitions: readonly PolicyDefinition<P>[],
): ReadonlyMap<string, PolicyDefinition<P>> {
  return new Map(definitions.map((definition) => [definition.name, definition]))
}
