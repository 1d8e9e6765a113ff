/** Retry budgets, hedges, circuit breakers and deadlines of calls: every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { ServiceInput } from '../../../../src/scenario/schema/service.ts'
import { at, run } from '../../../support/hand-trace.ts'

/** Loses everything: each attempt fails at once. */
const LOST = [{ from: 'c', to: 'web', loss: 1 }]
const IDLE = { web: { endpoints: { e: [] } } } satisfies Record<string, ServiceInput>

type Run = ReturnType<typeof run>
const site = ({ simulation }: Run, name = 'c'): unknown => {
  const component = simulation.result().components[name]!
  return 'calls' in component ? component.calls : undefined
}

describe('a retry budget', () => {
  test('of a fifth allows one retry for each five first attempts', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { retry: { attempts: 3, budget: '20%' } }) },
      links: LOST,
      services: IDLE,
    })
    expect(result.lines.map(([, , , attempts]) => attempts ?? 1)).toEqual([1, 1, 1, 1, 2, 1, 1, 1, 1, 2])
    expect(site(result)).toMatchObject({ attempts: 12, retries: 2, deniedRetries: 10, amplification: 1.2 })
    expect(result.simulation.result().requests.byClass.c!.retries).toBe(2)
  })

  test('forgets first attempts after its window', () => {
    const spread = run({
      horizon: 30,
      workloads: {
        c: at([0, 1, 2, 12, 13, 14], { retry: { attempts: 2, budget: { percent: 0.25, window: 10 } } }),
      },
      links: LOST,
      services: IDLE,
    })
    // At 13: those at 12 and 13. At 14 three: still too few, though six were sent.
    expect(site(spread)).toMatchObject({ retries: 0, deniedRetries: 6 })
  })

  test('of Envoy bounds the retries that are under way, their backoff included', () => {
    const times = Array.from({ length: 8 }, (_, i) => i / 100)
    const result = run({
      horizon: 10,
      workloads: {
        c: at(times, {
          timeout: 1,
          retry: { attempts: 2, backoff: { constant: 0.5 }, budget: { active: '20%', min: 1 } },
        }),
      },
      links: LOST,
      services: IDLE,
    })
    // Eight time out at 1, 1.01, ...; a fifth of what is in flight then is 1, and the first retry is there until 2.5.
    expect(site(result)).toMatchObject({ attempts: 9, retries: 1, deniedRetries: 7 })
    expect(result.lines.at(-1)).toEqual([0, 2.5, 'timeout', 2])
    const again = run({
      horizon: 10,
      workloads: {
        c: at([0, 0.5, 1.1, 1.6, 2.5], {
          timeout: 1,
          retry: { attempts: 2, budget: { active: 0.2, min: 1 } },
        }),
      },
      links: LOST,
      services: IDLE,
    })
    // The retry of the first one is under way from 1 to 2, so that that of 0.5 is denied, and so is that of 1.6.
    expect(again.lines.map(([start, , , attempts]) => [start, attempts ?? 1])).toEqual([
      [0.5, 1],
      [0, 2],
      [1.6, 1],
      [1.1, 2],
      [2.5, 2],
    ])
  })

  test('has its reserve from the start', () => {
    const result = run({
      horizon: 10,
      workloads: {
        c: at([0, 0, 0, 0], { retry: { attempts: 2, budget: { percent: 0.1, window: 2, reserve: 1 } } }),
      },
      links: LOST,
      services: IDLE,
    })
    expect(site(result)).toMatchObject({ retries: 2, deniedRetries: 2 })
  })

  test('of gRPC stops at half of its tokens', () => {
    const result = run({
      horizon: 10,
      workloads: {
        c: at([0, 1, 2], {
          retry: { attempts: 4, budget: { throttle: { maxTokens: 10, tokenRatio: 0.1 } } },
        }),
      },
      links: LOST,
      services: IDLE,
    })
    // Failures leave 9, 8, 7, 6 (the last attempt); 5 is not more than half of ten.
    expect(result.lines.map(([, , , attempts]) => attempts ?? 1)).toEqual([4, 1, 1])
  })

  test('belongs to each replica that calls', () => {
    const result = run({
      horizon: 20,
      workloads: { c: at([0, 1, 2, 3]) },
      links: [{ from: 'web', to: 'db', loss: 1 }],
      services: {
        web: {
          replicas: 2,
          endpoints: { e: [{ call: { to: 'db', retry: { attempts: 2, budget: '50%' } } }] },
        },
        db: { endpoints: { e: [] } },
      },
    })
    // Round robin: each replica's second call may be retried.
    expect(result.simulation.result().components.web).toMatchObject({
      calls: { 'web.e[0]': { attempts: 6, retries: 2, deniedRetries: 2 } },
    })
  })

  test('that the callee declares is that of its callers', () => {
    const result = run({
      horizon: 20,
      workloads: { c: at([0, 1, 2, 3], { retry: { attempts: 1 } }), d: at([0.5, 1.5, 2.5, 3.5]) },
      links: [...LOST, { from: 'd', to: 'web', loss: 1 }],
      services: { web: { retry: { attempts: 2, budget: '50%' }, endpoints: { e: [] } } },
    })
    expect(site(result, 'c')).toBeUndefined()
    expect(site(result, 'd')).toMatchObject({ attempts: 6, retries: 2, deniedRetries: 2 })
  })
})

