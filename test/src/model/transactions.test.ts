/** A transaction holds its connection over all of its steps, and gives it back whatever happens. */
import { describe, expect, test } from 'vitest'
import { CONNECTIONS } from '../../../src/model/database-gauges.ts'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { ServiceInput } from '../../../src/scenario/schema/service.ts'
import type { StepInput } from '../../../src/scenario/schema/step.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'

const query: StepInput = { query: { to: 'db', latency: 0.1 } }
const transaction = (...steps: StepInput[]): StepInput => ({ transaction: { to: 'db', steps } })

function shop(
  times: number[],
  steps: StepInput[],
  rest: Partial<ScenarioInput> = {},
  web: Partial<ServiceInput> = {},
): ScenarioInput {
  return {
    horizon: 100,
    workloads: { c: { to: 'web', arrivals: { trace: { times } } } },
    services: { web: { cores: 10, ...web, endpoints: { e: steps } } },
    databases: { db: { connections: 1 } },
    ...rest,
  }
}

/** Ends and outcomes of the requests in order, and the simulation after its drain. */
function run(input: ScenarioInput): { ends: number[]; outcomes: string[]; simulation: Simulation } {
  const records: RequestRecord[] = []
  const simulation = new Simulation(parseScenario(input), {
    drain: true,
    onRequest: (record) => records.push(record),
  })
  simulation.run()
  records.sort((a, b) => a.number - b.number)
  expect(simulation.world.databases.gauges.value[CONNECTIONS]).toBe(0)
  return {
    ends: records.map(({ end }) => Number(end.toFixed(9))),
    outcomes: records.map(({ outcome }) => outcome),
    simulation,
  }
}

test('the connection is held between the queries too', () => {
  const steps = [query, { cpu: 0.3 }, query]
  // Without: while the first computes, the second queries.
  expect(run(shop([0, 0], steps)).ends).toEqual([0.5, 0.6])
  expect(run(shop([0, 0], [transaction(...steps)])).ends).toEqual([0.5, 1])
})

test('waiting for it is pool-wait, and ends with the acquireTimeout', () => {
  const input = shop([0, 0, 0], [transaction(query, { io: 0.9 })], {
    databases: { db: { connections: 1, acquireTimeout: 1.5 } },
  })
  const { ends, outcomes, simulation } = run(input)
  expect(outcomes).toEqual(['ok', 'ok', 'pool-timeout'])
  expect(ends).toEqual([1, 2, 1.5])
  const result = simulation.result()
  expect(result.phases['pool-wait']!.mean).toBeCloseTo(0.5, 9)
  expect(result.components.db).toMatchObject({ transactions: 3, poolTimeouts: 1, arrivals: 2 })
})

test('its queries travel over links while it is held', () => {
  const links = [{ from: 'web', to: 'db', latency: 0.05 }]
  expect(run(shop([0, 0], [transaction(query, query)], { links })).ends).toEqual([0.4, 0.8])
})

test('two databases can be held, one within the other', () => {
  const both: StepInput = {
    transaction: { to: 'log', steps: [transaction(query), { query: { to: 'log', latency: 1 } }] },
  }
  const databases = { db: { connections: 1 }, log: { connections: 1 } }
  const { ends } = run(shop([0, 0], [both], { databases }))
  expect(ends).toEqual([1.1, 2.2])
})

test('each round of a repeat is a transaction of its own', () => {
  const steps = [{ repeat: { times: 2, steps: [transaction(query), { cpu: 0.1 }] } }]
  expect(run(shop([0, 0], steps)).ends).toEqual([0.4, 0.5])
})

describe('the connection comes back', () => {
  const seen = (first: { ends: number[]; outcomes: string[] }): unknown => [first.outcomes, first.ends]

  test('when a step fails', () => {
    const steps = [transaction(query, { call: 'other' }, { io: 5 })]
    const services = {
      web: { cores: 10, endpoints: { e: steps } },
      other: { overload: { queueLimit: 0 }, endpoints: { e: [{ cpu: 1 }] } },
    }
    // The second finds the core of `other` busy only while the first is there, which has its connection until then.
    const input = shop([0, 0.95], steps, { services, databases: { db: { connections: 2 } } })
    expect(seen(run(input))).toEqual([
      ['ok', 'shed'],
      [6.1, 1.05],
    ])
  })

  test('when the client of a cancelling service gives up', () => {
    const input = shop([0, 1], [transaction(query, { io: 10 })], {}, { cancel: 'immediate' })
    input.workloads.c!.timeout = 2
    expect(seen(run(input))).toEqual([
      ['timeout', 'timeout'],
      [2, 3],
    ])
    input.workloads.c!.timeout = 20
    expect(seen(run(input))).toEqual([
      ['ok', 'ok'],
      [10.1, 20.2],
    ])
  })

  test('when its query times out, but only once the server has done with that', () => {
    const slow: StepInput = { query: { to: 'db', latency: 5, timeout: 1 } }
    const { ends, outcomes, simulation } = run(shop([0, 0], [transaction(slow)]))
    expect(outcomes).toEqual(['timeout', 'timeout'])
    expect(ends).toEqual([1, 6])
    // The server works for both, though nobody waits.
    const { db } = simulation.result().components
    expect(db!.kind === 'database' && db!.running.mean * 100).toBeCloseTo(10, 9)
  })

  test('when its replica crashes', () => {
    const input = shop([0, 3], [transaction(query, { io: 10 })], {
      events: [{ outage: 'web', mode: 'crash', at: 1, for: 1 }],
    })
    expect(seen(run(input))).toEqual([
      ['failed', 'ok'],
      [1, 13.1],
    ])
  })

  test('when its database crashes, which fails the next query or the end', () => {
    const events = [{ outage: 'db', mode: 'crash' as const, at: 1, for: 1 }]
    expect(seen(run(shop([0, 2.5], [transaction(query, { io: 3 }, query)], { events })))).toEqual([
      ['failed', 'ok'],
      [3.1, 5.7],
    ])
    expect(seen(run(shop([0, 2.5], [transaction(query, { io: 3 })], { events })))).toEqual([
      ['failed', 'ok'],
      [3.1, 5.6],
    ])
  })

  test('to who waits for it at the crash of its database: failed', () => {
    const events = [{ outage: 'db', mode: 'crash' as const, at: 1, for: 1 }]
    const { ends, outcomes } = run(shop([0, 0], [transaction(query, { io: 3 })], { events }))
    expect(outcomes).toEqual(['failed', 'failed'])
    expect(ends).toEqual([3.1, 1])
  })
})

test('a deadline that is handed on ends the wait for a connection', () => {
  const input = shop([0, 0], [transaction(query, { io: 9 })])
  input.workloads.c = { ...input.workloads.c!, propagateDeadline: true, classes: { x: { deadline: 4 } } }
  const { ends, outcomes, simulation } = run(input)
  expect(outcomes).toEqual(['deadline', 'deadline'])
  expect(ends).toEqual([4, 4])
  expect(simulation.result().components.db).toMatchObject({ poolTimeouts: 0 })
})
