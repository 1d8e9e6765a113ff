/** Pools of replicas: each has its own connections, and the database takes only so many. */
import { expect, test } from 'vitest'
import type { Result } from '../../../src/results/types.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'
import { serviceOf } from '../../support/replications.ts'

type Database = Extract<Result['components'][string], { kind: 'database' }>

function fleet(replicas: number, rest: Partial<ScenarioInput> = {}): ScenarioInput {
  return {
    horizon: 40,
    samplePeriod: 1,
    workloads: { c: { to: 'lb', arrivals: { deterministic: { rate: 20 } } } },
    balancers: { lb: { policy: 'round-robin', to: 'web' } },
    services: { web: { replicas, cores: 10, endpoints: { e: [{ query: { to: 'db', latency: 0.02 } }] } } },
    databases: { db: { pool: 'per-replica', connections: 4, maxConnections: 12, acquireTimeout: 2 } },
    ...rest,
  }
}

function run(input: ScenarioInput): { db: Database; result: Result; simulation: Simulation } {
  const simulation = new Simulation(parseScenario(input))
  simulation.run()
  const result = simulation.result()
  return { db: result.components.db as Database, result, simulation }
}

test('every replica opens its connections, as long as the database takes them', () => {
  expect(run(fleet(2)).db.open).toEqual({ mean: 8, max: 8 })
  expect(run(fleet(3)).db).toMatchObject({ open: { mean: 12, max: 12 }, poolTimeouts: 0 })
})

test('one replica too many has none, and what it is sent times out', () => {
  const { db, result } = run(fleet(4))
  expect(db.shortfalls).toBe(1)
  expect(result.warnings.map(({ code }) => code)).toContain('connections-exhausted')
  expect(run(fleet(3)).result.warnings.map(({ code }) => code)).not.toContain('connections-exhausted')
  expect(db.open).toEqual({ mean: 12, max: 12 })
  // A quarter of 38 seconds of requests: those of the last two still wait.
  expect(db.poolTimeouts).toBeGreaterThan(185)
  expect(db.poolTimeouts).toBeLessThanOrEqual(190)
  expect(result.requests.outcomes['pool-timeout']).toBe(db.poolTimeouts)
})

test('a pool is not shared: a replica waits beside idle connections of another', () => {
  const input = fleet(2, {
    databases: { db: { pool: 'per-replica', connections: 1 } },
    balancers: { lb: { policy: 'round-robin', to: 'web' } },
    workloads: { c: { to: 'lb', arrivals: { trace: { times: [0, 0, 0] } } } },
  })
  const { result } = run(input)
  // The third goes to the first replica and waits for the first's query.
  expect(result.latency.max).toBeCloseTo(0.04, 9)
  const shared = run({ ...input, databases: { db: { connections: 2 } } })
  expect(shared.result.latency.max).toBeCloseTo(0.04, 9)
  const four = run({
    ...input,
    workloads: { c: { to: 'lb', arrivals: { trace: { times: [0, 0.01, 0.015] } } } },
    events: [{ outage: 'web/1', at: 0 }],
  })
  expect(four.result.latency.max).toBeCloseTo(0.045, 9)
})

test('connections go to who lacks some when a replica crashes, and the crashed one lacks them then', () => {
  const open = (input: ScenarioInput): readonly number[] => run(input).result.series.values['db.open']!
  const crash = [{ outage: 'web/0', mode: 'crash' as const, at: 10, for: 10 }]
  // Three of four pools have connections: the fourth takes those of the first.
  const { db, result } = run(fleet(4, { events: crash }))
  expect(db.open!.max).toBe(12)
  // web/3 had none until the crash, web/0 has none after it.
  const load = serviceOf(result, 'web').replicas.map((replica) => replica.load.max)
  expect(load[3]!).toBeGreaterThan(9)
  expect(load[0]!).toBeGreaterThan(9)
  expect(load[1]!).toBeLessThan(4)
  // With enough for all, the crashed one's are closed meanwhile.
  const series = open(fleet(3, { events: crash }))
  expect(series[5]).toBe(12)
  expect(series[15]).toBe(8)
  expect(series[25]).toBe(12)
})

test('a query of a crashed replica keeps its connection until the server is done', () => {
  const input = fleet(1, {
    workloads: { c: { to: 'lb', arrivals: { trace: { times: [0] } } } },
    services: { web: { cores: 10, endpoints: { e: [{ query: { to: 'db', latency: 20 } }] } } },
    events: [{ outage: 'web', mode: 'crash', at: 5 }],
  })
  const open = run(input).result.series.values['db.open']!
  expect(open[2]).toBe(4)
  expect(open[10]).toBe(1)
  expect(open[25]).toBe(0)
})

test('a started replica opens its own, a stopped one closes them', () => {
  const input = fleet(2)
  const { replicas: _, ...web } = input.services!.web as Record<string, unknown>
  input.services = {
    web: {
      ...web,
      replicas: 2,
      autoscaler: {
        policy: {
          schedule: {
            entries: [
              { at: 10, replicas: 3 },
              { at: 20, replicas: 1 },
            ],
          },
        },
        min: 1,
        max: 4,
        interval: 1,
        startup: 1,
      },
    } as never,
  }
  const open = run(input).result.series.values['db.open']!
  expect(open[5]).toBe(8)
  expect(open[15]).toBe(12)
  expect(open[30]).toBe(4)
})

test('a cache that queries has a pool too', () => {
  const input = fleet(2, {
    services: {
      web: {
        replicas: 2,
        cores: 10,
        endpoints: { e: [{ call: { to: 'pages', key: { uniform: { n: 1000 } } } }] },
      },
    },
    caches: { pages: { capacity: 1, miss: { query: { to: 'db', latency: 0.02 } } } },
  })
  const { db } = run(input)
  expect(db.open).toEqual({ mean: 4, max: 4 })
  expect(db.arrivals).toBeGreaterThan(700)
})
