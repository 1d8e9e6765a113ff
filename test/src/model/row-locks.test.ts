/** Queries of one key run one after the other where the database locks rows, those of others beside them. */
import { expect, test } from 'vitest'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { DatabaseInput } from '../../../src/scenario/schema/database.ts'
import type { EventInput } from '../../../src/scenario/schema/event.ts'
import type { KeyInput } from '../../../src/scenario/schema/key.ts'
import { Simulation } from '../../../src/simulation/index.ts'

function ends(keys: KeyInput, database: DatabaseInput, events: EventInput[] = []): [number[], Simulation] {
  const records: RequestRecord[] = []
  const scenario = parseScenario({
    horizon: 100,
    workloads: { c: { to: 'web', arrivals: { trace: { times: [0, 0, 0, 0] } } } },
    services: {
      web: {
        cores: 4,
        endpoints: { e: [{ query: { to: 'db', latency: 1, ...(database.rowLocks ? { key: keys } : {}) } }] },
      },
    },
    databases: { db: database },
    events,
  })
  const simulation = new Simulation(scenario, { drain: true, onRequest: (record) => records.push(record) })
  simulation.run()
  return [records.sort((a, b) => a.number - b.number).map(({ end }) => end), simulation]
}

const KEYS: KeyInput = { trace: { values: ['hot', 'cold', 'hot', 'hot'] } }

test('a hot row is a queue of its own', () => {
  expect(ends(KEYS, {})[0]).toEqual([1, 1, 1, 1])
  const [times, simulation] = ends(KEYS, { rowLocks: true })
  expect(times).toEqual([1, 1, 2, 3])
  expect(simulation.result().phases['query-wait']!.mean).toBeCloseTo(3 / 4, 9)
})

test('who waits for a row takes no place at the server, but a connection', () => {
  // Two places: hot and cold run; were the second hot one at the server, the cold one would wait.
  const order: KeyInput = { trace: { values: ['hot', 'hot', 'cold', 'hot'] } }
  expect(ends(order, { rowLocks: true, parallelism: 2 })[0]).toEqual([1, 2, 1, 3])
  expect(ends(order, { rowLocks: true, connections: 2 })[0]).toEqual([1, 2, 2, 3])
})

test('locks are free again after a crash', () => {
  const events = [{ outage: 'db', mode: 'crash' as const, at: 0.5, for: 0.1 }]
  const [times, simulation] = ends(KEYS, { rowLocks: true }, events)
  expect(times).toEqual([0.5, 0.5, 0.5, 0.5])
  expect(simulation.result().requests.outcomes).toEqual({ failed: 4 })
})
