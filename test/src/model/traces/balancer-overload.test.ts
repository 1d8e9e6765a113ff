/** Overload control at balancers: every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { ComponentResult, OverloadResult } from '../../../../src/results/types.ts'
import type { BalancerInput } from '../../../../src/scenario/schema/balancer.ts'
import type { ServiceInput } from '../../../../src/scenario/schema/service.ts'
import type { WorkloadInput } from '../../../../src/scenario/schema/workload.ts'
import type { ScenarioInput } from '../../../../src/scenario/schema.ts'
import { at, run } from '../../../support/hand-trace.ts'

type Seen = ReturnType<typeof run>

/** Two seconds of work at one of two replicas, behind `lb`. */
function behind(
  times: readonly number[],
  balancer: Partial<BalancerInput>,
  workload: Partial<WorkloadInput> = {},
  service: Partial<ServiceInput> = {},
): Omit<ScenarioInput, 'name'> {
  return {
    horizon: 20,
    workloads: { c: at(times, { ...workload, to: 'lb' }) },
    balancers: { lb: { to: 'web', ...balancer } },
    services: { web: { replicas: 2, endpoints: { e: [{ io: 2 }] }, ...service } },
  }
}

function overloadOf({ simulation }: Seen): OverloadResult {
  const component: ComponentResult = simulation.result().components.lb!
  if (component.kind !== 'balancer' || component.overload === undefined)
    throw new Error('no overload control')
  return component.overload
}

