import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { loadScenario, scenarioHash } from '../src/scenario/index.ts'
import type { Kwargs } from './types.ts'
import type { EnvironmentSpec } from './units/types.ts'

/** The environment of a unit. Where `scenario` names a file, what the file says is part of it. */
export function environmentSpec(id: string, kwargs: Kwargs): EnvironmentSpec {
  const { scenario } = kwargs
  const isFile = typeof scenario === 'string' && !scenario.includes('\n') && existsSync(scenario)
  return { id, kwargs, scenario: isFile ? hashOfFile(scenario) : null }
}

/** Throws ConfigError for a file that is no scenario. */
function hashOfFile(file: string): string {
  const folder = dirname(file)
  const read = (path: string): string => readFileSync(resolve(folder, path), 'utf8')
  return scenarioHash(loadScenario(readFileSync(file, 'utf8'), { file, resolve: read }))
}
