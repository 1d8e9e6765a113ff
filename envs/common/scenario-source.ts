/** Where an environment's scenario comes from: its name, a file, a text, or the loaded scenario itself. */
import { ConfigError } from '../../src/errors.ts'
import { nearest } from '../../src/policies/nearest.ts'
import { type LoadOptions, loadScenario, type Scenario } from '../../src/scenario/index.ts'
import { SCENARIOS } from '../scenarios.generated.ts'

/**
 * `source`: a loaded scenario; the name of one that comes with the package (`pool-noisy`); the path of a file
 * (where the platform has files); or YAML or JSON text, which has more than one line. `set`: fields to set in a scenario
 * that is not loaded yet.
 */
export function readScenario(source: unknown, set: LoadOptions['set'] = []): Scenario {
  if (typeof source === 'object' && source !== null && 'workloads' in source) return source as Scenario
  if (typeof source !== 'string') {
    throw new ConfigError([
      {
        what: `expected a scenario, got ${source === null ? 'null' : typeof source}`,
        path: 'scenario',
        hint: HINT,
      },
    ])
  }
  if (source.includes('\n')) return loadScenario(source, { set })
  const embedded = Object.hasOwn(SCENARIOS, source) ? SCENARIOS[source] : undefined
  if (embedded !== undefined) return loadScenario(embedded, { file: `${source}.yml`, set })
  const text = readFile(source)
  if (text !== undefined) {
    const folder = source.replace(/[^/\\]*$/, '')
    return loadScenario(text, {
      file: source,
      set,
      resolve: (path) => {
        const found = readFile(path.startsWith('/') ? path : folder + path)
        if (found === undefined) throw new Error(`no such file: ${path}`)
        return found
      },
    })
  }
  const meant = nearest(source, Object.keys(SCENARIOS))
  const hint = meant === undefined ? HINT : `Did you mean "${meant}"?`
  throw new ConfigError([{ what: `no scenario "${source}"`, path: 'scenario', hint }])
}

const HINT = `Give the path of a scenario file, its text, or one of ${Object.keys(SCENARIOS).join(', ')}.`

type FileSystem = {
  statSync(path: string, options: { throwIfNoEntry: false }): { isFile(): boolean } | undefined
  readFileSync(path: string, encoding: 'utf8'): string
}

/** undefined where there is no such file, or no file system. */
function readFile(path: string): string | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const files = process?.getBuiltinModule?.('node:fs') as FileSystem | undefined
  return files?.statSync(path, { throwIfNoEntry: false })?.isFile()
    ? files.readFileSync(path, 'utf8')
    : undefined
}
