/** Which entry goes, by hand; and the shares of hits that theory gives for independent requests. */
import { describe, expect, test } from 'vitest'
import type { EvictionName } from '../../../../src/model/caches/eviction.ts'
import { EVICTIONS } from '../../../../src/model/caches/eviction.ts'
import { ABSENT, EXPIRED, HIT, Store } from '../../../../src/model/caches/store.ts'
import { KeyTable } from '../../../../src/model/compile/key-table.ts'
import { Stream } from '../../../../src/random/index.ts'

const store = (eviction: EvictionName, capacity: number): Store =>
  new Store({ capacity, eviction, ttl: Number.POSITIVE_INFINITY, ttlReset: false }, 1, 'cache')

/** Asks for the keys one after the other, storing what is not there: h for a hit, m for a miss. */
function ask(cache: Store, keys: string): string {
  return [...keys]
    .map((key) => {
      if (cache.find(key.charCodeAt(0), 0) === HIT) return 'h'
      cache.put(key.charCodeAt(0), 0)
      return 'm'
    })
    .join('')
}

/** Which of the keys are there, without a trace. */
function held(cache: Store, keys: string): string {
  const saved = cache.save()
  const found = [...keys].filter((key) => cache.find(key.charCodeAt(0), 0) === HIT).join('')
  cache.load(saved)
  return found
}

describe('an eviction', () => {
  test('lru takes what was not asked for the longest', () => {
    const cache = store('lru', 3)
    expect(ask(cache, 'abcad')).toBe('mmmhm')
    expect(held(cache, 'abcd')).toBe('acd')
    expect(ask(cache, 'ce')).toBe('hm')
    expect(held(cache, 'abcde')).toBe('cde')
  })

  test('fifo takes what was stored first, however often it was asked for', () => {
    const cache = store('fifo', 3)
    expect(ask(cache, 'abcaad')).toBe('mmmhhm')
    expect(held(cache, 'abcd')).toBe('bcd')
  })

  test('lfu takes what was asked for the least, then the longest ago, and remembers what it evicted', () => {
    const cache = store('lfu', 3)
    expect(ask(cache, 'aabbc')).toBe('mhmhm')
    expect(ask(cache, 'd')).toBe('m')
    expect(held(cache, 'abcd')).toBe('abd')
    // c comes back with its count of 1, to which the miss adds another: d goes, then a, which was asked for before b.
    expect(ask(cache, 'c')).toBe('m')
    expect(held(cache, 'abcd')).toBe('abc')
    expect(ask(cache, 'd')).toBe('m')
    expect(held(cache, 'abcd')).toBe('bcd')
  })

  test('sieve spares what was asked for once, where its hand is', () => {
    const cache = store('sieve', 3)
    // a and b are marked. The hand starts at the oldest, a: takes the marks of a and b away and evicts c.
    expect(ask(cache, 'abcabd')).toBe('mmmhhm')
    expect(held(cache, 'abcd')).toBe('abd')
    // c was the newest, so the hand begins with the oldest again: a, which has no mark any more. It stops at b.
    expect(ask(cache, 'e')).toBe('m')
    expect(held(cache, 'abde')).toBe('bde')
    // b is marked anew and passed, d goes, and the hand stops at e; which goes next, although b is older.
    expect(ask(cache, 'bf')).toBe('hm')
    expect(held(cache, 'bdef')).toBe('bef')
    expect(ask(cache, 'g')).toBe('m')
    expect(held(cache, 'befg')).toBe('bfg')
    // From f on, past f and g, and round to b.
    expect(ask(cache, 'fgh')).toBe('hhm')
    expect(held(cache, 'bfgh')).toBe('fgh')
  })

  test('random takes any', () => {
    const cache = store('random', 3)
    ask(cache, 'abc')
    const gone = new Set<string>()
    for (let i = 0; i < 60; i++) {
      const before = held(cache, 'abcdef')
      const missing = [...'abcdef'].filter((key) => !before.includes(key))
      ask(cache, missing[i % 3]!)
      const after = held(cache, 'abcdef')
      expect(after).toHaveLength(3)
      gone.add([...before].find((key) => !after.includes(key))!)
    }
    expect([...gone].sort().join('')).toBe('abcdef')
  })

  test.each(EVICTIONS)(
    '%s goes on from what was saved, also after a flush and entries that expired',
    (name) => {
      const options = { capacity: 20, eviction: name, ttl: 40, ttlReset: false }
      const stream = Stream.derive(3, 'keys')
      const cache = new Store(options, 1, 'cache')
      const trace = (target: Store, from: number, until: number, keys: readonly number[]): number[] => {
        const seen: number[] = []
        for (let i = from; i < until; i++) {
          const found = target.find(keys[i]!, i)
          if (found !== HIT) target.put(keys[i]!, i)
          seen.push(found, target.size)
        }
        return seen
      }
      const keys = Array.from({ length: 3000 }, () => Math.floor(50 * stream.next() ** 2))
      trace(cache, 0, 700, keys)
      cache.clear()
      expect(cache.size).toBe(0)
      const seen = trace(cache, 700, 1500, keys)
      expect(new Set(seen.filter((_, i) => i % 2 === 0))).toEqual(new Set([HIT, ABSENT, EXPIRED]))
      expect(Math.max(...seen.filter((_, i) => i % 2 === 1))).toBe(20)
      const saved = structuredClone(cache.save())
      const rest = trace(cache, 1500, 3000, keys)
      const other = new Store(options, 1, 'cache')
      trace(other, 0, 100, keys)
      other.load(saved)
      expect(trace(other, 1500, 3000, keys)).toEqual(rest)
    },
  )
})

describe('the share of hits on independent requests of Zipf popularity', () => {
  /** Of `requests` after as many that fill the cache. */
  const share = (eviction: EvictionName, s: number, capacity: number, requests: number): number => {
    const table = new KeyTable({ kind: 'zipf', n: 10_000, s })
    const stream = Stream.derive(7, `${eviction} ${s} ${capacity}`)
    const cache = store(eviction, capacity)
    let hits = 0
    for (let i = 0; i < 2 * requests; i++) {
      const key = table.at(stream.next())
      if (cache.find(key, 0) !== HIT) cache.put(key, 0)
      else if (i >= requests) hits++
    }
    return hits / requests
  }

  // Che, Tung and Wang (2002), solved for the characteristic time; LFU: the mass of the most popular keys.
  test.each([
    ['lru', 1, 100, 0.390525],
    ['lru', 0.8, 1000, 0.43666],
    ['fifo', 1, 100, 0.342332],
    ['fifo', 0.8, 1000, 0.394179],
    ['random', 1, 100, 0.342332],
    ['random', 0.8, 1000, 0.394179],
    ['lfu', 1, 100, 0.529995],
  ] as const)('%s at exponent %s with %s entries', (eviction, s, capacity, exact) => {
    const seen = share(eviction, s, capacity, 500_000)
    expect(seen).toBeGreaterThan(exact - 0.005)
    expect(seen).toBeLessThan(exact + 0.005)
  })

  test('sieve lies between lru and lfu', () => {
    const seen = share('sieve', 1, 100, 300_000)
    expect(seen).toBeGreaterThan(0.4)
    expect(seen).toBeLessThan(0.529995)
  })
})
