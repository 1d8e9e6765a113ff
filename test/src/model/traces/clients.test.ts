/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import { at, run } from '../../../support/hand-trace.ts'

describe('clients', () => {
  test('give up after the timeout, try again after the backoff, and the server does not notice', () => {
    const { lines, simulation } = run({
      horizon: 10,
      workloads: {
        c: at([0], { timeout: 1, retry: { attempts: 2, backoff: { constant: 0.5 } } }),
        patient: at([4]),
      },
      services: { web: { endpoints: { e: [{ cpu: 3 }] } } },
    })
    // The legs of the first client work 0-3 and 3-6, the other one's 6-9.
    expect(lines).toEqual([
      [0, 2.5, 'timeout', 2],
      [4, 9, 'ok'],
    ])
    expect(simulation.world.callers.abandoned).toBe(2)
  })

  test('back off by the factor, up to the maximum', () => {
    const { lines } = run({
      horizon: 10,
      workloads: {
        c: at([0], {
          retry: { attempts: 5, backoff: { exponential: { base: 0.25, factor: 2, max: 0.75 } } },
        }),
      },
      links: [{ from: 'c', to: 'web', loss: 1 }],
      services: { web: { endpoints: { e: [] } } },
    })
    // 0.25 + 0.5 + 0.75 + 0.75.
    expect(lines).toEqual([[0, 2.25, 'lost', 5]])
  })

  test('answer for the whole way that attempts took', () => {
    const { lines, phases } = run({
      horizon: 10,
      workloads: { c: at([0.5], { timeout: 1, retry: { attempts: 3, backoff: { constant: 0.5 } } }) },
      services: { web: { cores: 9, endpoints: { e: [{ cpu: 1 }] } } },
      events: [{ slow: 'web', factor: 4, at: 0, for: 1 }],
    })
    // Sent at 0.5: 1/8 of the work by 1, the rest by 1.875, after the timeout at 1.5. Sent again at 2: ends at 3, as its timeout
    // does, which was scheduled first.
    expect(lines).toEqual([[0.5, 4.5, 'timeout', 3]])
    expect(phases).toEqual([])
    const second = run({
      horizon: 10,
      workloads: { c: at([0.5], { timeout: 1, retry: { attempts: 3, backoff: { constant: 0.5 } } }) },
      services: { web: { cores: 9, endpoints: { e: [{ cpu: 0.9 }] } } },
      events: [{ slow: 'web', factor: 4, at: 0, for: 1 }],
    })
    expect(second.lines).toEqual([[0.5, 2.9, 'ok', 2]])
    expect(second.phases).toEqual([{ 'failed-attempt': 1, backoff: 0.5, cpu: 0.9 }])
  })

  test('have a deadline over all attempts', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([0], { timeout: 1.5, retry: { attempts: 3 }, classes: { x: { deadline: 2 } } }) },
      services: { web: { endpoints: { e: [{ cpu: 9 }] } } },
    })
    expect(lines).toEqual([[0, 2, 'deadline', 2]])
  })

  test('end with the cause of the last attempt', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([0], { to: 'lb', timeout: 1, retry: { attempts: 2, backoff: { constant: 1 } } }) },
      balancers: { lb: { to: 'web' } },
      services: { web: { endpoints: { e: [{ cpu: 9 }] } } },
      events: [{ outage: 'web', at: 1.5 }],
    })
    expect(lines).toEqual([[0, 2, 'unavailable', 2]])
  })

  test('who are closed think, send and wait', () => {
    const { lines } = run({
      horizon: 4.5,
      workloads: { c: { to: 'web', arrivals: { closed: { users: 2, think: 1 } } } },
      services: { web: { endpoints: { e: [{ cpu: 0.5 }] } } },
    })
    // Both send at 1; the one who waits for the other stays half a second behind.
    expect(lines).toEqual([
      [1, 1.5, 'ok'],
      [1, 2, 'ok'],
      [2.5, 3, 'ok'],
      [3, 3.5, 'ok'],
      [4, 4.5, 'ok'],
    ])
  })
})
