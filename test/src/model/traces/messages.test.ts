/** Every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { WorkloadInput } from '../../../../src/scenario/schema/workload.ts'
import { at, type Line, run } from '../../../support/hand-trace.ts'

describe('messages', () => {
  test('take the latency of the link in each direction', () => {
    const { lines, phases } = run({
      horizon: 5,
      workloads: { c: at([1]) },
      links: [{ from: 'c', to: 'web', latency: 0.125 }],
      services: { web: { endpoints: { e: [{ cpu: 1 }] } } },
    })
    expect(lines).toEqual([[1, 2.25, 'ok']])
    expect(phases).toEqual([{ network: 0.25, cpu: 1 }])
  })

  test('take what spikes add when they are sent', () => {
    const { lines } = run({
      horizon: 20,
      workloads: { c: at([1, 6, 12, 16]) },
      links: [{ from: 'c', to: 'web', latency: 0.125 }],
      services: { web: { endpoints: { e: [] } } },
      events: [
        { latency: 'c->web', add: 0.25, at: 0, for: 10 },
        { latency: 'c->web', add: 0.5, at: 5, for: 10 },
      ],
    })
    expect(lines).toEqual([
      [1, 1.75, 'ok'],
      [6, 7.75, 'ok'],
      [12, 13.25, 'ok'],
      [16, 16.25, 'ok'],
    ])
  })

  test('pass a proxy on their way back, and not one that is answered past', () => {
    const system = (response: 'proxy' | 'direct', direct: number): Line[] =>
      run({
        horizon: 5,
        workloads: { c: at([0], { to: 'lb' }) },
        balancers: { lb: { to: 'web', response } },
        links: [
          { from: 'c', to: 'lb', latency: 0.5 },
          { from: 'lb', to: 'web', latency: 1 },
          ...(response === 'direct' && direct > 0 ? [{ from: 'web', to: 'c', latency: direct }] : []),
        ],
        services: { web: { endpoints: { e: [] } } },
      }).lines
    expect(system('proxy', 0)).toEqual([[0, 3, 'ok']])
    expect(system('direct', 0)).toEqual([[0, 1.5, 'ok']])
    expect(system('direct', 0.25)).toEqual([[0, 1.75, 'ok']])
  })

  test('that are lost are noticed by a timer, and where there is none at once', () => {
    const system = (client: Partial<WorkloadInput>): Line[] =>
      run({
        horizon: 5,
        workloads: { c: at([1], client) },
        links: [{ from: 'c', to: 'web', latency: 0.125, loss: 1 }],
        services: { web: { endpoints: { e: [] } } },
      }).lines
    expect(system({})).toEqual([[1, 1, 'lost']])
    expect(system({ timeout: 0.5 })).toEqual([[1, 1.5, 'timeout']])
    expect(system({ classes: { x: { deadline: 0.25 } } })).toEqual([[1, 1.25, 'deadline']])
  })

  test('to one slot take its own link', () => {
    const { lines } = run({
      horizon: 5,
      workloads: { c: at([0, 0], { to: 'lb' }) },
      balancers: { lb: { to: 'web' } },
      links: [
        { from: 'lb', to: 'web', latency: 0.25 },
        { from: 'lb', to: 'web/1', latency: 1 },
      ],
      services: { web: { replicas: 2, endpoints: { e: [] } } },
    })
    expect(lines).toEqual([
      [0, 0.5, 'ok'],
      [0, 2, 'ok'],
    ])
  })
})
