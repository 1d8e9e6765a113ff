/** XFetch: a value is fetched anew before its end, by few, in place of by all at its end. */
import { describe, expect, test } from 'vitest'
import { Store } from '../../../src/model/caches/store.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { CacheInput } from '../../../src/scenario/schema/cache.ts'
import { Simulation } from '../../../src/simulation/index.ts'

describe('a store', () => {
  const store = new Store(
    { capacity: 5, eviction: 'lru', ttl: 10, ttlReset: false, earlyRecompute: 2 },
    1,
    'cache',
  )
  store.put(7, 100, 0.5)

  test.each([
    // now - beta x effort x ln(u) reaches 110 from u = exp(now - 110) on downwards.
    [109, 0.37, 0],
    [109, 0.367, 3],
    [105, Math.exp(-5) * 1.001, 0],
    [105, Math.exp(-5) * 0.999, 3],
    [109.999, 1, 0],
    [109.9999, 0.999, 3],
  ])('at %s with u = %s finds %s', (now, u, found) => {
    expect(store.find(7, now, u)).toBe(found)
  })

  test('keeps the value that should be fetched anew, and gives it a new life', () => {
    expect(store.find(7, 109, 1)).toBe(0)
    store.put(7, 109, 0.5)
    expect(store.find(7, 118, 1)).toBe(0)
    expect(store.find(7, 119, 1)).toBe(2)
  })
})

function run(cache: Partial<CacheInput>, seed = 1) {
  const scenario = parseScenario({
    horizon: 400,
    samplePeriod: 1,
    workloads: { c: { to: 'web', arrivals: { poisson: { rate: 100 } } } },
    services: { web: { cores: 10, endpoints: { e: [{ call: { to: 'pages', key: 1 } }] } } },
    caches: { pages: { ttl: 20, miss: { query: { to: 'db', latency: 0.5 } }, ...cache } },
    databases: { db: { connections: 1000 } },
  })
  const simulation = new Simulation(scenario, { seed })
  simulation.run()
  const { pages, db } = simulation.result().components
  if (pages?.kind !== 'cache' || db?.kind !== 'database') throw new Error('not the scenario')
  // After the cold start, for which nothing helps.
  const loading = simulation.result().series.values['db.connections']!.slice(10)
  return { pages, db, most: Math.max(...loading), latency: simulation.result().latency }
}

test('the stampede at the end of a life shrinks to a few who fetch early', () => {
  const plain = run({})
  // 50 requests come while the value is fetched; with a life of 20.5 s there are some 20 stampedes.
  expect(plain.pages.misses).toBeGreaterThan(800)
  expect(plain.most).toBeGreaterThan(25)
  const early = run({ earlyRecompute: 1 })
  expect(early.pages.early).toBeGreaterThan(20)
  // The cold start is one stampede.
  expect(early.db.arrivals).toBeLessThan(0.25 * plain.db.arrivals)
  expect(early.most).toBeLessThan(0.3 * plain.most)
  expect(early.latency.mean!).toBeLessThan(0.3 * plain.latency.mean!)
  expect(early.pages.early! + early.pages.expired).toBeLessThanOrEqual(early.pages.misses)
})

test('a larger beta is earlier: fewer find a value past its time', () => {
  const expired = [0.1, 1, 4].map((earlyRecompute) => run({ earlyRecompute }).pages.expired)
  expect(expired[0]).toBeGreaterThan(expired[1]!)
  expect(expired[1]).toBeGreaterThanOrEqual(expired[2]!)
})

test('where misses are coalesced one fetches early and the others use what is there', () => {
  const { pages, db, most } = run({ earlyRecompute: 1, coalesce: true })
  expect(most).toBe(1)
  expect(pages.expired).toBe(0)
  // Those of the cold start only.
  expect(pages.coalesced).toBeLessThan(80)
  expect(db.arrivals).toBe(pages.misses - pages.coalesced)
  expect(pages.early).toBe(db.arrivals - 1)
})
