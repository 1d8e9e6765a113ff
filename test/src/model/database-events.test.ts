/** What events do to a database, alone and on top of each other. */
import { expect, test } from 'vitest'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { DatabaseInput } from '../../../src/scenario/schema/database.ts'
import type { EventInput } from '../../../src/scenario/schema/event.ts'
import { Simulation } from '../../../src/simulation/index.ts'

function run(times: number[], events: EventInput[], database: DatabaseInput = {}): RequestRecord[] {
  const records: RequestRecord[] = []
  const scenario = parseScenario({
    horizon: 1000,
    workloads: { c: { to: 'web', arrivals: { trace: { times } } } },
    services: { web: { endpoints: { e: [{ query: { to: 'db', latency: 0.1 } }] } } },
    databases: { db: { connections: 1000, ...database } },
    events,
  })
  const simulation = new Simulation(scenario, { drain: true, onRequest: (record) => records.push(record) })
  simulation.run()
  return records.sort((a, b) => a.number - b.number)
}

const latencies = (records: RequestRecord[]): number[] =>
  records.map(({ start, end }) => Number((end - start).toFixed(9)))

test('slow spells come and go', () => {
  const events = [{ slow: 'db', factor: 3, spells: { for: 1, gap: 2 } }]
  const times = [0, 1.99, 2, 2.5, 2.95, 3, 4, 5.5]
  // Slow from 2 to 3, from 5 to 6; what is under way goes on at the new speed.
  expect(latencies(run(times, events))).toEqual([0.1, 0.28, 0.3, 0.3, 0.133333333, 0.1, 0.1, 0.3])
})

test('spells end with their event and begin with it', () => {
  const events = [{ slow: 'db', factor: 3, at: 10, for: 5, spells: { for: 4, gap: 2 } }]
  expect(latencies(run([3, 11, 12.5, 14.5, 15.5, 20], events))).toEqual([0.1, 0.1, 0.3, 0.3, 0.1, 0.1])
})

test('slowdowns multiply, whether they are spells or not', () => {
  const events = [
    { slow: 'db', factor: 2, at: 10, for: 10 },
    { slow: 'db', factor: 3, at: 15, for: 10 },
    { slow: 'db', factor: 5, spells: { for: 2, gap: 16 } },
  ]
  expect(latencies(run([5, 12, 16, 18.5, 22, 26], events))).toEqual([0.1, 0.2, 2.2, 0.6, 0.3, 0.1])
})

test('under contention a slowdown changes the speed of all', () => {
  const events = [{ slow: 'db', factor: 3, at: 1, for: 10 }]
  // Two at a time: each at 1 / (1 + 0.5) of its speed.
  expect(latencies(run([0, 0, 2, 2], events, { usl: { sigma: 0.5 } }))).toEqual([0.15, 0.15, 0.45, 0.45])
  expect(latencies(run([0.9], events, { usl: { sigma: 0.5 } }))).toEqual([0.1])
  expect(latencies(run([0.95], events, { usl: { sigma: 0.5 } }))).toEqual([0.2])
})

test('failures are independent of each other and of slowness', () => {
  const times = Array.from({ length: 20_000 }, (_, i) => i / 40)
  const records = run(times, [
    { fail: 'db', rate: 0.5, at: 0 },
    { fail: 'db', rate: 0.4, at: 100, for: 400 },
    { slow: 'db', factor: 2, at: 50 },
  ])
  const failed = (from: number, to: number): number => {
    const window = records.filter(({ start }) => start >= from && start < to - 1)
    return window.filter(({ outcome }) => outcome === 'failed').length / window.length
  }
  expect(failed(0, 100)).toBeCloseTo(0.5, 1)
  expect(failed(101, 500)).toBeGreaterThan(0.685)
  expect(failed(101, 500)).toBeLessThan(0.715)
  expect(records.filter(({ start }) => start > 50).every(({ start, end }) => end - start > 0.199)).toBe(true)
})