describe('retries', () => {
  test('follow the outcomes that they name', () => {
    const input = (on: ('timeout' | 'lost')[]): Run =>
      run({
        horizon: 10,
        workloads: { c: at([0], { retry: { attempts: 3, on } }) },
        links: LOST,
        services: IDLE,
      })
    expect(input(['timeout']).lines).toEqual([[0, 0, 'lost']])
    expect(input(['timeout', 'lost']).lines).toEqual([[0, 0, 'lost', 3]])
  })

  test('back off between the base and three times the delay before, decorrelated', () => {
    const { lines, simulation } = run({
      horizon: 100,
      workloads: {
        c: at(
          Array.from({ length: 200 }, (_, i) => i / 10),
          {
            retry: { attempts: 2, backoff: { exponential: { base: 1, jitter: 'decorrelated' } } },
          },
        ),
        d: at([0, 20], {
          retry: { attempts: 9, backoff: { exponential: { base: 1, max: 1.5, jitter: 'decorrelated' } } },
        }),
      },
      links: [...LOST, { from: 'd', to: 'web', loss: 1 }],
      services: IDLE,
    })
    const twice = lines.filter(([, , , attempts]) => attempts === 2).map(([start, end]) => end - start)
    expect(twice).toHaveLength(200)
    expect(Math.min(...twice)).toBeGreaterThanOrEqual(1)
    expect(Math.min(...twice)).toBeLessThan(1.1)
    expect(Math.max(...twice)).toBeLessThan(3)
    expect(Math.max(...twice)).toBeGreaterThan(2.9)
    for (const [start, end] of lines.filter(([, , , attempts]) => attempts === 9)) {
      expect(end - start).toBeGreaterThan(8)
      expect(end - start).toBeLessThanOrEqual(12)
    }
    expect(simulation.world.callers.created).toBe(418)
  })
})

