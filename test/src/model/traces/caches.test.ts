/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import { LOADING, WAITING } from '../../../../src/model/caches/cache-gauges.ts'
import { EVICTIONS } from '../../../../src/model/caches/eviction.ts'
import { warmKeys } from '../../../../src/model/compile/warm-keys.ts'
import type { CacheInput } from '../../../../src/scenario/schema/cache.ts'
import type { EventInput } from '../../../../src/scenario/schema/event.ts'
import type { CallInput } from '../../../../src/scenario/schema/step.ts'
import type { ScenarioInput } from '../../../../src/scenario/schema.ts'
import { Simulation } from '../../../../src/simulation/index.ts'
import { at, run } from '../../../support/hand-trace.ts'

function system(
  times: number[],
  cache: CacheInput,
  call: Partial<CallInput> = { key: 1 },
  events: EventInput[] = [],
): Omit<ScenarioInput, 'name'> {
  return {
    horizon: 20,
    workloads: { c: at(times) },
    services: { web: { endpoints: { e: [{ call: { to: 'cache', ...call } }] } } },
    caches: { cache: { miss: { query: { to: 'db', latency: 2 } }, ...cache } },
    databases: { db: { connections: 1 } },
    events,
  }
}

function cacheOf(simulation: ReturnType<typeof run>['simulation']) {
  const found = simulation.result().components.cache
  if (found?.kind !== 'cache') throw new Error('no cache')
  return found
}

function databaseArrivals(simulation: ReturnType<typeof run>['simulation']): number {
  const found = simulation.result().components.db
  if (found?.kind !== 'database') throw new Error('no database')
  return found.arrivals
}

