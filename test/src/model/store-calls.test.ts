/** Calls to databases and caches under what calling sites say: hedges, breakers, deadlines, and who cancels. */
import { describe, expect, test } from 'vitest'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'
import { expectConsistent, expectDrained } from '../../support/invariants.ts'

type Seen = { records: RequestRecord[]; simulation: Simulation; counts: (site: string) => number[] }

function run(input: Omit<ScenarioInput, 'horizon'>): Seen {
  const records: RequestRecord[] = []
  const simulation = new Simulation(parseScenario({ horizon: 100, ...input }), {
    drain: true,
    onRequest: (record) => records.push(record),
  })
  simulation.run()
  expectConsistent(simulation)
  expectDrained(simulation)
  const { callers, compiled } = simulation.world
  return {
    records: records.sort((a, b) => a.number - b.number),
    simulation,
    // Attempts, retries, copies, copies that won, denied retries, denied copies, rejected calls.
    counts: (site) => {
      const index = compiled.calls.findIndex(({ name }) => name === site)
      return Array.from({ length: 7 }, (_, counter) => callers.sites.count(index, counter))
    },
  }
}

const at = (...times: number[]) => ({ trace: { times } })
const ends = ({ records }: Seen): [string, number][] =>
  records.map(({ outcome, end }) => [outcome, Number(end.toFixed(9))])

describe('a hedge on a query', () => {
  const shop = (connections: number): Omit<ScenarioInput, 'horizon'> => ({
    workloads: { c: { to: 'web', arrivals: at(0) } },
    services: { web: { endpoints: { e: [{ query: { to: 'db', type: 'read', hedge: { after: 1 } } }] } } },
    databases: { db: { connections, queries: { read: { uniform: { low: 0.9, high: 4 } } } } },
  })

  test('sends a copy that draws afresh, and the first answer counts', () => {
    const many = shop(10)
    many.workloads.c!.arrivals = { deterministic: { rate: 2 } }
    many.databases!.db!.connections = 1000
    const seen = run(many)
    const [attempts, , copies, wins] = seen.counts('web.e[0]')
    // U(0.9, 4): 96.8 % take longer than 1; of those a copy that begins a second later wins with P(1 + V < U).
    expect(attempts).toBe(seen.records.length + copies!)
    expect(copies! / 200).toBeGreaterThan(0.9)
    expect(wins! / copies!).toBeCloseTo((0.5 * (2.1 / 3.1) ** 2) / (3 / 3.1), 1)
    for (const { start, end } of seen.records) expect(end - start).toBeLessThanOrEqual(4)
  })

  test('holds two connections, where there are two', () => {
    const seen = run(shop(2))
    expect(seen.simulation.result().components.db).toMatchObject({ connections: { max: 2 }, arrivals: 2 })
  })

  test('waits for the connection of the first where there is only one, and does not win', () => {
    const seen = run(shop(1))
    expect(seen.counts('web.e[0]').slice(2, 4)).toEqual([1, 0])
    // The copy runs although nobody waits for it.
    expect(seen.simulation.result().components.db).toMatchObject({ arrivals: 2, connections: { max: 1 } })
  })
})

describe('a circuit breaker on a query', () => {
  const shop = (site: object, database: object): Omit<ScenarioInput, 'horizon'> => ({
    workloads: { c: { to: 'web', arrivals: at(0, 1, 2, 3, 4, 11, 12) } },
    services: { web: { cores: 9, endpoints: { e: [{ query: { to: 'db', latency: 0.1, ...site } }] } } },
    databases: { db: database },
    events: [{ fail: 'db', rate: 1, at: 0, for: 2.5 }],
  })
  const circuitBreaker = { consecutive: { failures: 3, open: 5 } }
  const expected = [
    ['failed', 0.1],
    ['failed', 1.1],
    ['failed', 2.1],
    ['circuit-open', 3],
    ['circuit-open', 4],
    ['ok', 11.1],
    ['ok', 12.1],
  ]

  test('opens after failures, sends nothing meanwhile and closes again', () => {
    const seen = run(shop({ circuitBreaker }, {}))
    expect(ends(seen)).toEqual(expected)
    expect(seen.counts('web.e[0]')[6]).toBe(2)
    expect(seen.simulation.result().components.db).toMatchObject({ arrivals: 5 })
  })

  test('may be written at the database, for all who query it', () => {
    expect(ends(run(shop({}, { circuitBreaker })))).toEqual(expected)
  })

  test('sees waits for a connection as failures', () => {
    const input = shop({ circuitBreaker }, { connections: 1, acquireTimeout: 0.01 })
    input.workloads.c!.arrivals = at(0, 0, 0, 0, 1)
    input.events = []
    const seen = run(input)
    expect(ends(seen)).toEqual([
      ['ok', 0.1],
      ['pool-timeout', 0.01],
      ['pool-timeout', 0.01],
      ['pool-timeout', 0.01],
      ['circuit-open', 1],
    ])
  })
})

test('what a database and a cache say of calls to them are defaults, which a site overrides', () => {
  const seen = run({
    workloads: {
      c: {
        to: 'web',
        arrivals: at(0, 0),
        classes: { a: { endpoint: 'plain' }, b: { endpoint: 'own', weight: 0 } },
      },
      d: { to: 'web', arrivals: at(0), classes: { b: { endpoint: 'own' } } },
    },
    services: {
      web: {
        cores: 9,
        endpoints: {
          plain: [{ query: { to: 'db', latency: 10 } }],
          own: [{ query: { to: 'db', latency: 10, timeout: 3 } }],
        },
      },
    },
    databases: { db: { timeout: 2, retry: { attempts: 2 } } },
  })
  const byClass = (name: string): number[] =>
    seen.records.filter((record) => record.class === name).map(({ end }) => end)
  expect(byClass('c.a')).toEqual([4, 4])
  expect(byClass('d.b')).toEqual([6])
})

