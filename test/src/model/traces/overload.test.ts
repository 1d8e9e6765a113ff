/** Every time worked out by hand: who is refused, who is dropped, who gets a core, and what cancelling gives back. */
import { describe, expect, test } from 'vitest'
import type { ComponentResult, OverloadResult } from '../../../../src/results/types.ts'
import type { ServiceInput } from '../../../../src/scenario/schema/service.ts'
import type { ScenarioInput } from '../../../../src/scenario/schema.ts'
import { at, run } from '../../../support/hand-trace.ts'

const work = (cpu: number): ServiceInput['endpoints'] => ({ e: [{ cpu }] })

/** Arrivals at these times at `web`. */
function web(
  times: readonly number[],
  service: ServiceInput,
  workload: Parameters<typeof at>[1] = {},
): Omit<ScenarioInput, 'name'> {
  return { horizon: 10, workloads: { c: at(times, workload) }, services: { web: service } }
}

function overloadOf({ simulation }: ReturnType<typeof run>, name = 'web'): OverloadResult {
  const component: ComponentResult = simulation.result().components[name]!
  if (component.kind !== 'service' || component.overload === undefined) throw new Error('no overload control')
  return component.overload
}

describe('limits', () => {
  test('of the queue refuse with all cores busy and so many waiting, over the way back', () => {
    const seen = run({
      ...web([0, 0.5, 1, 2.5], { overload: { queueLimit: 1 }, endpoints: work(2) }),
      links: [{ from: 'c', to: 'web', latency: 0.125 }],
    })
    expect(seen.lines).toEqual([
      [1, 1.25, 'shed'],
      [0, 2.25, 'ok'],
      [0.5, 4.25, 'ok'],
      [2.5, 6.25, 'ok'],
    ])
    expect(overloadOf(seen).refused).toEqual({ 'queue-limit': 1 })
  })

  test('of the queue count what waits at all replicas with scope: service', () => {
    const two = (scope: 'replica' | 'service'): ReturnType<typeof run> =>
      run(web([0, 0, 0.5, 1, 1], { replicas: 2, overload: { queueLimit: 1, scope }, endpoints: work(2) }))
    // Round robin: the third waits at the first replica, the fourth would at the second.
    expect(two('replica').lines.map(([, end, outcome]) => [end, outcome])).toEqual([
      [1, 'shed'],
      [2, 'ok'],
      [2, 'ok'],
      [4, 'ok'],
      [4, 'ok'],
    ])
    expect(two('service').lines.map(([, end, outcome]) => [end, outcome])).toEqual([
      [1, 'shed'],
      [1, 'shed'],
      [2, 'ok'],
      [2, 'ok'],
      [4, 'ok'],
    ])
    // A free core is taken whatever waits elsewhere.
    const free = run({
      ...web([0, 0, 1], { replicas: 2, overload: { queueLimit: 0, scope: 'service' }, endpoints: work(2) }),
      events: [{ slow: 'web/0', factor: 2, at: 0, for: 9 }],
    })
    expect(free.lines.map(([, , outcome]) => outcome)).toEqual(['shed', 'ok', 'ok'])
  })

  test('of the queue count legs present under processor sharing', () => {
    const seen = run(
      web([0, 0, 0, 4.5], { discipline: 'ps', overload: { queueLimit: 1 }, endpoints: work(2) }),
    )
    expect(seen.lines).toEqual([
      [0, 0, 'shed'],
      [0, 4, 'ok'],
      [0, 4, 'ok'],
      [4.5, 6.5, 'ok'],
    ])
  })

  test('of concurrency let so many wait, each for so long, and hold during calls', () => {
    const seen = run(
      web([0, 0.5, 1, 1.5], {
        overload: { concurrencyLimit: { fixed: { limit: 1, maxQueue: 2, maxWait: 1.75 } } },
        endpoints: { e: [{ io: 2 }] },
      }),
    )
    // The second waits 0.5-2; the third gives up its place at 2.75; the fourth found two waiting.
    expect(seen.lines).toEqual([
      [1.5, 1.5, 'shed'],
      [0, 2, 'ok'],
      [1, 2.75, 'shed'],
      [0.5, 4, 'ok'],
    ])
    expect(seen.phases).toEqual([{ io: 2 }, { 'admission-wait': 1.5, io: 2 }])
    const { refused, queue, limit } = overloadOf(seen)
    expect(refused).toEqual({ 'concurrency-limit': 2 })
    // (1.5 + 1.75) / 10.
    expect(queue!.mean).toBeCloseTo(0.325, 12)
    expect(limit).toEqual({ mean: 1, max: 1 })
  })

  test('of bulkheads hold for their own endpoints or classes, and the common one for the others', () => {
    const seen = run({
      horizon: 10,
      workloads: {
        a: at([0, 0.25, 0.5], { classes: { slow: { endpoint: 'slow' } } }),
        b: at([0, 1, 2.5], { classes: { fast: { endpoint: 'fast' } } }),
        c: at([0, 0], { classes: { fast: { endpoint: 'fast' } } }),
      },
      services: {
        web: {
          endpoints: { slow: [{ io: 4 }], fast: [{ io: 2 }] },
          overload: {
            concurrencyLimit: 1,
            bulkheads: {
              slow: { endpoints: ['slow'], concurrent: 1, maxWait: 4 },
              bees: { classes: ['b.fast'], concurrent: 2 },
            },
          },
        },
      },
    })
    // a: the second waits until 4, the third gives up at 4.5. b: never more than two. c: one, by the common limit.
    expect(seen.lines).toEqual([
      [0, 0, 'shed'],
      [0, 2, 'ok'],
      [0, 2, 'ok'],
      [1, 3, 'ok'],
      [0, 4, 'ok'],
      [0.5, 4.5, 'shed'],
      [2.5, 4.5, 'ok'],
      [0.25, 8, 'ok'],
    ])
    expect(overloadOf(seen).refused).toEqual({ 'concurrency-limit': 1, bulkhead: 1 })
  })

  test('of all replicas together are one', () => {
    const limited = (scope: 'replica' | 'service'): string[] =>
      run(
        web([0, 0, 0], {
          replicas: 2,
          overload: { scope, concurrencyLimit: 1, rateLimit: { rate: 1, burst: 5 } },
          endpoints: work(1),
        }),
      ).lines.map(([, , outcome]) => outcome)
    expect(limited('replica')).toEqual(['shed', 'ok', 'ok'])
    expect(limited('service')).toEqual(['shed', 'shed', 'ok'])
  })

  test('of the rate come first, and take a token also for what is refused afterwards', () => {
    const seen = run(
      web([0, 0.25, 0.5, 2], {
        overload: { rateLimit: { rate: 1, burst: 2 }, queueLimit: 0 },
        endpoints: work(1),
      }),
    )
    expect(seen.lines).toEqual([
      [0.25, 0.25, 'shed'],
      [0.5, 0.5, 'rate-limited'],
      [0, 1, 'ok'],
      [2, 3, 'ok'],
    ])
    expect(overloadOf(seen).refused).toEqual({ 'rate-limit': 1, 'queue-limit': 1 })
  })

  test('of the rate may be a class of its own', () => {
    const seen = run({
      ...web([0, 0], { overload: { rateLimit: { rate: 1, perClass: true } }, endpoints: work(0) }),
      workloads: { c: at([0, 0]), d: at([0, 0]) },
    })
    expect(seen.lines.filter(([, , outcome]) => outcome === 'ok')).toHaveLength(2)
  })

  test('of a leaky bucket space the legs out', () => {
    const seen = run(
      web([0, 0, 0, 0], {
        overload: { rateLimit: { leaky: { rate: 2, capacity: 3 } } },
        endpoints: work(0.25),
      }),
    )
    expect(seen.lines).toEqual([
      [0, 0, 'rate-limited'],
      [0, 0.25, 'ok'],
      [0, 0.75, 'ok'],
      [0, 1.25, 'ok'],
    ])
    expect(seen.phases[2]).toEqual({ 'admission-wait': 1, cpu: 0.25 })
  })
})