describe('a hedge', () => {
  /** The first leg takes 3 s at slot 0; slot 1 is free and takes 1 s. */
  const two: Record<string, ServiceInput> = {
    web: {
      replicas: [
        { count: 1, speed: 1 },
        { count: 1, speed: 3 },
      ],
      endpoints: { e: [{ cpu: 3 }] },
    },
  }

  test('wins with its own time when it is first, and goes to another backend', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0], { hedge: { after: 0.5 } }) },
      services: two,
    })
    expect(result.lines).toEqual([[0, 1.5, 'ok', 2]])
    expect(result.phases).toEqual([{ cpu: 1, backoff: 0.5 }])
    expect(site(result)).toMatchObject({ attempts: 2, hedges: 1, hedgeWins: 1 })
    const { callers } = result.simulation.world
    expect([callers.created, callers.answeredOk, callers.failed, callers.abandoned]).toEqual([2, 1, 0, 1])
  })

  test('loses when it is late, and is given up', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0], { hedge: { after: 2.5 } }) },
      services: two,
    })
    expect(result.lines).toEqual([[0, 3, 'ok', 2]])
    expect(result.phases).toEqual([{ cpu: 3 }])
    expect(site(result)).toMatchObject({ hedges: 1, hedgeWins: 0 })
    expect(result.simulation.world.callers.abandoned).toBe(1)
  })

  test('is not sent when the answer came before', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0], { hedge: { after: 3.5 } }) },
      services: two,
    })
    expect(result.lines).toEqual([[0, 3, 'ok']])
  })

  test('goes elsewhere than the other copies where the policy would not', () => {
    const result = run({
      horizon: 100,
      workloads: {
        c: {
          ...at(
            Array.from({ length: 20 }, (_, i) => 4 * i),
            { hedge: { after: 0.5, max: 2 } },
          ),
          to: 'lb',
        },
      },
      balancers: { lb: { policy: 'random', to: 'web' } },
      services: { web: { replicas: 3, endpoints: { e: [{ cpu: 3 }] } } },
    })
    expect(result.lines.map(([, , outcome, attempts]) => [outcome, attempts])).toEqual(
      Array.from({ length: 20 }, () => ['ok', 3]),
    )
    expect(result.simulation.world.replicas.arrivals).toEqual(Float64Array.of(20, 20, 20))
  })

  test('that fails does not fail the call while another copy is out', () => {
    const input = (crash: number): Run =>
      run({
        horizon: 10,
        workloads: { c: at([0], { hedge: { after: 0.5 } }) },
        services: { web: { replicas: 2, endpoints: { e: [{ cpu: 3 }] } } },
        events: [{ outage: `web/${crash}`, mode: 'crash', at: 1, for: 1 }],
      })
    expect(input(1).lines).toEqual([[0, 3, 'ok', 2]])
    expect(input(0).lines).toEqual([[0, 3.5, 'ok', 2]])
    const { callers } = input(0).simulation.world
    expect([callers.created, callers.answeredOk, callers.failed, callers.abandoned]).toEqual([2, 1, 1, 0])
  })

  test('and its original that both fail fail the attempt, and a retry hedges anew', () => {
    const result = run({
      horizon: 20,
      workloads: {
        c: at([0], { hedge: { after: 0.5 }, retry: { attempts: 2, backoff: { constant: 2 } } }),
      },
      services: { web: { replicas: 2, endpoints: { e: [{ cpu: 3 }] } } },
      events: [
        { outage: 'web/0', mode: 'crash', at: 1, for: 1 },
        { outage: 'web/1', mode: 'crash', at: 1.5, for: 1 },
      ],
    })
    // Failed at 1 and 1.5, sent again at 3.5, copied at 4; answered at 6.5.
    expect(result.lines).toEqual([[0, 6.5, 'ok', 4]])
    expect(result.phases).toEqual([{ 'failed-attempt': 1.5, backoff: 2, cpu: 3 }])
    expect(site(result)).toMatchObject({ attempts: 4, retries: 1, hedges: 2, hedgeWins: 0 })
  })

  test('ends with the timeout of its attempt', () => {
    const result = run({
      horizon: 20,
      workloads: {
        c: at([0], { timeout: 2, hedge: { after: 0.5 }, retry: { attempts: 2, backoff: { constant: 1 } } }),
      },
      services: { web: { replicas: 2, endpoints: { e: [{ cpu: 3 }] } } },
    })
    // 0 and 0.5 given up at 2. Sent again at 3 and 3.5, when the first legs end; the new ones would end at 6.
    expect(result.lines).toEqual([[0, 5, 'timeout', 4]])
    expect(result.simulation.world.callers.abandoned).toBe(4)
  })

  test('of a lost message is what brings the answer', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0], { timeout: 5, hedge: { after: 1 } }) },
      links: [{ from: 'c', to: 'web', latency: 0.25 }],
      services: { web: { endpoints: { e: [{ cpu: 1 }] } } },
      events: [{ loss: 'c->web', add: 1, at: 0, for: 0.5 }],
    })
    expect(result.lines).toEqual([[0, 2.5, 'ok', 2]])
    expect(result.phases).toEqual([{ network: 0.5, cpu: 1, backoff: 1 }])
  })

  test('is bounded by its budget', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0, 1, 2, 3, 4, 5], { hedge: { after: 0.5, maxExtra: '25%' } }) },
      services: { web: { cores: 9, endpoints: { e: [{ io: 0.9 }] } } },
    })
    expect(site(result)).toMatchObject({ attempts: 7, hedges: 1, deniedHedges: 5 })
  })

  test('of a call inside a service gives the parent its phases', () => {
    const result = run({
      horizon: 10,
      workloads: { c: at([0]) },
      services: {
        web: { endpoints: { e: [{ cpu: 1 }, { call: { to: 'db', hedge: { after: 0.5 } } }, { cpu: 1 }] } },
        db: {
          replicas: [
            { count: 1, speed: 0.1 },
            { count: 1, speed: 1 },
          ],
          endpoints: { e: [{ cpu: 1 }] },
        },
      },
    })
    expect(result.lines).toEqual([[0, 3.5, 'ok']])
    expect(result.phases).toEqual([{ cpu: 3, backoff: 0.5 }])
  })

  test('after the p95 of recent latencies waits for a hundred of them', () => {
    const result = run({
      horizon: 400,
      workloads: {
        c: at(
          Array.from({ length: 150 }, (_, i) => 2 * i),
          { hedge: { after: 'p95' } },
        ),
      },
      services: { web: { cores: 9, endpoints: { e: [{ io: 0.5 }] } } },
      events: [],
    })
    // All take 0.5 s: from the hundredth answer on a copy is due, and sent, just before the answer.
    expect(site(result)).toMatchObject({ attempts: 200, hedges: 50, hedgeWins: 0 })
  })
})

