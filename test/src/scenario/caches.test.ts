/** What is said of caches that cannot work. */
import { expect, test } from 'vitest'
import { messagesOf } from './support.ts'

const SHOP = `horizon: 10
workloads: { c: { to: web, arrivals: { poisson: { rate: 1/s } }, classes: { a: { key: { uniform: { n: 9 } } }, b: { endpoint: f } } } }
services:
  web: { endpoints: { e: [{ call: { to: cache } }], f: [{ call: { to: ratio } }] } }
caches:
  cache: { capacity: 5, ttl: 1s, ttlReset: true, coalesce: true, miss: { call: far } }
  far: { capacity: 50, miss: [{ io: 1ms }, { query: { to: orders, type: read } }] }
  ratio: { hitRatio: 90%, hit: 1ms }
databases:
  orders: { queries: { read: 2ms } }
events:
  - { flush: cache, at: 1 }
`

test('the scenario that they change is fine', () => {
  expect(messagesOf(SHOP)).toEqual([])
})

test.each([
  ['a: { key: { uniform: { n: 9 } } }', 'a: {}', 'nothing says which key of the cache "cache" is asked for'],
  [', b: { endpoint: f }', ', b: {}', 'nothing says which key of the cache "cache" is asked for'],
  ['capacity: 5,', 'capacity: 0,', 'expected an integer of at least 1, got 0'],
  ['capacity: 50, ', '', 'expected capacity, ttl or hitRatio, got none'],
  ['hitRatio: 90%', 'hitRatio: 90%, capacity: 5', 'expected hitRatio or capacity, got both'],
  ['ttl: 1s, ttlReset: true', 'earlyRecompute: 1', 'earlyRecompute without a ttl has no meaning'],
  ['ttl: 1s,', 'ttl: 1s, earlyRecompute: 0,', 'expected a number above 0, got 0'],
  ['uniform: { n: 9 }', 'trace: {}', 'expected file or values, got neither'],
  ['uniform: { n: 9 }', 'trace: { values: [] }', 'expected at least one key, got none'],
  ['uniform: { n: 9 }', 'trace: { values: [1, 2.5] }', 'expected an integer of at least 0, got 2.5'],
  ['uniform: { n: 9 }', 'trace: { file: keys.txt }', 'files cannot be read here'],
  ['type: read }', 'type: read, key: 1 }', 'nothing at the database "orders" depends on a key'],
  ['hitRatio: 90%', 'hitRatio: 90%, key: 1', 'expected hitRatio or key, got both'],
  ['hitRatio: 90%', 'hitRatio: 110%', 'expected a fraction of at most 1'],
  ['capacity: 5, ttl: 1s,', 'capacity: 5,', 'ttlReset without a ttl has no meaning'],
  [
    'capacity: 5,',
    'capacity: 5, eviction: lfru,',
    'expected lru or fifo or random or lfu or sieve, got "lfru"',
  ],
  ['miss: { call: far }', 'miss: { call: fur }', 'unknown target "fur"'],
  ['to: orders, type: read', 'to: order, type: read', 'unknown target "order"'],
  ['type: read', 'type: raed', 'database "orders" has no query "raed"'],
  ['{ io: 1ms }', '{ cpu: 1ms }', 'expected query, call or io on a miss, got cpu'],
  ['{ io: 1ms }', '{ call: cache }', 'calls and forwards form a cycle: cache -> far -> cache'],
  ['{ io: 1ms }', '{ call: web }', 'calls and forwards form a cycle'],
  ['call: { to: cache }', 'call: { to: cache, endpoint: e }', 'the cache "cache" has no endpoints'],
  ['call: { to: ratio }', 'call: { to: ratio, key: 1 }', 'the cache "ratio" draws its hits by hitRatio'],
  ['call: { to: cache }', 'forward: cache', 'expected a balancer or a service, got the cache "cache"'],
  ['call: { to: cache }', 'query: { to: cache, latency: 1 }', 'expected a database, got the cache "cache"'],
  ['c: { to: web', 'c: { to: cache', 'expected a balancer or a service, got the cache "cache"'],
  ['flush: cache', 'flush: ratio', 'the cache "ratio" draws its hits by hitRatio and has no entries'],
  ['flush: cache', 'flush: web', 'expected a cache, got the service "web"'],
  ['flush: cache, at: 1', 'flush: cache, at: 1, for: 2', 'unknown field "for"'],
  ['  far: {', '  web: { capacity: 1 }\n  far: {', '"web" is already the name of one of the services'],
  ['  far: {', '  spare: { capacity: 1 }\n  far: {', 'nothing leads to "spare"'],
])('%s -> %s is refused', (from, to, what) => {
  expect(SHOP).toContain(from)
  const messages = messagesOf(SHOP.replace(from, to))
  expect(
    messages.some((message) => message.startsWith(what)),
    messages.join('\n'),
  ).toBe(true)
})