describe('the queue for a core', () => {
  const order = (queue: 'fifo' | 'lifo' | 'adaptive-lifo', cpu: number): number[] =>
    run(web([0, 0.01, 0.02, 0.03, 0.04], { overload: { queue }, endpoints: work(cpu) })).lines.map(
      ([start]) => start,
    )

  test('serves the newest first, or only while it has been standing', () => {
    expect(order('lifo', 1)).toEqual([0, 0.04, 0.03, 0.02, 0.01])
    expect(order('adaptive-lifo', 1)).toEqual([0, 0.04, 0.03, 0.02, 0.01])
    // The queue is not empty from 0.01 on: at 0.02, 0.06 and 0.1 that is less than 0.1 s.
    expect(order('adaptive-lifo', 0.045)).toEqual([0, 0.01, 0.02, 0.04, 0.03])
    expect(order('fifo', 1)).toEqual([0, 0.01, 0.02, 0.03, 0.04])
  })

  const byPriority = (overload: ServiceInput['overload']): ReturnType<typeof run> =>
    run({
      horizon: 10,
      workloads: {
        low: at([0, 0.1, 0.2], { classes: { x: { priority: 2 } } }),
        middle: at([0.3], { classes: { x: { priority: 1 } } }),
        high: at([0.4, 0.5], { classes: { x: { priority: 0 } } }),
      },
      services: { web: { overload, endpoints: work(1) } },
    })

  test('serves the most important first, in order of arrival, and interrupts nobody', () => {
    expect(byPriority({ queue: 'priority' }).lines.map(([start]) => start)).toEqual([
      0, 0.4, 0.5, 0.3, 0.1, 0.2,
    ])
  })

  test('when it is full gives up the newest of the least important for a more important one', () => {
    const seen = byPriority({ queue: 'priority', queueLimit: 2 })
    expect(seen.lines).toEqual([
      [0.2, 0.3, 'shed'],
      [0.1, 0.4, 'shed'],
      [0.3, 0.5, 'shed'],
      [0, 1, 'ok'],
      [0.4, 2, 'ok'],
      [0.5, 3, 'ok'],
    ])
    expect(overloadOf(seen).refused).toEqual({ displaced: 3 })
  })

  test('gives up nobody who has begun', () => {
    const seen = run({
      horizon: 10,
      workloads: {
        low: at([0, 0], { classes: { x: { priority: 1 } } }),
        high: at([2.5], { classes: { x: { priority: 0 } } }),
      },
      services: {
        web: { overload: { queue: 'priority', queueLimit: 1 }, endpoints: { e: [{ io: 1 }, { cpu: 2 }] } },
      },
    })
    // At 2.5 the first one works 1-3, the second has waited since 1 after its io; the important one does its io meanwhile.
    expect(seen.lines.map(([, , outcome]) => outcome)).toEqual(['shed', 'ok', 'ok'])
    expect(seen.lines[0]).toEqual([2.5, 2.5, 'shed'])
  })
})

