/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import { CONNECTIONS, QUEUE_POOL, QUEUE_QUERY, RUNNING } from '../../../../src/model/database-gauges.ts'
import type { DatabaseInput } from '../../../../src/scenario/schema/database.ts'
import type { EventInput } from '../../../../src/scenario/schema/event.ts'
import type { QueryInput } from '../../../../src/scenario/schema/query.ts'
import type { ScenarioInput } from '../../../../src/scenario/schema.ts'
import { Simulation } from '../../../../src/simulation/index.ts'
import { at, run } from '../../../support/hand-trace.ts'

function system(
  times: number[],
  db: DatabaseInput,
  query: Partial<QueryInput> = {},
  events: EventInput[] = [],
): Omit<ScenarioInput, 'name'> {
  return {
    horizon: 20,
    workloads: { c: at(times) },
    services: { web: { endpoints: { e: [{ query: { to: 'db', ...query } }] } } },
    databases: { db },
    events,
  }
}

function databaseOf(simulation: Simulation) {
  const found = simulation.result().components.db
  if (found?.kind !== 'database') throw new Error('no database')
  return found
}

describe('a pool of connections', () => {
  test('hands a connection to the one that waited longest', () => {
    const { lines, phases, simulation } = run(system([0, 1, 2], { connections: 1 }, { latency: 4 }))
    expect(lines).toEqual([
      [0, 4, 'ok'],
      [1, 8, 'ok'],
      [2, 12, 'ok'],
    ])
    expect(phases).toEqual([{ query: 4 }, { 'pool-wait': 3, query: 4 }, { 'pool-wait': 6, query: 4 }])
    const db = databaseOf(simulation)
    expect(db.utilization.connections).toBeCloseTo(12 / 20, 12)
    expect(db.queue.pool.mean).toBeCloseTo(9 / 20, 12)
    expect(db.queue.pool.max).toBe(2)
    expect(db.wait.pool).toBeCloseTo(3, 12)
    expect(db.arrivals).toBe(3)
  })

  test('is given up after acquireTimeout, and a retry comes anew', () => {
    const { lines, simulation } = run(
      system([0, 1], { connections: 1, acquireTimeout: 1 }, { latency: 3, retry: { attempts: 2 } }),
    )
    // B waits 1-2, gives up, waits again 2-3 and gets the connection as A gives it back: A's end was scheduled first.
    expect(lines).toEqual([
      [0, 3, 'ok'],
      [1, 6, 'ok'],
    ])
    expect(databaseOf(simulation).poolTimeouts).toBe(1)
    const once = run(system([0, 1], { connections: 1, acquireTimeout: 1 }, { latency: 3 }))
    expect(once.lines).toEqual([
      [1, 2, 'pool-timeout'],
      [0, 3, 'ok'],
    ])
  })

  test('is held by a query whose caller has given up', () => {
    const { lines, simulation } = run(system([0, 1], { connections: 1 }, { latency: 4, timeout: 3.5 }))
    expect(lines).toEqual([
      [0, 3.5, 'timeout'],
      [1, 4.5, 'timeout'],
    ])
    // The second ran 4-8 for nobody.
    expect(databaseOf(simulation).connections.mean).toBeCloseTo(8 / 20, 12)
  })
})

describe('a server of limited parallelism', () => {
  test('makes queries wait that hold a connection', () => {
    const { lines, phases } = run(
      system([0, 0.5, 1], { connections: 2, parallelism: 1, queries: { read: 2 } }, { type: 'read' }),
    )
    // B holds the second connection from 0.5 and runs 2-4; C gets A's connection at 2 and runs 4-6.
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [0.5, 4, 'ok'],
      [1, 6, 'ok'],
    ])
    expect(phases).toEqual([
      { query: 2 },
      { 'query-wait': 1.5, query: 2 },
      { 'pool-wait': 1, 'query-wait': 2, query: 2 },
    ])
  })
})

describe('events of a database', () => {
  test('slow it down by the product of their factors, also within a query', () => {
    const { lines } = run(
      system([0], {}, { latency: 4 }, [
        { slow: 'db', factor: 2, at: 1, for: 5 },
        { slow: 'db', factor: 2, at: 3, for: 2 },
      ]),
    )
    // Done by 1: 1; by 3: 2; by 5: 2.5; by 6: 3; the last second alone.
    expect(lines).toEqual([[0, 7, 'ok']])
  })

  test('make queries fail once they have run, and only while they are on', () => {
    const { lines } = run(system([0, 2, 5], {}, { latency: 1 }, [{ fail: 'db', at: 2.5, for: 2 }]))
    expect(lines).toEqual([
      [0, 1, 'ok'],
      [2, 3, 'failed'],
      [5, 6, 'ok'],
    ])
  })

  test('crash it with everything in it', () => {
    const { lines, simulation } = run(
      system([0, 0.5, 1, 3, 5], { connections: 2, parallelism: 1 }, { latency: 2 }, [
        { outage: 'db', mode: 'crash', at: 1.5, for: 2 },
      ]),
    )
    expect(lines).toEqual([
      [0, 1.5, 'failed'],
      [0.5, 1.5, 'failed'],
      [1, 1.5, 'failed'],
      [3, 3, 'failed'],
      [5, 7, 'ok'],
    ])
    expect(databaseOf(simulation).failures).toBe(4)
    expect(held(simulation)).toEqual([0, 0, 0, 0])
  })
})

test('links to a database take their time both ways', () => {
  const { lines, phases } = run({
    ...system([0], {}, { latency: 1 }),
    links: [{ from: 'web', to: 'db', latency: 0.25 }],
  })
  expect(lines).toEqual([[0, 1.5, 'ok']])
  expect(phases).toEqual([{ network: 0.5, query: 1 }])
})

test('a run goes on from a snapshot as if it had not stopped, and nothing is left after a drain', () => {
  const input = {
    ...system([], { connections: 3, parallelism: 2, acquireTimeout: { exponential: { mean: 0.5 } } }),
    workloads: { c: { to: 'web', arrivals: { poisson: { rate: 12 } }, timeout: 1, retry: { attempts: 2 } } },
    services: {
      web: {
        endpoints: {
          e: [
            {
              parallel: [[{ query: { to: 'db', latency: { exponential: { mean: 0.2 } } } }], [{ cpu: 0.01 }]],
            },
            { query: { to: 'db', latency: 0.05, timeout: 0.4 } },
          ],
        },
      },
    },
    events: [
      { slow: 'db', factor: 3, at: 4, for: 3 },
      { fail: 'db', rate: 0.3, at: 6, for: 5 },
      { outage: 'db', mode: 'crash' as const, at: 12, for: 1 },
    ],
  } satisfies Omit<ScenarioInput, 'name'>
  const { simulation: whole } = run(input)
  for (const time of [3.3, 6.1, 11.9, 12.5]) {
    const first = new Simulation(whole.scenario, { drain: true })
    first.until(time)
    const second = Simulation.restore(first.snapshot(), whole.scenario, { drain: true })
    second.run()
    expect(second.result()).toEqual(whole.result())
  }
  const { outcomes } = whole.result().requests
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['ok', 'pool-timeout', 'failed', 'timeout']))
  expect(whole.world.legs.live).toBe(0)
  expect(held(whole)).toEqual([0, 0, 0, 0])
})

/** What is under way at the only database; connections may stay open. */
function held({ world }: Simulation): number[] {
  const { value } = world.databases.gauges
  return [CONNECTIONS, QUEUE_POOL, RUNNING, QUEUE_QUERY].map((gauge) => value[gauge]!)
}
