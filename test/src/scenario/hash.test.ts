import { expect, test } from 'vitest'
import { canonical, fnv1a64, scenarioHash } from '../../../src/scenario/hash.ts'
import { change, load, SHOP } from './support.ts'

test.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('FNV-1a of %j is the published value', (text, digest) => {
  expect(fnv1a64(text)).toBe(digest)
})

test('canonical JSON does not depend on the order of keys and tells infinity from null', () => {
  expect(canonical({ b: 1, a: [true, null, 'x'], c: undefined })).toBe('{"a":[true,null,"x"],"b":1}')
  expect(canonical({ a: Number.POSITIVE_INFINITY })).not.toBe(canonical({ a: null }))
  expect(canonical(-0)).toBe('0')
})

test('the hash is that of the meaning', () => {
  const hash = scenarioHash(load(SHOP))
  expect(hash).toMatch(/^[0-9a-f]{16}$/)
  expect(
    scenarioHash(
      load(
        change(
          SHOP,
          ['horizon: 10min', 'horizon: 600'],
          ['cores: 2\n    memory: 4GiB', 'memory: 4096MiB\n    cores: 2'],
        ),
      ),
    ),
  ).toBe(hash)
  expect(scenarioHash(load(change(SHOP, ['cores: 2', 'cores: 3'])))).not.toBe(hash)
  expect(scenarioHash(load(change(SHOP, ['memory: 4GiB', 'memory: 5GiB'])))).not.toBe(
    scenarioHash(load(change(SHOP, ['    memory: 4GiB\n', '']))),
  )
})