describe('a cache', () => {
  test('answers what it has after its own latency and gets the rest by its miss', () => {
    const { lines, phases, simulation } = run(system([0, 3, 5], { capacity: 2, hit: 0.5 }))
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [3, 3.5, 'ok'],
      [5, 5.5, 'ok'],
    ])
    expect(phases).toEqual([{ query: 2 }, { cache: 0.5 }, { cache: 0.5 }])
    const cache = cacheOf(simulation)
    expect([cache.hits, cache.misses, cache.coalesced, cache.evictions, cache.expired]).toEqual([
      2, 1, 0, 0, 0,
    ])
    expect(cache.hitRatio).toBeCloseTo(2 / 3, 12)
    expect(cache.size.mean).toBeCloseTo(18 / 20, 12)
  })

  test('lets misses of one key run side by side where it does not coalesce', () => {
    const { lines, simulation } = run(system([0, 1], { capacity: 2 }))
    // The second query waits for the one connection and stores the value once more.
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [1, 4, 'ok'],
    ])
    expect(cacheOf(simulation)).toMatchObject({ hits: 0, misses: 2, coalesced: 0, evictions: 0 })
    expect(databaseArrivals(simulation)).toBe(2)
  })

  test('runs the steps of a miss in order, with calls, and answers when the last is done', () => {
    const { lines, phases } = run({
      ...system([0, 5], {
        capacity: 2,
        miss: [{ io: 0.25 }, { call: 'store' }, { query: { to: 'db', latency: 1 } }],
      }),
      services: {
        web: { endpoints: { e: [{ call: { to: 'cache', key: 1 } }, { cpu: 0.5 }] } },
        store: { endpoints: { e: [{ cpu: 0.75 }] } },
      },
      links: [{ from: 'web', to: 'cache', latency: 0.125 }],
    })
    expect(lines).toEqual([
      [0, 2.75, 'ok'],
      [5, 5.75, 'ok'],
    ])
    expect(phases).toEqual([
      { network: 0.25, cpu: 1.25, io: 0.25, query: 1 },
      { network: 0.25, cpu: 0.5 },
    ])
  })

  test('forgets a value after ttl from when it was stored, or from its last hit with ttlReset', () => {
    const times = [0, 3, 5, 6.5, 9]
    const plain = run(system(times, { ttl: 4 }))
    // Stored at 2: gone at 6; stored again at 8.5.
    expect(plain.lines.map(([start, end]) => end - start)).toEqual([2, 0, 0, 2, 0])
    expect(cacheOf(plain.simulation)).toMatchObject({ hits: 3, misses: 2, expired: 1 })
    const reset = run(system(times, { ttl: 4, ttlReset: true }))
    expect(reset.lines.map(([start, end]) => end - start)).toEqual([2, 0, 0, 0, 0])
    expect(cacheOf(reset.simulation)).toMatchObject({ hits: 4, misses: 1, expired: 0 })
  })

  test('evicts what does not fit', () => {
    const { simulation } = run({
      ...system([0, 5, 10, 15], { capacity: 1 }, {}),
      services: {
        web: {
          endpoints: {
            e: [{ call: { to: 'cache', key: 'a' } }, { call: { to: 'cache', key: 'b' } }],
          },
        },
      },
    })
    expect(cacheOf(simulation)).toMatchObject({ hits: 0, misses: 8, evictions: 7, size: { max: 1 } })
  })

  test('asks its second level for the key that missed', () => {
    const { lines, simulation } = run({
      ...system([0, 3, 6, 9], { ttl: 1, key: { uniform: { n: 1_000_000 } }, miss: { call: 'far' } }, {}),
      workloads: { c: at([0, 3, 6, 9], { retry: { attempts: 2 }, timeout: 1 }) },
      caches: {
        cache: { ttl: 1, miss: { call: 'far' }, key: 7 },
        far: { capacity: 10, hit: 0.5, miss: { query: { to: 'db', latency: 0.75 } } },
      },
    })
    expect(lines.map(([start, end]) => end - start)).toEqual([0.75, 0.5, 0.5, 0.5])
    expect(simulation.result().components.far).toMatchObject({ hits: 3, misses: 1 })
  })

  test('has the most popular keys from the start where it is warm', () => {
    const key = { zipf: { n: 3, s: 1 } }
    const warm = run(system([0, 1, 2, 3], { capacity: 3, warm: true }, { key }))
    expect(warm.lines.map(([start, end]) => end - start)).toEqual([0, 0, 0, 0])
    expect(cacheOf(warm.simulation)).toMatchObject({ hits: 4, misses: 0, size: { mean: 3, max: 3 } })
    const { scenario } = run(
      system([0], { capacity: 3, warm: true, key: { zipf: { n: 9, s: 1 } } }, {}),
    ).simulation
    expect(warmKeys(scenario, scenario.caches![0]!)).toEqual([2, 1, 0])
  })

  test('draws its hits from hitRatio, without keys', () => {
    const times = Array.from({ length: 4000 }, (_, i) => i / 250)
    const { simulation } = run({
      ...system(times, { hitRatio: '30%', hit: 0.01, miss: { io: 1 } }, {}),
      databases: undefined,
    })
    const { hits, misses, hitRatio, size } = cacheOf(simulation)
    expect(hits + misses).toBe(4000)
    // Binomial, five standard deviations.
    expect(Math.abs(hitRatio! - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 4000))
    expect(size.max).toBe(0)
  })
})

describe('a cache that coalesces', () => {
  test('makes one query for all who ask for a key meanwhile', () => {
    const { lines, phases, simulation } = run(
      system([0, 0.5, 1, 1, 2.5], { capacity: 2, hit: 0.25, coalesce: true }),
    )
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [0.5, 2, 'ok'],
      [1, 2, 'ok'],
      [1, 2, 'ok'],
      [2.5, 2.75, 'ok'],
    ])
    expect(phases).toEqual([{ query: 2 }, { cache: 1.5 }, { cache: 1 }, { cache: 1 }, { cache: 0.25 }])
    const cache = cacheOf(simulation)
    expect(cache).toMatchObject({
      hits: 1,
      misses: 4,
      coalesced: 3,
      waiting: { max: 3 },
      loading: { max: 1 },
    })
    expect(cache.waiting.mean).toBeCloseTo(3.5 / 20, 12)
    expect(cache.hitRatio).toBeCloseTo(1 / 5, 12)
    expect(databaseArrivals(simulation)).toBe(1)
  })

  test('fails all of them with the outcome of the one that fetched, and stores nothing', () => {
    const { lines, simulation } = run(
      system([0, 1, 4], { capacity: 2, coalesce: true }, { key: 1 }, [{ fail: 'db', at: 1, for: 2 }]),
    )
    expect(lines).toEqual([
      [0, 2, 'failed'],
      [1, 2, 'failed'],
      [4, 6, 'ok'],
    ])
    expect(cacheOf(simulation)).toMatchObject({ hits: 0, misses: 3, coalesced: 1, size: { max: 1 } })
    expect(databaseArrivals(simulation)).toBe(2)
  })

  test('goes on for those that wait, and for its entries, when the one that asked first has given up', () => {
    const { lines, simulation } = run({
      ...system([0, 1, 3], { capacity: 2, coalesce: true }, { key: 1, timeout: 1.5 }),
    })
    expect(lines).toEqual([
      [0, 1.5, 'timeout'],
      [1, 2, 'ok'],
      [3, 3, 'ok'],
    ])
    expect(databaseArrivals(simulation)).toBe(1)
  })

  test('keeps keys apart', () => {
    const { lines, simulation } = run({
      ...system([0], { capacity: 4, coalesce: true }),
      services: {
        web: {
          endpoints: {
            e: [{ parallel: [1, 2, 1].map((key) => [{ call: { to: 'cache', key } }]) }],
          },
        },
      },
      databases: { db: {} },
    })
    expect(lines).toEqual([[0, 2, 'ok']])
    expect(cacheOf(simulation)).toMatchObject({ misses: 3, coalesced: 1, size: { max: 2 } })
    expect(databaseArrivals(simulation)).toBe(2)
  })
})

