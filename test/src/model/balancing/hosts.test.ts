/** What a balancer makes of its hosts: slow start, outlier detection, panic, reports. */
import { describe, expect, test } from 'vitest'
import { HostHealth } from '../../../../src/model/balancing/host-health.ts'
import { slowStartFactor } from '../../../../src/model/balancing/slow-start.ts'
import { parseScenario } from '../../../../src/scenario/index.ts'
import type { BalancerInput } from '../../../../src/scenario/schema/balancer.ts'
import type { EventInput } from '../../../../src/scenario/schema/event.ts'
import type { OutlierDetection } from '../../../../src/scenario/types.ts'
import { Simulation } from '../../../../src/simulation/index.ts'

const spec: OutlierDetection = {
  consecutiveFailures: 5,
  interval: 10,
  baseEjection: 30,
  maxEjection: 300,
  maxEjectionPercent: 0.1,
  successRate: { stdev: 1.9, hosts: 5, requests: 100 },
}

const hosts = (n: number): Uint8Array => new Uint8Array(n).fill(1)

function pool(edge: BalancerInput, events: EventInput[] = [], rate = 100): Simulation {
  return new Simulation(
    parseScenario({
      name: 'Pool',
      horizon: 100,
      workloads: { w: { to: 'edge', arrivals: { deterministic: { rate } } } },
      balancers: { edge },
      services: { web: { replicas: 4, endpoints: { serve: [{ io: 0.001 }] } } },
      events,
    }),
    { series: false },
  )
}

describe('slow start', () => {
  test.each([
    [0, 1, 0.1, 60, 0.1],
    [3, 1, 0.1, 60, 0.1],
    [30, 1, 0.1, 60, 0.5],
    [60, 1, 0.1, 60, 1],
    [15, 2, 0.1, 60, 0.5],
    [1, 1, 0.01, 60, 1 / 60],
    [0.2, 1, 0.01, 60, 1 / 60],
    [0.1, 1, 0.1, 0.5, 1],
  ])(
    '%d s after joining, aggression %d, least %d, window %d s: %d',
    (age, aggression, minWeight, window, factor) =>
      expect(slowStartFactor(age, { window, aggression, minWeight })).toBeCloseTo(factor, 12),
  )

  test.each(['weighted', 'weighted-random', 'least-request', 'envoy-least-request'])(
    'a slot that comes back gets a growing share from %s, slots of the start a full one',
    (policy) => {
      const simulation = pool({ policy, to: 'web', slowStart: { window: 40 } }, [
        { outage: 'web/0', at: 10, for: 10 },
      ])
      const { replicas } = simulation.world
      const share = (from: number, to: number): number => {
        simulation.until(from)
        const before = replicas.arrivals.slice()
        simulation.until(to)
        const got = replicas.arrivals.map((count, r) => count - before[r]!)
        return got[0]! / got.reduce((sum, count) => sum + count, 0)
      }
      const near = (value: number, expected: number): void => {
        expect(Math.abs(value - expected)).toBeLessThan(policy === 'weighted-random' ? 0.04 : 0.02)
      }
      near(share(0, 10), 0.25)
      // Weight 0.1 to 0.25 beside three of 1, then 0.75 to 1, then 1.
      near(share(21, 30), 0.045)
      near(share(50, 60), 0.226)
      near(share(70, 95), 0.25)
    },
  )
})

describe('outlier detection', () => {
  test('ejects after consecutive failures, not after as many with a success between', () => {
    const health = new HostHealth(3, spec, 0)
    for (let i = 0; i < 4; i++) expect(health.answered(0, true, 3, 1)).toBe(false)
    health.answered(0, false, 3, 1)
    for (let i = 0; i < 4; i++) expect(health.answered(0, true, 3, 1)).toBe(false)
    expect(health.answered(0, true, 3, 1)).toBe(true)
    expect([...health.ejected]).toEqual([1, 0, 0])
  })

  test('keeps to the largest share of hosts, but always allows one', () => {
    const fail = (health: HostHealth, n: number): number => {
      for (let slot = 0; slot < n; slot++) for (let i = 0; i < 5; i++) health.answered(slot, true, n, 1)
      return health.active
    }
    expect(fail(new HostHealth(3, spec, 0), 3)).toBe(1)
    expect(fail(new HostHealth(19, spec, 0), 19)).toBe(1)
    expect(fail(new HostHealth(20, spec, 0), 20)).toBe(2)
    expect(fail(new HostHealth(20, { ...spec, maxEjectionPercent: 0.5 }, 0), 20)).toBe(10)
  })

  test('ejects for longer each time, up to the limit, and forgets while the host is well', () => {
    const health = new HostHealth(2, { ...spec, maxEjection: 70 }, 0)
    let now = 0
    const lasts = (): number => {
      const from = now
      for (let i = 0; i < 5; i++) health.answered(0, true, 2, now)
      expect(health.ejected[0]).toBe(1)
      while (health.ejected[0] === 1) health.sweep(hosts(2), 2, (now += 10))
      return now - from
    }
    expect([lasts(), lasts(), lasts(), lasts()]).toEqual([30, 60, 70, 70])
    for (let i = 0; i < 3; i++) health.sweep(hosts(2), 2, (now += 10))
    expect(lasts()).toBe(60)
  })

  test('ejects a host whose success rate is far below that of the others, if enough were asked enough', () => {
    const run = (n: number, requests: number): number[] => {
      const health = new HostHealth(n, { ...spec, consecutiveFailures: 0 }, 0)
      for (let slot = 0; slot < n; slot++)
        for (let i = 0; i < requests; i++) health.answered(slot, slot === 2 && i % 2 === 0, n, 5)
      health.sweep(hosts(n), n, 10)
      return [...health.ejected]
    }
    // Rates 1, 1, .5, 1, 1: mean .9, standard deviation .2, bound .52.
    expect(run(5, 100)).toEqual([0, 0, 1, 0, 0])
    expect(run(5, 99)).toEqual([0, 0, 0, 0, 0])
    expect(run(4, 100)).toEqual([0, 0, 0, 0])
  })

  test('an ejected slot is no choice for policies and agents, and comes back at a sweep', () => {
    // While its own database is down every answer of slot 3 is a failure.
    const scenario = parseScenario({
      name: 'Bad host',
      horizon: 100,
      workloads: { w: { to: 'edge', arrivals: { deterministic: { rate: 40 } } } },
      balancers: { edge: { targets: ['good', 'bad'], outlierDetection: {} } },
      services: {
        good: { replicas: 3, endpoints: { serve: [{ io: 0.001 }] } },
        bad: { replicas: 1, endpoints: { serve: [{ call: { to: 'db' } }] } },
        db: { endpoints: { query: [{ io: 0.001 }] } },
      },
      events: [{ outage: 'db', at: 12, for: 5, mode: 'crash' }],
    })
    const simulation = new Simulation(scenario, { series: false })
    const edge = simulation.world.balancers.all[0]!
    simulation.until(12.4)
    expect([...edge.available]).toEqual([1, 1, 1, 1])
    simulation.until(13)
    expect([...edge.available]).toEqual([1, 1, 1, 0])
    simulation.until(49.9)
    expect(edge.available[3]).toBe(0)
    simulation.until(50.1)
    expect(edge.available[3]).toBe(1)
    simulation.run()
    expect(simulation.result().requests.outcomes.unavailable).toBe(5)
    expect(simulation.result().components.edge).toMatchObject({ ejections: 1, panics: 0 })
  })
})