describe('a circuit breaker', () => {
  test('opens at the failure rate, and lets calls through again after its open time', () => {
    const result = run({
      horizon: 40,
      workloads: {
        c: at([0, 1, 2, 3, 4, 13.5, 14.5, 15, 16], {
          circuitBreaker: { failureRate: '50%', window: 4, open: 10, halfOpen: 2 },
        }),
      },
      links: [{ from: 'c', to: 'web' }],
      services: { web: { endpoints: { e: [{ io: 0.25 }] } } },
      events: [{ loss: 'c->web', add: 1, at: 1.5, for: 2 }],
    })
    // Ok at 0.25 and 1.25; lost at 2 and 3: two of four, open until 13. Two trials at 13.5 and 14.5 close it.
    expect(result.lines).toEqual([
      [0, 0.25, 'ok'],
      [1, 1.25, 'ok'],
      [2, 2, 'lost'],
      [3, 3, 'lost'],
      [4, 4, 'circuit-open'],
      [13.5, 13.75, 'ok'],
      [14.5, 14.75, 'ok'],
      [15, 15.25, 'ok'],
      [16, 16.25, 'ok'],
    ])
    expect(site(result)).toMatchObject({ attempts: 8, rejected: 1, circuit: { opens: 1, openTime: 10.5 } })
  })

  test('counts a timeout as a failure, and its rejections are retried only where that is asked for', () => {
    const input = (on: ('timeout' | 'circuit-open')[] | undefined): Run =>
      run({
        horizon: 40,
        workloads: {
          c: at([0, 2], {
            timeout: 1,
            retry: { attempts: 2, backoff: { constant: 5 }, on },
            circuitBreaker: { window: 1, open: 3, halfOpen: 1 },
          }),
        },
        services: { web: { cores: 9, endpoints: { e: [{ io: 2 }] } } },
        events: [],
      })
    // Opens at 1. The second is refused at 2; it would try at 7. The first tries at 6 as a trial, fails at 7.
    expect(input(undefined).lines).toEqual([
      [2, 2, 'circuit-open'],
      [0, 7, 'timeout', 2],
    ])
    // Due first at 7, while the trial is still out.
    expect(input(['timeout', 'circuit-open']).lines).toEqual([
      [2, 7, 'circuit-open', 2],
      [0, 7, 'timeout', 2],
    ])
  })

  test('that the service declares is one per caller replica, and fails the callers', () => {
    const result = run({
      horizon: 40,
      workloads: { c: at([0, 1, 2, 3]) },
      links: [{ from: 'web', to: 'db', loss: 1 }],
      services: {
        web: { replicas: 2, endpoints: { e: [{ call: 'db' }] } },
        db: { circuitBreaker: { consecutive: { failures: 1, open: 5 } }, endpoints: { e: [] } },
      },
    })
    expect(result.lines.map(([, , outcome]) => outcome)).toEqual([
      'lost',
      'lost',
      'circuit-open',
      'circuit-open',
    ])
  })
})

describe('a deadline that is propagated', () => {
  const services: Record<string, ServiceInput> = {
    web: { endpoints: { e: [{ cpu: 1 }, { call: 'db' }, { cpu: 5 }] } },
    db: { endpoints: { e: [{ io: 3 }, { call: 'log' }] } },
    log: { endpoints: { e: [] } },
  }

  test('ends the calls that are out, and none begins after it', () => {
    const input = (propagateDeadline: boolean): Run =>
      run({
        horizon: 20,
        workloads: { c: at([0], { propagateDeadline, classes: { x: { deadline: 2 } } }) },
        services,
      })
    const without = input(false)
    expect(without.lines).toEqual([[0, 2, 'deadline']])
    expect(without.simulation.now).toBeGreaterThanOrEqual(9)
    expect(without.simulation.world.services.arrivals).toEqual(Float64Array.of(1, 1, 1))
    const result = input(true)
    expect(result.lines).toEqual([[0, 2, 'deadline']])
    // web gives its leg up at 2; db works until 4, calls nothing.
    expect(result.simulation.world.services.arrivals).toEqual(Float64Array.of(1, 1, 0))
  })

  test('shortens the timeout of a call, and nothing is retried after it', () => {
    const result = run({
      horizon: 20,
      workloads: { c: at([0], { propagateDeadline: true, classes: { x: { deadline: 2 } } }) },
      services: {
        web: {
          endpoints: {
            e: [{ call: { to: 'db', timeout: 1.5, retry: { attempts: 5, backoff: { constant: 0 } } } }],
          },
        },
        db: { cores: 9, endpoints: { e: [{ io: 3 }] } },
      },
    })
    // At 0 and 1.5; that one ends at 2.
    expect(result.simulation.world.services.arrivals).toEqual(Float64Array.of(1, 2))
    expect(result.simulation.result().components.web).toMatchObject({ calls: { 'web.e[0]': { retries: 1 } } })
  })
})
