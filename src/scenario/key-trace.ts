/** Recorded keys: one a line, a whole number or a text; empty lines and lines that begin with # are skipped. */
import { ConfigError, type Problem } from '../errors.ts'
import { mapSteps } from './map-steps.ts'
import type { NamedFiles } from './named-files.ts'
import { existing, formatPath, type Path } from './path.ts'
import type { Problems } from './problems.ts'
import type { Key, Scenario } from './types.ts'

/** More would take more than 400 MB. */
const MAX_LINES = 50_000_000
const MAX_NUMBER = 0x7fffffff

/**
 * @param path of the field that names the file, for errors.
 * @throws ConfigError that names the file and the line.
 */
export function parseKeyTrace(text: string, file: string, path: string): (string | number)[] {
  const keys: (string | number)[] = []
  const refuse = (line: number, what: string, hint: string): never => {
    const problem: Problem = { what, path, hint, file, line, column: 1 }
    throw new ConfigError([problem])
  }
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .forEach((line, i) => {
      const key = line.trim()
      if (key === '' || key.startsWith('#')) return
      if (keys.length >= MAX_LINES) refuse(i + 1, `more than ${MAX_LINES} keys`, 'Use a shorter trace.')
      if (!/^\d+$/.test(key)) keys.push(key)
      else if (Number(key) <= MAX_NUMBER) keys.push(Number(key))
      else refuse(i + 1, `expected a key of at most ${MAX_NUMBER}, got ${key}`, 'Number the keys from 0.')
    })
  if (keys.length === 0) refuse(1, 'the file has no keys', 'Write one a line.')
  return keys
}

/** The scenario with the keys of every file that a key names. */
export function withKeyTraces(
  scenario: Scenario,
  files: NamedFiles,
  problems: Problems,
  raw: unknown,
): Scenario {
  const read = (key: Key | undefined, path: Path): Key | undefined => {
    if (key?.kind !== 'trace' || key.file === undefined) return key
    const at = existing(raw, [...path, 'trace', 'file'])
    const text = files.read(key.file, at)
    // A stand-in for keys that cannot be read, so that nothing else is said about them.
    if (text === undefined) return { kind: 'trace', values: [0] }
    try {
      return { kind: 'trace', values: parseKeyTrace(text, key.file, formatPath(at)) }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.include(error.problems)
      return { kind: 'trace', values: [0] }
    }
  }
  /** The item with its key read, where it has one. */
  const keyed = <T extends { readonly key?: Key | undefined }>(item: T, path: Path): T =>
    item.key === undefined ? item : { ...item, key: read(item.key, [...path, 'key']) }
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => ({
      ...workload,
      classes: workload.classes.map((item) =>
        keyed(item, ['workloads', workload.name, 'classes', item.name]),
      ),
    })),
    services: scenario.services.map((service) => ({
      ...service,
      endpoints: service.endpoints.map(({ name, steps }) => ({
        name,
        steps: mapSteps(steps, ['services', service.name, 'endpoints', name], (step, path) =>
          step.kind === 'call' || step.kind === 'query' ? keyed(step, [...path, step.kind]) : step,
        ),
      })),
    })),
    ...(scenario.caches === undefined
      ? {}
      : {
          caches: scenario.caches.map((cache) => ({
            ...keyed(cache, ['caches', cache.name]),
            miss: mapSteps(cache.miss, ['caches', cache.name, 'miss'], (step, path) =>
              step.kind === 'call' || step.kind === 'query' ? keyed(step, [...path, step.kind]) : step,
            ),
          })),
        }),
  }
}
