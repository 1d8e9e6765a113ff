/**
 * Values that live for T, of keys asked for by Poisson of rate lambda: a share lambda T / (1 + lambda T) of the
 * requests are hits where a life begins with the miss alone, and 1 - exp(-lambda T) where it begins anew with each
 * hit. Che's approximation for LRU is tested on the store itself, without a clock.
 */
import { describe, expect, test } from 'vitest'
import type { ScenarioInput } from '../../src/scenario/schema.ts'
import { expectMean, replicate } from '../support/replications.ts'

const KEYS = 20

/** KEYS keys, each asked for once a second on average. */
function ttl(life: number, ttlReset: boolean, requests: number): ScenarioInput {
  const horizon = requests / KEYS
  return {
    name: 'Theory',
    horizon,
    warmup: horizon / 20,
    workloads: {
      clients: {
        to: 'web',
        arrivals: { poisson: { rate: KEYS } },
        classes: { a: { key: { uniform: { n: KEYS } } } },
      },
    },
    services: { web: { endpoints: { e: [{ call: 'cache' }] } } },
    caches: { cache: { ttl: life, ttlReset } },
  }
}

describe.each([
  [0.5, false, 0.333333],
  [1, false, 0.5],
  [5, false, 0.833333],
  [0.5, true, 0.393469],
  [1, true, 0.632121],
  [5, true, 0.993262],
])('lambda T = %s, reset by hits: %s', (life, reset, exact) => {
  const seen = replicate(ttl(life, reset, 10_000), 24, (result) => {
    const cache = result.components.cache
    if (cache?.kind !== 'cache') throw new Error('no cache')
    return { hitRatio: cache.hitRatio!, size: cache.size.max }
  })

  test(`a share of ${exact} are hits`, () => {
    expectMean(seen.hitRatio, exact)
    expect(Math.max(...seen.size)).toBe(KEYS)
  })
})

test('LRU of 100 entries and 10 000 keys of Zipf popularity hits 39.0525 % (Che)', () => {
  const seen = replicate(
    {
      name: 'Theory',
      horizon: 200,
      warmup: 20,
      workloads: { clients: { to: 'web', arrivals: { poisson: { rate: 100 } } } },
      services: {
        web: { endpoints: { e: [{ call: { to: 'cache', key: { zipf: { n: 10_000, s: 1 } } } }] } },
      },
      caches: { cache: { capacity: 100, warm: true } },
    },
    24,
    (result) => {
      const cache = result.components.cache
      if (cache?.kind !== 'cache') throw new Error('no cache')
      expect(cache.size).toEqual({ mean: 100, max: 100 })
      return { hitRatio: cache.hitRatio! }
    },
  )
  expectMean(seen.hitRatio, 0.390525)
})
