import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Every entry point of package.json, and the values it exports: a change here is a change for users. */
const ENTRIES: Readonly<Record<string, () => Promise<object>>> = {
  '.': () => import('../src/index.ts'),
  './envs': () => import('../envs/index.ts'),
  './agents': () => import('../agents/index.ts'),
  './benchmarks': () => import('../benchmarks/index.ts'),
  './report': () => import('../report/index.ts'),
}

test('the entry points are these', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(Object.keys(exports)).toEqual([...Object.keys(ENTRIES), './package.json'])
})

test.each(Object.keys(ENTRIES))('%s exports what it did', async (subpath) => {
  const names = Object.keys((await ENTRIES[subpath]?.()) ?? {}).sort()
  expect(names.length).toBeGreaterThan(0)
  expect(names).toMatchSnapshot()
})
