import { describe, expect, test } from 'vitest'
import { attribute, changesBetween, nameCause } from '../../../src/analysis/attribution.ts'
import { parseScenario, type Result, simulate } from '../../../src/index.ts'

type Service = Record<string, unknown>

/** A healthy system; a test makes one thing of it scarce. */
function system(web: Service, rest: Record<string, unknown> = {}, workload: Service = {}): Result {
  return simulate(
    parseScenario({
      horizon: 300,
      warmup: 20,
      workloads: { users: { to: 'web', arrivals: { poisson: { rate: 50 } }, ...workload } },
      links: [{ from: 'users', to: 'web', latency: { lognormal: { mean: '5ms', cv: 0.1 } } }],
      services: {
        web: {
          cores: 8,
          memory: '4GiB',
          endpoints: {
            page: [
              { memory: '10MiB' },
              { cpu: { exponential: { mean: '10ms' } } },
              { io: { exponential: { mean: '5ms' } } },
            ],
          },
          ...web,
        },
      },
      ...rest,
    }),
    { seed: 1 },
  )
}

const healthy = system({})

describe('the only cause of a slowdown is named first', () => {
  const cases: readonly (readonly [string, string, Result])[] = [
    [
      'cpu',
      'the cpu of web',
      system({
        cores: 1,
        endpoints: { page: [{ memory: '10MiB' }, { cpu: { exponential: { mean: '18ms' } } }, { io: '5ms' }] },
      }),
    ],
    [
      'memory',
      'the memory of web',
      system({
        memory: '11MiB',
        endpoints: {
          page: [
            { memory: '10MiB' },
            { cpu: { exponential: { mean: '9ms' } } },
            { io: { exponential: { mean: '9ms' } } },
          ],
        },
      }),
    ],
    [
      'workers',
      'the workers of web',
      system({
        workers: 1,
        endpoints: {
          page: [{ cpu: { exponential: { mean: '9ms' } } }, { io: { exponential: { mean: '9ms' } } }],
        },
      }),
    ],
    [
      'the network',
      'the network users->web',
      system({}, { links: [{ from: 'users', to: 'web', latency: { lognormal: { mean: '300ms', cv: 1 } } }] }),
    ],
    [
      'retries',
      'failed attempts and retries of users',
      system(
        {},
        { links: [{ from: 'users', to: 'web', latency: '5ms', loss: '15%' }] },
        { timeout: '400ms', retry: { attempts: 5 } },
      ),
    ],
    [
      'sockets',
      'the sockets of web',
      system({ sockets: { max: 2 }, endpoints: { page: [{ io: { exponential: { mean: '18ms' } } }] } }),
    ],
    [
      'the connection pool',
      'the connection pool of orders',
      system(
        { endpoints: { page: [{ query: { to: 'orders', latency: { exponential: { mean: '15ms' } } } }] } },
        { databases: { orders: { connections: 1 } } },
      ),
    ],
    [
      'the server of a database',
      'queries to orders',
      system(
        { endpoints: { page: [{ query: { to: 'orders', latency: { exponential: { mean: '15ms' } } } }] } },
        { databases: { orders: { connections: 100, parallelism: 1 } } },
      ),
    ],
    [
      'the cache',
      'the cache sessions',
      system(
        { endpoints: { page: [{ call: 'sessions' }] } },
        { caches: { sessions: { hitRatio: 1, hit: { lognormal: { mean: '40ms', cv: 2 } } } } },
      ),
    ],
  ]

  test.each(cases)('%s', (_, name, slow) => {
    const { slowest5, slowest1 } = attribute(slow)
    expect(nameCause(slowest5[0]!)).toBe(name)
    expect(nameCause(slowest1[0]!)).toBe(name)
    expect(slowest5[0]!.share).toBeGreaterThan(0.5)
    // And so says the comparison with the healthy system.
    expect(nameCause(changesBetween(healthy, slow)[0]!)).toBe(name)
  })

  test('with how much of the resource was in use', () => {
    const [, , slow] = cases[0]!
    const { limiting } = attribute(slow)
    expect(limiting).toMatchObject({ kind: 'cpu', component: 'web' })
    const web = slow.components.web as Extract<Result['components'][string], { kind: 'service' }>
    expect(limiting!.utilization).toBe(web.utilization.cpu)
    expect(limiting!.waiting).toBeGreaterThan(limiting!.seconds / 2)
  })
})

describe('parts of the latencies', () => {
  const slow = system({ cores: 1 })

  test('sum to their means, as the mean does', () => {
    for (const { mean, breakdown } of [
      slow.parts,
      { mean: slow.latency.mean!, breakdown: slow.breakdown },
    ].flat()) {
      expect(breakdown.reduce((sum, entry) => sum + entry.mean, 0)).toBeCloseTo(mean, 9)
      expect(breakdown.reduce((sum, entry) => sum + entry.share, 0)).toBeCloseTo(1, 9)
    }
  })

  test('have the share that was asked for and at most a bin more', () => {
    expect(slow.parts.map(({ which, asked }) => [which, asked])).toEqual([
      ['slowest', 0.05],
      ['slowest', 0.01],
      ['fastest', 0.5],
    ])
    for (const { share, asked, count } of slow.parts) {
      expect(share).toBeGreaterThanOrEqual(asked)
      expect(share).toBeLessThan(asked + 0.1)
      expect(count).toBe(Math.round(share * slow.latency.count))
    }
    const [p5] = slow.parts
    expect(p5!.mean).toBeGreaterThan(p5!.above!)
    expect(p5!.above!).toBeLessThanOrEqual(slow.latency.p95!)
  })

  test('are told over time by the series of the phases', () => {
    const { values } = slow.series
    const total = values['phases.cpu-wait']!.reduce((sum, increment) => sum + increment, 0)
    expect(total / slow.latency.count / slow.phases['cpu-wait']!.mean).toBeCloseTo(1, 1)
  })

  test('are told by class', () => {
    const { requests, breakdown } = slow
    expect(Object.values(requests.byClass)[0]!.breakdown).toEqual(breakdown)
  })
})
