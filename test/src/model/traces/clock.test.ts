/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../../../src/scenario/index.ts'
import type { WorkloadInput } from '../../../../src/scenario/schema/workload.ts'
import type { ScenarioInput } from '../../../../src/scenario/schema.ts'
import { Simulation } from '../../../../src/simulation/index.ts'
import { at, run } from '../../../support/hand-trace.ts'

describe('rates', () => {
  const starts = (
    workload: Partial<WorkloadInput>,
    events: ScenarioInput['events'] = [],
    horizon = 9.75,
  ): number[] =>
    run({
      horizon,
      workloads: { c: { to: 'web', arrivals: { deterministic: { rate: 1 } }, ...workload } },
      services: { web: { endpoints: { e: [] } } },
      events,
    }).lines.map(([start]) => start)

  test('surge while a surge is on, and the running gap goes on', () => {
    expect(starts({}, [{ surge: 'c', factor: 2, at: 4.5, for: 2 }])).toEqual([
      1, 2, 3, 4, 4.75, 5.25, 5.75, 6.25, 7, 8, 9,
    ])
  })

  test('surge from the start', () => {
    expect(starts({}, [{ surge: 'c', factor: 2, at: 0, for: 3 }])).toEqual([
      0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9,
    ])
  })

  test('of users surge from the start', () => {
    const users = { users: { users: 2, perMinute: 30, window: 100 } }
    const plain = starts({ arrivals: users }, [], 30)
    const surged = starts({ arrivals: users }, [{ surge: 'c', factor: 2, at: 0 }], 15)
    expect(surged).toEqual(plain.map((start) => expect.closeTo(start / 2, 8)))
  })

  test('of zero stop the clock of arrivals', () => {
    expect(starts({}, [{ surge: 'c', factor: 0, at: 2.5, for: 4 }])).toEqual([1, 2, 7, 8, 9])
  })

  test('multiply where surges overlap', () => {
    expect(
      starts({}, [
        { surge: 'c', factor: 2, at: 2, for: 2 },
        { surge: 'c', factor: 2, at: 3, for: 2 },
      ]),
    ).toEqual([1, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.5, 5, 6, 7, 8, 9])
  })
})

describe('the clock', () => {
  test('runs up to the horizon and not at it', () => {
    const { lines } = run({
      horizon: 3,
      workloads: { c: { to: 'web', arrivals: { deterministic: { rate: 1 } } } },
      services: { web: { endpoints: { e: [] } } },
    })
    expect(lines.map(([start]) => start)).toEqual([1, 2])
  })

  test('lets nobody send at or after a horizon that was shortened', () => {
    const scenario = parseScenario({
      name: 'Trace',
      horizon: 20,
      workloads: { early: at([1]), late: at([15, 16]) },
      services: { web: { endpoints: { e: [{ io: 30 }] } } },
    })
    const simulation = new Simulation(scenario, { horizon: 10, drain: true })
    simulation.run()
    expect(simulation.result().requests.created).toBe(1)
  })

  test('measures what was sent from the warm-up on', () => {
    const { simulation } = run({
      horizon: 4.5,
      warmup: 2,
      workloads: { c: { to: 'web', arrivals: { deterministic: { rate: 1 } } } },
      services: { web: { endpoints: { e: [{ io: 0.75 }] } } },
    })
    const { latency, requests, throughput, components } = simulation.result()
    expect(requests.created).toBe(4)
    expect(latency).toMatchObject({ count: 3, mean: 0.75 })
    // Ends at 2.75 and 3.75 count, that at 4.75 is after the horizon; 1.75 was before the warm-up.
    expect(throughput).toBe(2 / 2.5)
    expect(components.web).toMatchObject({
      arrivals: 4,
      arrivalRate: 3 / 2.5,
      load: { mean: 2 / 2.5, max: 1 },
    })
  })
})
