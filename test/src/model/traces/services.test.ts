/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import { at, type Line, run } from '../../../support/hand-trace.ts'

describe('cores', () => {
  test('serve in order of arrival, as many as there are', () => {
    const { lines } = run({
      horizon: 5,
      workloads: { c: at([0, 0.5, 1]) },
      services: { web: { cores: 2, endpoints: { e: [{ cpu: 2 }] } } },
    })
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [0.5, 2.5, 'ok'],
      [1, 4, 'ok'],
    ])
  })

  test('are kept over cpu steps and given back before io', () => {
    const { lines, phases } = run({
      horizon: 5,
      workloads: { c: at([0, 0.5]) },
      services: { web: { endpoints: { e: [{ cpu: 1 }, { cpu: 1 }, { io: 2.5 }, { cpu: 1 }] } } },
    })
    // A: core 0-2, io 2-4.5, core 4.5-5.5. B: waits 0.5-2, core 2-4, io 4-6.5, core 6.5-7.5.
    expect(lines).toEqual([
      [0, 5.5, 'ok'],
      [0.5, 7.5, 'ok'],
    ])
    expect(phases).toEqual([
      { cpu: 3, io: 2.5 },
      { 'cpu-wait': 1.5, cpu: 3, io: 2.5 },
    ])
  })

  test('are shared equally under processor sharing', () => {
    const { lines, phases } = run({
      horizon: 5,
      workloads: { c: { ...at([0, 1]), classes: { e: {} } } },
      services: { web: { discipline: 'ps', endpoints: { e: [{ cpu: 2 }] } } },
    })
    // A alone 0-1 (1 left), both at half speed: A's 1 takes to 3, when B has 1 left, which it does alone by 4.
    expect(lines).toEqual([
      [0, 3, 'ok'],
      [1, 4, 'ok'],
    ])
    expect(phases).toEqual([
      { cpu: 2, 'cpu-wait': 1 },
      { cpu: 2, 'cpu-wait': 1 },
    ])
  })

  test('slow down by the product of what strikes them, also within a step', () => {
    const { lines } = run({
      horizon: 8,
      workloads: { c: at([0, 1]) },
      services: { web: { cores: 2, endpoints: { e: [{ cpu: 1 }] } } },
      events: [
        { slow: 'web', factor: 2, at: 0, for: 4 },
        { slow: 'web/0', factor: 4, at: 2, for: 4 },
      ],
    })
    // Speed 1/2 until 2, 1/8 until 4, 1/4 until 6. B: 1/2 by 2, 3/4 by 4, the last quarter by 5.
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [1, 5, 'ok'],
    ])
  })
})

describe('admission', () => {
  test('to memory blocks at the head of the line', () => {
    const { lines, phases } = run({
      horizon: 5,
      workloads: {
        b: { ...at([0, 1]), classes: { big: { endpoint: 'big' } } },
        s: { ...at([2]), classes: { small: { endpoint: 'small' } } },
      },
      services: {
        web: {
          memory: '10MiB',
          endpoints: { big: [{ memory: '8MiB' }, { io: 4 }], small: [{ memory: '2MiB' }, { io: 1 }] },
        },
      },
    })
    // The small one would fit from 2 on, but stands behind the second big one.
    expect(lines).toEqual([
      [0, 4, 'ok'],
      [2, 5, 'ok'],
      [1, 8, 'ok'],
    ])
    expect(phases.map((phase) => phase['memory-wait'] ?? 0)).toEqual([0, 2, 3])
  })

  test('to a worker holds it also during calls', () => {
    const { lines, phases } = run({
      horizon: 5,
      workloads: { c: at([0, 1]) },
      services: {
        web: { workers: 1, endpoints: { e: [{ call: 'db' }] } },
        db: { endpoints: { q: [{ io: 2 }] } },
      },
    })
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [1, 4, 'ok'],
    ])
    expect(phases).toEqual([{ io: 2 }, { 'worker-wait': 1, io: 2 }])
  })

  test('ends at a forward, which frees the worker', () => {
    const { lines } = run({
      horizon: 5,
      workloads: { c: at([0, 0]) },
      links: [{ from: 'db', to: 'c', latency: 0.25, oneWay: true }],
      services: {
        web: { workers: 1, endpoints: { e: [{ cpu: 1 }, { forward: 'db' }] } },
        db: { endpoints: { q: [{ io: 3 }] } },
      },
    })
    expect(lines).toEqual([
      [0, 4.25, 'ok'],
      [0, 5.25, 'ok'],
    ])
  })

  test('of many that take no time, behind one that does, needs no stack', () => {
    const times = Array.from({ length: 50_000 }, () => 1)
    const { simulation } = run({
      horizon: 20,
      workloads: {
        slow: { ...at([0]), classes: { slow: { endpoint: 'slow' } } },
        many: { ...at(times), classes: { quick: { endpoint: 'quick' } } },
      },
      services: {
        web: {
          workers: 1,
          memory: '1MiB',
          endpoints: { slow: [{ memory: '1MiB' }, { io: 10 }], quick: [{ memory: '1MiB' }] },
        },
      },
    })
    expect(simulation.world.requests.okTotal).toBe(50_001)
  })
})

describe('callees', () => {
  const nested = (call: object, db: number): Line[] =>
    run({
      horizon: 10,
      workloads: { c: at([0]) },
      links: [{ from: 'web', to: 'db', latency: 0.25 }],
      services: {
        web: { endpoints: { e: [{ cpu: 1 }, { call: { to: 'db', ...call } }, { cpu: 1 }] } },
        db: { cores: 9, endpoints: { q: [{ cpu: db }] } },
      },
    }).lines

  test('are waited for', () => expect(nested({}, 2)).toEqual([[0, 4.5, 'ok']]))
  test('that are late fail their caller', () =>
    expect(nested({ timeout: 1 }, 2)).toEqual([[0, 2, 'timeout']]))
  test('are tried again', () => {
    expect(nested({ timeout: 1, retry: { attempts: 3, backoff: { constant: 0.5 } } }, 2)).toEqual([
      [0, 5, 'timeout'],
    ])
  })
})

describe('branches', () => {
  test('run side by side and end with the last', () => {
    const { lines, phases } = run({
      horizon: 10,
      workloads: { c: at([0]) },
      services: {
        web: {
          endpoints: {
            e: [
              { cpu: 1 },
              { parallel: [[{ io: 2 }], [{ cpu: 1 }, { cpu: 1 }, { io: 1 }], [{ cpu: 1 }]] },
              { io: 1 },
            ],
          },
        },
      },
    })
    // Branches from 1: io to 3; core 1-3, io to 4; the third waits for the core until 3, done at 4, last in the order of events.
    expect(lines).toEqual([[0, 5, 'ok']])
    expect(phases[0]!.cpu! + phases[0]!.io! + (phases[0]!['cpu-wait'] ?? 0)).toBe(5)
  })

  test('are all awaited when one fails, and the outcome is that of the first that did', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([0]) },
      services: {
        web: {
          endpoints: { e: [{ parallel: [[{ io: 2 }], [{ call: { to: 'db', timeout: 0.5 } }]] }, { io: 9 }] },
        },
        db: { endpoints: { q: [{ io: 5 }] } },
      },
    })
    expect(lines).toEqual([[0, 2, 'timeout']])
  })
})
