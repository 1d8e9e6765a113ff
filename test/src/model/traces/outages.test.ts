/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import { at, run } from '../../../support/hand-trace.ts'

describe('outages', () => {
  test('of mode drain leave what is there alone', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([0, 1, 1], { to: 'lb' }) },
      balancers: { lb: { to: 'web' } },
      services: { web: { replicas: 2, endpoints: { e: [{ cpu: 2 }] } } },
      events: [{ outage: 'web/0', at: 0.5, for: 5 }],
    })
    expect(lines).toEqual([
      [0, 2, 'ok'],
      [1, 3, 'ok'],
      [1, 5, 'ok'],
    ])
  })

  test('of mode crash fail what is there and what arrives; answers travel', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([0, 1.5, 3, 6], { to: 'lb' }) },
      balancers: { lb: { to: 'web' } },
      links: [{ from: 'lb', to: 'web', latency: 1 }],
      services: { web: { endpoints: { e: [{ cpu: 5 }] } } },
      events: [{ outage: 'web', at: 2, for: 2, mode: 'crash' }],
    })
    // The second is on its way at 2 and arrives at 2.5, the third finds no backend.
    expect(lines).toEqual([
      [3, 3, 'unavailable'],
      [0, 3, 'failed'],
      [1.5, 3.5, 'failed'],
      [6, 13, 'ok'],
    ])
  })

  test('that overlap end with the last', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([0, 1, 3, 4], { to: 'lb' }) },
      balancers: { lb: { to: 'web' } },
      services: { web: { endpoints: { e: [] } } },
      events: [
        { outage: 'web', at: 1, for: 2 },
        { outage: 'web/0', at: 2, for: 2 },
      ],
    })
    expect(lines).toEqual([
      [0, 0, 'ok'],
      [1, 1, 'unavailable'],
      [3, 3, 'unavailable'],
      [4, 4, 'ok'],
    ])
  })

  test('let requests wait for a backend as long as noBackend allows', () => {
    const { lines, phases } = run({
      horizon: 10,
      workloads: { c: at([0.25, 1.5], { to: 'lb' }) },
      balancers: { lb: { to: 'web', noBackend: 1.5 } },
      links: [{ from: 'c', to: 'lb', latency: 0.25 }],
      services: { web: { endpoints: { e: [{ cpu: 1 }] } } },
      events: [{ outage: 'web', at: 0, for: 2.5 }],
    })
    // The first arrives at 0.5 and gives up at 2; the second arrives at 1.75 and is sent on at 2.5.
    expect(lines).toEqual([
      [0.25, 2.25, 'unavailable'],
      [1.5, 3.75, 'ok'],
    ])
    expect(phases).toEqual([{ network: 0.5, unroutable: 0.75, cpu: 1 }])
  })

  test('are told by a service without balancer over the link that led there', () => {
    const { lines } = run({
      horizon: 10,
      workloads: { c: at([1]) },
      links: [{ from: 'c', to: 'web', latency: 0.25 }],
      services: { web: { endpoints: { e: [{ cpu: 1 }] } } },
      events: [{ outage: 'web', at: 0 }],
    })
    expect(lines).toEqual([[1, 1.5, 'unavailable']])
  })
})