describe('a balancer', () => {
  test('lets so many legs be in flight behind it, and so many wait', () => {
    const seen = run(
      behind([0, 0.5, 1, 1.5], {
        overload: { concurrencyLimit: { fixed: { limit: 1, maxQueue: 2, maxWait: 1.75 } } },
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
    // (1.5 + 1.75) / 20.
    expect(queue!.mean).toBeCloseTo(0.1625, 12)
    expect(limit).toEqual({ mean: 1, max: 1 })
  })

  test('answers what it refuses over the link to its caller, and holds a place until the answer is back', () => {
    const seen = run({
      ...behind([0, 1, 4], { overload: { concurrencyLimit: 1 } }),
      links: [
        { from: 'c', to: 'lb', latency: 0.125 },
        { from: 'lb', to: 'web', latency: 0.5 },
      ],
    })
    // The first one is in flight behind the balancer from 0.125 to 3.125.
    expect(seen.lines).toEqual([
      [1, 1.25, 'shed'],
      [0, 3.25, 'ok'],
      [4, 7.25, 'ok'],
    ])
  })

  test('limits the rate, of each class by itself, and lets a leaky bucket delay', () => {
    const token = run(behind([0, 0, 0, 1], { overload: { rateLimit: { rate: 1, burst: 2 } } }))
    expect(token.lines.map(([, , outcome]) => outcome)).toEqual(['rate-limited', 'ok', 'ok', 'ok'])
    expect(overloadOf(token).refused).toEqual({ 'rate-limit': 1 })
    const leaky = run(behind([0, 0, 0], { overload: { rateLimit: { leaky: { rate: 2, capacity: 2 } } } }))
    expect(leaky.lines).toEqual([
      [0, 0, 'rate-limited'],
      [0, 2, 'ok'],
      [0, 2.5, 'ok'],
    ])
    expect(leaky.phases[1]).toEqual({ 'admission-wait': 0.5, io: 2 })
    const classes = run({
      ...behind([0, 0], { overload: { rateLimit: { rate: 1, burst: 1, perClass: true } } }),
      workloads: { c: at([0, 0], { to: 'lb' }), d: at([0], { to: 'lb' }) },
    })
    expect(classes.lines.map(([, , outcome]) => outcome).sort()).toEqual(['ok', 'ok', 'rate-limited'])
  })

  test('has bulkheads for classes', () => {
    const seen = run({
      ...behind([], { overload: { bulkheads: { d: { classes: ['d'], concurrent: 1 } } } }),
      workloads: { c: at([0, 0, 0], { to: 'lb' }), d: at([0, 1], { to: 'lb' }) },
    })
    expect(seen.lines.filter(([, , outcome]) => outcome === 'shed')).toEqual([[1, 1, 'shed']])
    expect(overloadOf(seen).refused).toEqual({ bulkhead: 1 })
  })

  test('lets the newest go on first, or the most important, which displaces others from a full queue', () => {
    const limit = { fixed: { limit: 1, maxQueue: 2 } }
    const lifo = run(behind([0, 0.5, 1], { overload: { concurrencyLimit: limit, queue: 'lifo' } }))
    expect(lifo.lines.map(([start]) => start)).toEqual([0, 1, 0.5])
    const priority = run({
      ...behind([], { overload: { concurrencyLimit: limit, queue: 'priority' } }),
      workloads: {
        low: at([0, 0.25, 0.5], { to: 'lb', classes: { c: { priority: 1 } } }),
        high: at([1, 1.5], { to: 'lb', classes: { c: { priority: 0 } } }),
      },
    })
    expect(priority.lines).toEqual([
      [0.5, 1, 'shed'],
      [0.25, 1.5, 'shed'],
      [0, 2, 'ok'],
      [1, 4, 'ok'],
      [1.5, 6, 'ok'],
    ])
    expect(overloadOf(priority).refused).toEqual({ displaced: 2 })
  })

  test('drops what nobody waits for where it leaves a queue', () => {
    const limited = run(
      behind(
        [0, 0.5],
        { overload: { concurrencyLimit: { fixed: { limit: 1, maxQueue: 9 } }, shed: 'deadline' } },
        { timeout: 1.25 },
      ),
    )
    expect(overloadOf(limited).refused).toEqual({ expired: 1 })
    const unroutable = run({
      ...behind([1, 1.5, 3], { noBackend: 9, overload: { shed: 'deadline' } }, { timeout: 2.75 }),
      events: [{ outage: 'web', at: 0, for: 4 }],
    })
    // Back at 4, the first has given up at 3.75; the second at 4.25, the third has its answer at 6.
    expect(overloadOf(unroutable).refused).toEqual({ expired: 1 })
    expect(unroutable.lines.map(([, end, outcome]) => [end, outcome])).toEqual([
      [3.75, 'timeout'],
      [4.25, 'timeout'],
      [5.75, 'timeout'],
    ])
  })

  test('bounds the queue for a backend', () => {
    const seen = run({
      ...behind([1, 1.5, 3], { noBackend: 9, overload: { queueLimit: 2 } }),
      events: [{ outage: 'web', at: 0, for: 4 }],
    })
    expect(seen.lines).toEqual([
      [3, 3, 'shed'],
      [1, 6, 'ok'],
      [1.5, 6, 'ok'],
    ])
    expect(overloadOf(seen).refused).toEqual({ 'queue-limit': 1 })
  })

  test('sheds by delay from its own queue', () => {
    const times = Array.from({ length: 40 }, (_, i) => i * 0.05)
    const seen = run(
      behind(
        times,
        {
          overload: {
            concurrencyLimit: { fixed: { limit: 1, maxQueue: 100 } },
            shed: { codel: { target: 0.05, interval: 0.2 } },
          },
        },
        {},
        { endpoints: { e: [{ io: 0.1 }] } },
      ),
    )
    // By hand: waits are 0.05 from 0.1 on, longer later; a first drop at the first dequeue 0.2 after the wait reached 0.05.
    const { refused } = overloadOf(seen)
    expect(Object.keys(refused)).toEqual(['delay'])
    expect(seen.lines.find(([, , outcome]) => outcome === 'shed')).toEqual([0.2, 0.4, 'shed'])
  })

  test('gives back the place of a leg that is lost, or finds no backend', () => {
    const lost = run({
      ...behind([0, 1, 2], { overload: { concurrencyLimit: 1 } }),
      links: [{ from: 'lb', to: 'web', latency: 0.1, loss: 1 }],
    })
    expect(lost.lines.map(([, , outcome]) => outcome)).toEqual(['lost', 'lost', 'lost'])
    const none = run({
      ...behind([0, 1, 2], { overload: { concurrencyLimit: 1 } }),
      events: [{ outage: 'web', at: 0, for: 9 }],
    })
    expect(none.lines.map(([, , outcome]) => outcome)).toEqual(['unavailable', 'unavailable', 'unavailable'])
  })

  test('counts a forwarded leg at each balancer that its answer passes', () => {
    const seen = run({
      horizon: 20,
      workloads: { c: at([0, 0.5, 1.75, 4], { to: 'lb' }) },
      balancers: {
        lb: { to: 'web', overload: { concurrencyLimit: 2 } },
        inner: { to: 'db', overload: { concurrencyLimit: 1 } },
      },
      services: {
        web: { endpoints: { e: [{ io: 1 }, { forward: 'inner' }] } },
        db: { endpoints: { e: [{ io: 1 }] } },
      },
    })
    // The second reaches the inner balancer at 1.5, where the first is until 2.
    expect(seen.lines).toEqual([
      [0.5, 1.5, 'shed'],
      [0, 2, 'ok'],
      [1.75, 3.75, 'ok'],
      [4, 6, 'ok'],
    ])
  })
})