describe('a caller that cancels while its miss is fetched for all', () => {
  const shop = (coalesce: boolean): Omit<ScenarioInput, 'horizon'> => ({
    workloads: { c: { to: 'web', arrivals: at(0, 0.5, 1.2), timeout: 1 } },
    services: {
      web: {
        cores: 9,
        cancel: 'immediate',
        endpoints: { e: [{ call: { to: 'pages', key: 1 } }, { cpu: 0.1 }] },
      },
    },
    caches: { pages: { capacity: 5, coalesce, miss: { query: { to: 'db', latency: 1.3 } } } },
    databases: { db: {} },
  })

  test('gets no answer, and those who wait for its value do', () => {
    const seen = run(shop(true))
    // The first gives up at 1, its fetch ends at 1.3: the second goes on then, the third too.
    expect(ends(seen)).toEqual([
      ['timeout', 1],
      ['ok', 1.4],
      ['ok', 1.4],
    ])
    expect(seen.simulation.result().components.pages).toMatchObject({ misses: 3, coalesced: 2 })
    expect(seen.simulation.result().components.db).toMatchObject({ arrivals: 1 })
  })

  test('stores its value for others where each fetches its own', () => {
    const seen = run(shop(false))
    expect(ends(seen)).toEqual([
      ['timeout', 1],
      ['timeout', 1.5],
      ['timeout', 2.2],
    ])
    expect(seen.simulation.result().components.db).toMatchObject({ arrivals: 3 })
  })

  test('leaves those who wait alone when it waits itself', () => {
    const input = shop(true)
    input.workloads.c!.timeout = 0.7
    input.workloads.c!.arrivals = at(0, 0.1, 0.65)
    // The second gives up at 0.8, in the middle of the list of those who wait.
    expect(ends(run(input))).toEqual([
      ['timeout', 0.7],
      ['timeout', 0.8],
      ['timeout', 1.35],
    ])
    input.workloads.c!.arrivals = at(0, 0.1, 0.75)
    expect(ends(run(input))[2]).toEqual(['ok', 1.4])
  })
})

describe('a deadline that is handed on ends, at the deadline,', () => {
  const shop = (steps: object, rest: Partial<ScenarioInput> = {}): Omit<ScenarioInput, 'horizon'> => ({
    workloads: {
      c: { to: 'web', arrivals: at(0), propagateDeadline: true, classes: { x: { deadline: 2 } } },
    },
    services: {
      web: { endpoints: { e: [steps as never, { cpu: 5 }] } },
      far: { endpoints: { e: [{ io: 9 }] } },
    },
    databases: { db: {} },
    caches: { pages: { capacity: 2, miss: [{ io: 0.5 }, { query: { to: 'db', latency: 9 } }] } },
    ...rest,
  })
  const all = {
    far: { call: 'far' },
    db: { query: { to: 'db', latency: 1 } },
    pages: { call: { to: 'pages', key: 1 } },
  }
  /** Everything is reached by somebody. */
  const reached = (step: object): object => ({
    choose: [
      { weight: 1, steps: [step] },
      { weight: 0, steps: Object.values(all) },
    ],
  })

  test.each<[string, object]>([
    ['a call', { call: 'far' }],
    ['a call with a timeout that is longer', { call: { to: 'far', timeout: 8 } }],
    ['a query', { query: { to: 'db', latency: 9 } }],
    ['the retries of a query', { query: { to: 'db', latency: 9, timeout: 0.7, retry: { attempts: 9 } } }],
    [
      'the backoff of a query',
      {
        query: {
          to: 'db',
          latency: 9,
          timeout: 0.7,
          retry: { attempts: 9, backoff: { constant: 5 } },
        },
      },
    ],
    ['the copies of a query', { query: { to: 'db', latency: 9, hedge: { after: 0.3, max: 3 } } }],
    ['the miss of a cache', { call: { to: 'pages', key: 1 } }],
    ['branches', { parallel: [[{ call: 'far' }], [{ query: { to: 'db', latency: 1 } }]] }],
  ])('%s', (_, step) => {
    const seen = run(shop(reached(step)))
    expect(ends(seen)).toEqual([['deadline', 2]])
    // The service is done with it then: its cpu step never begins.
    const { web } = seen.simulation.result().components
    expect(web!.kind === 'service' && web!.utilization.cpu).toBe(0)
  })

  test('and keeps further attempts from being made', () => {
    const step = { query: { to: 'db', latency: 9, timeout: 0.7, retry: { attempts: 9 } } }
    const seen = run(shop(reached(step)))
    const site = seen.simulation.world.compiled.calls.find(({ attempts }) => attempts === 9)!.name
    expect(seen.counts(site).slice(0, 2)).toEqual([3, 2])
  })
})

test('a deadline in the backoff of a call that the breaker kept back from the start finds nothing to give up', () => {
  const seen = run({
    workloads: {
      c: {
        to: 'web',
        arrivals: at(0, 0, 1, 1.2, 1.3, 1.4, 1.5),
        timeout: 0.5,
        hedge: { after: 0.1 },
        circuitBreaker: { consecutive: { failures: 1, open: 50 } },
        retry: { attempts: 3, backoff: { constant: 2 }, on: ['circuit-open'] },
        classes: { x: { deadline: 1 } },
      },
    },
    services: { web: { cores: 9, endpoints: { e: [{ io: 3 }] } } },
  })
  expect(ends(seen)).toEqual([
    ['timeout', 0.5],
    ['timeout', 0.5],
    ['deadline', 2],
    ['deadline', 2.2],
    ['deadline', 2.3],
    ['deadline', 2.4],
    ['deadline', 2.5],
  ])
})