describe('what nobody waits for any more', () => {
  const late = (rest: Partial<ServiceInput>): ReturnType<typeof run> =>
    run(web([0, 0.5, 1.5], { ...rest, endpoints: work(2) }, { timeout: 1 }))

  test('is worked on, as long as nobody notices', () => {
    const { simulation } = late({})
    expect(simulation.world.kernel.now).toBe(10)
    expect(simulation.world.callers.abandoned).toBe(3)
    expect(simulation.result().components.web).toMatchObject({ utilization: { cpu: 0.6 } })
  })

  test.each([
    ['dropped without answer', { cancel: 'dequeue' as const }, 'cancelled'],
    ['answered', { overload: { shed: 'deadline' as const } }, 'expired'],
  ])('is %s when it leaves the queue', (_, rest, reason) => {
    const seen = late(rest)
    // The first works 0-2; at 2 the second has been given up at 1.5, and the third, which waits until 2.5, begins.
    expect(overloadOf(seen).refused).toEqual({ [reason]: 1 })
    expect(seen.simulation.result().components.web).toMatchObject({ utilization: { cpu: 0.4 } })
  })

  test('stops at once, at the core and in the queue', () => {
    const seen = late({ cancel: 'immediate' })
    // The first works 0-1, the second 1-1.5, the third 1.5-2.5.
    expect(seen.lines).toEqual([
      [0, 1, 'timeout'],
      [0.5, 1.5, 'timeout'],
      [1.5, 2.5, 'timeout'],
    ])
    expect(overloadOf(seen).refused).toEqual({ cancelled: 3 })
    expect(seen.simulation.result().components.web).toMatchObject({ utilization: { cpu: 0.25 } })
  })

  test('stops at once wherever it is: io, branches, waits for workers and memory, and calls', () => {
    const seen = run({
      horizon: 10,
      workloads: { c: at([0, 0, 0], { timeout: 1 }), d: at([5]) },
      services: {
        web: {
          cancel: 'immediate',
          workers: 2,
          memory: 100,
          endpoints: {
            e: [
              { memory: 100 },
              { parallel: [[{ io: 3 }], [{ cpu: 3 }], [{ parallel: [[{ call: 'deep' }], [{ cpu: 1 }]] }]] },
            ],
          },
        },
        deep: { cancel: 'immediate', endpoints: { e: [{ cpu: 3 }] } },
      },
    })
    // One is in three branches, one waits for memory, one for a worker; at 1 nothing is left of them.
    expect(seen.lines).toEqual([
      [0, 1, 'timeout'],
      [0, 1, 'timeout'],
      [0, 1, 'timeout'],
      [5, 9, 'ok'],
    ])
    expect(overloadOf(seen).refused).toEqual({ cancelled: 3 })
    expect(overloadOf(seen, 'deep').refused).toEqual({ cancelled: 1 })
    // 1 s of the first, 4 s of the last one.
    expect(seen.simulation.result().components.web).toMatchObject({ utilization: { cpu: 0.5 } })
    expect(seen.simulation.result().components.deep).toMatchObject({ utilization: { cpu: 0.4 } })
  })

  test('lets the rest of a shared core go faster', () => {
    const seen = run({
      horizon: 10,
      workloads: { c: at([0], { timeout: 1 }), d: at([0]) },
      services: { web: { discipline: 'ps', cancel: 'immediate', endpoints: work(2) } },
    })
    // Half of the core until 1, then all of it for the 1.5 s that remain.
    expect(seen.lines).toEqual([
      [0, 1, 'timeout'],
      [0, 2.5, 'ok'],
    ])
  })

  test('is not begun where it arrives too late', () => {
    const seen = run({
      ...web([0], { cancel: 'dequeue', endpoints: work(1) }, { timeout: 1 }),
      links: [{ from: 'c', to: 'web', latency: 2 }],
    })
    expect(overloadOf(seen).refused).toEqual({ cancelled: 1 })
    expect(seen.simulation.result().components.web).toMatchObject({ utilization: { cpu: 0 } })
  })

  test('is, for a learnt limit, a failure', () => {
    const seen = run(
      web(
        [0],
        {
          cancel: 'immediate',
          overload: { concurrencyLimit: { aimd: { min: 1, initial: 20 } } },
          endpoints: work(9),
        },
        { timeout: 1 },
      ),
    )
    // 20 until 1 s, then 18.
    expect(overloadOf(seen).limit!.mean).toBeCloseTo(18.2, 12)
  })
})

describe('CoDel', () => {
  /** Replica 0 gets all the long ones, so that its queue stands while the other's never does. */
  const seen = (scope: 'replica' | 'service'): ReturnType<typeof run> =>
    run({
      horizon: 10,
      workloads: {
        c: at(
          Array.from({ length: 16 }, (_, i) => i * 0.1),
          {
            classes: { c: {} },
          },
        ),
      },
      services: {
        web: {
          replicas: [
            { count: 1, speed: 0.5 },
            { count: 1, speed: 10 },
          ],
          overload: { shed: { codel: { target: 0.05, interval: 0.3 } }, scope },
          endpoints: work(0.15),
        },
      },
    })

  const firstDrop = (scope: 'replica' | 'service'): number =>
    seen(scope).lines.find(([, , outcome]) => outcome === 'shed')![1]

  test('sheds at the replica whose queue stands', () => {
    // It takes one every 0.3; at 0.9 for the first time somebody has waited and another one stands behind.
    expect(firstDrop('replica')).toBe(1.2)
  })

  test('with scope: service sheds nothing while another replica lets legs pass at once', () => {
    // The last one does at 1.5, and at the same instant one leaves the other queue.
    expect(firstDrop('service')).toBe(1.8)
  })
})