test('a flush empties a cache at that instant, and what is being fetched is stored all the same', () => {
  const { lines, simulation } = run(
    system([0, 3, 5, 8], { capacity: 2 }, { key: 1 }, [
      { flush: 'cache', at: 4 },
      { flush: 'cache', at: 6 },
    ]),
  )
  expect(lines).toEqual([
    [0, 2, 'ok'],
    [3, 3, 'ok'],
    [5, 7, 'ok'],
    [8, 8, 'ok'],
  ])
  expect(cacheOf(simulation).size.mean).toBeCloseTo((4 - 2 + 20 - 7) / 20, 12)
  expect(simulation.result().events).toEqual([
    { at: 4, until: 4, kind: 'flush', target: 'cache' },
    { at: 6, until: 6, kind: 'flush', target: 'cache' },
  ])
})

test('a run goes on from a snapshot as if it had not stopped, and nothing is left after a drain', () => {
  for (const eviction of EVICTIONS) {
    const input = {
      ...system([], {
        capacity: 14,
        eviction,
        ttl: 0.8,
        miss: [{ io: 0.02 }, { query: { to: 'db', latency: { exponential: { mean: 0.08 } } } }],
        coalesce: true,
        hit: { exponential: { mean: 0.01 } },
      }),
      workloads: {
        c: {
          to: 'web',
          arrivals: { poisson: { rate: 25 } },
          timeout: 1,
          retry: { attempts: 2 },
          classes: { a: { key: { zipf: { n: 40, s: 0.8 } } } },
        },
      },
      services: { web: { endpoints: { e: [{ call: { to: 'cache', timeout: 0.6 } }, { cpu: 0.001 }] } } },
      databases: { db: { connections: 2, acquireTimeout: 0.5 } },
      events: [
        { flush: 'cache', at: 8 },
        { fail: 'db', rate: 0.3, at: 10, for: 3 },
      ],
    } satisfies Omit<ScenarioInput, 'name'>
    const { simulation: whole } = run(input)
    const bytes = JSON.stringify(whole.result())
    let underWay = 0
    for (const time of [3.3, 8.2, 11.2]) {
      const first = new Simulation(whole.scenario, { drain: true })
      first.until(time)
      underWay += first.world.caches.gauges.value[LOADING]!
      const second = Simulation.restore(first.snapshot(), whole.scenario, { drain: true })
      second.run()
      expect(JSON.stringify(second.result())).toBe(bytes)
    }
    expect(underWay).toBeGreaterThan(0)
    const cache = cacheOf(whole)
    for (const count of ['hits', 'misses', 'coalesced', 'evictions', 'expired'] as const)
      expect(cache[count], `${eviction} ${count}`).toBeGreaterThan(0)
    const { caches, legs } = whole.world
    expect(legs.live).toBe(0)
    expect([caches.gauges.value[LOADING], caches.gauges.value[WAITING]]).toEqual([0, 0])
  }
})
