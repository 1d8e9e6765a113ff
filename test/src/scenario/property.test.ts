/** Whatever is fed to the loader, it answers with a scenario or with a ConfigError. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { test } from 'vitest'
import { parseDocument } from 'yaml'
import { loadScenario, parseScenario } from '../../../src/scenario/index.ts'
import { caught, SHOP } from './support.ts'

const shop: unknown = parseDocument(SHOP).toJS()
const flow: unknown = parseDocument(
  readFileSync(new URL('../../../scenarios/asyncflow/event-inj-lb.yml', import.meta.url), 'utf8'),
).toJS()

const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    '20ms',
    '-1s',
    '0',
    0,
    -1,
    1.5,
    1e308,
    'web',
    'edge->web',
    [],
    {},
    null,
    undefined,
    true,
  ),
)

test('any JSON value, as a value and as a text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      caught(() => parseScenario(value))
      caught(() => loadScenario(JSON.stringify(value)))
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('any text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({
          unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&', '*', '"', '#', ','),
        }),
      ),
      (text) => {
        caught(() => loadScenario(text))
        caught(() => loadScenario(`rqs_input:\n${text}`))
      },
    ),
    { seed: 2, numRuns: 500 },
  )
})

test.each([
  ['ours', shop],
  ["AsyncFlow's", flow],
])(
  'a scenario of %s with one place replaced by something else, or with keys that are any word',
  (_, base) => {
    const paths = pathsOf(base)
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, fc.string(), (path, value, key) => {
        caught(() => parseScenario(replaced(base, path, () => value)))
        caught(() => parseScenario(replaced(base, path, (old) => ({ ...(old as object), [key]: value }))))
      }),
      { seed: 3, numRuns: 600 },
    )
  },
)

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys: (string | number)[] = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value)
  return [
    path,
    ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key])),
  ]
}

function replaced(value: unknown, [first, ...rest]: Path, by: (old: unknown) => unknown): unknown {
  if (first === undefined) return by(value)
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >
  copy[first] = replaced(copy[first], rest, by)
  return copy
}