describe('panic', () => {
  const crashed = (replicas: readonly number[]): EventInput[] =>
    replicas.map((i) => ({ outage: `web/${i}`, at: 10, for: 10, mode: 'crash' }))

  test('routes over all hosts once fewer than the threshold are healthy, and ends with it', () => {
    const simulation = pool({ to: 'web', panicThreshold: 0.5 }, crashed([0, 1, 2]))
    const edge = simulation.world.balancers.all[0]!
    simulation.until(11)
    expect([...edge.available]).toEqual([1, 1, 1, 1])
    simulation.until(21)
    expect(edge.health!.panicking).toBe(false)
    simulation.run()
    // In panic three of four go to crashed hosts.
    expect(simulation.result().requests.outcomes.failed).toBeGreaterThan(740)
    expect(simulation.result().components.edge).toMatchObject({ panics: 1 })
  })

  test('leaves the crashed out while enough are healthy, and where the threshold is 0', () => {
    for (const [panicThreshold, out] of [
      [0.5, [0, 1]],
      [0, [0, 1, 2]],
    ] as const) {
      const simulation = pool({ to: 'web', panicThreshold }, crashed(out))
      simulation.run()
      expect(simulation.result().requests.outcomes).toEqual({ ok: expect.any(Number) })
    }
  })

  test('does not count what is drained as a host', () => {
    const events: EventInput[] = [0, 1, 2].map((i) => ({ outage: `web/${i}`, at: 10, for: 10 }))
    const simulation = pool({ to: 'web', panicThreshold: 0.9 }, events)
    simulation.until(11)
    expect([...simulation.world.balancers.all[0]!.available]).toEqual([0, 0, 0, 1])
  })
})

describe('reports', () => {
  test('tell the queue at each multiple of the interval, and sends since then are counted', () => {
    const simulation = new Simulation(
      parseScenario({
        name: 'Reports',
        horizon: 10,
        workloads: { w: { to: 'edge', arrivals: { trace: { times: [0.1, 0.2, 0.6, 1.1] } } } },
        balancers: { edge: { to: 'web', reports: { interval: 0.5 } } },
        services: { web: { replicas: 2, endpoints: { serve: [{ io: 0.45 }] } } },
      }),
    )
    const edge = simulation.world.balancers.all[0]!
    simulation.until(0.4)
    expect([...edge.reportedAt]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
    simulation.until(0.7)
    expect([...edge.reportedLoad]).toEqual([1, 1])
    expect([...edge.reportedAt]).toEqual([0.5, 0.5])
    expect([...edge.sentSince]).toEqual([1, 0])
    simulation.until(1.2)
    expect([...edge.reportedLoad]).toEqual([1, 0])
    expect([...edge.sentSince]).toEqual([0, 1])
  })
})

describe('a scenario', () => {
  const refused = (edge: BalancerInput, message: string): void => expect(() => pool(edge)).toThrow(message)

  test('that cannot work is refused with what to do', () => {
    refused({ policy: 'c3', to: 'web', response: 'direct' }, 'c3 learns from answers')
    refused({ policy: 'stale-estimate', to: 'web' }, 'stale-estimate needs reports of the queues')
    refused(
      { to: 'web', response: 'direct', outlierDetection: {} },
      'outlierDetection needs the answers, which do not pass here (balancers.edge.outlierDetection)',
    )
    refused({ to: 'web', panicThreshold: 1.5 }, 'balancers.edge.panicThreshold')
    refused({ to: 'web', slowStart: { window: 0 } }, 'balancers.edge.slowStart.window')
  })
})
