/** Recorded keys in files. */
import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { loadScenario } from '../../../src/scenario/index.ts'
import type { Key } from '../../../src/scenario/types.ts'

const TEXT = `horizon: 10
workloads:
  c: { to: web, arrivals: { poisson: { rate: 1/s } }, classes: { a: { key: { trace: { file: users.txt } } } } }
services:
  web:
    endpoints:
      e:
        - repeat: { times: 2, steps: [{ call: { to: cache, key: { trace: { file: pages.txt } } } }] }
        - transaction: { to: db, steps: [{ query: { to: db, latency: 1ms, key: { trace: { file: users.txt } } } }] }
caches:
  cache: { capacity: 5, key: { trace: { file: pages.txt } } }
databases:
  db: { rowLocks: true }
`

function load(files: Record<string, string>) {
  return loadScenario(TEXT, {
    file: 'shop.yml',
    resolve: (path) => {
      const text = files[path]
      if (text === undefined) throw new Error('no such file')
      return text
    },
  })
}

const USERS: Key = { kind: 'trace', values: [3, 17, 3] }
const PAGES: Key = { kind: 'trace', values: ['/cart', 8] }

test('every key that names a file has what is there', () => {
  const scenario = load({ 'users.txt': '\uFEFF3\r\n17\r\n3\r\n', 'pages.txt': '# pages\n\n/cart\n 8 \n' })
  expect(scenario.workloads[0]!.classes[0]!.key).toEqual(USERS)
  expect(scenario.caches![0]!.key).toEqual(PAGES)
  const [repeat, transaction] = scenario.services[0]!.endpoints[0]!.steps
  expect(repeat).toMatchObject({ times: 2, steps: [{ kind: 'call', key: PAGES }] })
  expect(transaction).toMatchObject({ to: 'db', steps: [{ kind: 'query', key: USERS }] })
})

test.each([
  [{ 'users.txt': '1' }, 'cannot read "pages.txt": no such file (shop.yml:'],
  [{ 'users.txt': '1', 'pages.txt': '# none\n' }, 'the file has no keys (pages.txt:1:1'],
  [
    { 'users.txt': '1\n2147483648', 'pages.txt': '1' },
    'expected a key of at most 2147483647, got 2147483648 (users.txt:2:1',
  ],
])('a file that cannot be used is refused: %#', (files, message) => {
  try {
    load(files as Record<string, string>)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toContain(message)
    return
  }
  throw new Error('it was accepted')
})
