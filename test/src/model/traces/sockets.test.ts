/** Connections, every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { SocketsInput } from '../../../../src/scenario/schema/sockets.ts'
import { at, run } from '../../../support/hand-trace.ts'
import { expectDrained } from '../../../support/invariants.ts'

const web = (sockets: SocketsInput, seconds = 1) => ({
  web: { cores: 10, sockets, endpoints: { e: [{ io: seconds }] } },
})
const links = [{ from: 'c', to: 'web', latency: 0.125 }]

describe('connections', () => {
  test('take one round trip to set up', () => {
    const { lines, phases, simulation } = run({
      horizon: 9,
      workloads: { c: at([1]) },
      links,
      services: web({}),
    })
    expect(lines).toEqual([[1, 2.5, 'ok']])
    expect(phases).toEqual([{ connect: 0.25, network: 0.25, io: 1 }])
    expectDrained(simulation)
  })

  test('are kept for the next request until they have been idle for keepAlive', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1, 3, 8]) },
      links,
      services: web({ keepAlive: 2 }),
    })
    expect(lines).toEqual([
      [1, 2.5, 'ok'],
      [3, 4.25, 'ok'],
      [8, 9.5, 'ok'],
    ])
    const component = simulation.result().components.web!
    expect(component).toMatchObject({ sockets: { opened: 2, reused: 1, peak: 1 } })
    expectDrained(simulation)
  })

  test('wait in the backlog in the order of their SYNs', () => {
    const { lines, phases } = run({
      horizon: 20,
      workloads: { c: at([1, 1.25, 1.5]) },
      services: web({ max: 1, backlog: 2 }),
    })
    expect(lines).toEqual([
      [1, 2, 'ok'],
      [1.25, 3, 'ok'],
      [1.5, 4, 'ok'],
    ])
    expect(phases).toEqual([{ io: 1 }, { 'socket-wait': 0.75, io: 1 }, { 'socket-wait': 1.5, io: 1 }])
  })

  test('are refused after one round trip where the callee says so', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1, 1.5]) },
      links,
      services: web({ max: 1, backlog: 0, onFull: 'refuse' }),
    })
    expect(lines).toEqual([
      [1.5, 1.75, 'refused'],
      [1, 2.5, 'ok'],
    ])
    expect(simulation.result().components.web).toMatchObject({ sockets: { refused: 1, dropped: 0, peak: 1 } })
    expectDrained(simulation)
  })

  test('send their SYN again 1, 3 and 7 s after the first', () => {
    const { lines, phases } = run({
      horizon: 60,
      workloads: { c: at([1, 2]) },
      links,
      services: web({ max: 1, backlog: 0 }, 6),
    })
    // The first holds the socket until 1 + 4 x 0.125 + 6 = 7.5; SYNs of the second leave at 2, 3, 5 and 9.
    expect(lines).toEqual([
      [1, 7.5, 'ok'],
      [2, 15.5, 'ok'],
    ])
    expect(phases[1]).toEqual({ connect: 7.25, network: 0.25, io: 6 })
  })

  test('time out 127 s after the first SYN, or with the attempt', () => {
    const system = (timeout: number | undefined) =>
      run({
        horizon: 300,
        workloads: { c: at([1, 2], timeout === undefined ? {} : { timeout }) },
        services: web({ max: 1, backlog: 0 }, 200),
      })
    const patient = system(undefined)
    expect(patient.lines).toEqual([
      [2, 129, 'connect-timeout'],
      [1, 201, 'ok'],
    ])
    expectDrained(patient.simulation)
    const impatient = system(5)
    expect(impatient.lines).toEqual([
      [1, 6, 'timeout'],
      [2, 7, 'timeout'],
    ])
    expectDrained(impatient.simulation)
  })

  test('hold a socket on each side of a proxy, and one memory each', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1, 1.5], { to: 'lb' }) },
      balancers: { lb: { to: 'web', sockets: { max: 4, memoryPerConnection: '1KiB' }, memory: '1MiB' } },
      services: { web: { cores: 9, endpoints: { e: [{ io: 1 }] } } },
    })
    expect(lines).toEqual([
      [1, 2, 'ok'],
      [1.5, 2.5, 'ok'],
    ])
    expect(simulation.result().components.lb).toMatchObject({
      sockets: { peak: 4, mean: (4 * 0.5 + 2 * 1) / 20 },
      memory: { peak: 4096 },
    })
    expect(simulation.result().warnings.map(({ code }) => code)).toContain('sockets-near-max')
    expectDrained(simulation)
  })

  test('leave a balancer at forwarding where answers do not pass it', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1], { to: 'lb' }) },
      links: [{ from: 'lb', to: 'web', latency: 0.5 }],
      balancers: { lb: { to: 'web', response: 'direct', sockets: {} } },
      services: { web: { sockets: {}, endpoints: { e: [{ io: 1 }] } } },
    })
    expect(lines).toEqual([[1, 3.5, 'ok']])
    expect(simulation.result().components).toMatchObject({
      // Both for the second in which the connection to the replica is set up.
      lb: { sockets: { peak: 2, mean: (2 * 1) / 20 } },
      // From the arrival of the SYN to the answer.
      web: { sockets: { peak: 1, mean: 2 / 20 } },
    })
    expectDrained(simulation)
  })

  test('compete with requests for memory', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1, 1.25, 1.5]) },
      services: {
        web: {
          memory: '10MiB',
          sockets: { memoryPerConnection: '2MiB' },
          endpoints: { e: [{ memory: '5MiB' }, { io: 1 }] },
        },
      },
    })
    // Two connections and one reservation fit: the second waits for its memory, the third in the backlog.
    expect(lines).toEqual([
      [1, 2, 'ok'],
      [1.25, 3, 'ok'],
      [1.5, 4, 'ok'],
    ])
    expect(simulation.result().components.web).toMatchObject({
      sockets: { peak: 2 },
      memory: { peak: 9 * 2 ** 20 },
      queue: { backlog: { max: 1 }, memory: { max: 1 } },
    })
    expectDrained(simulation)
  })

  test('cannot be opened while all ports are in TIME_WAIT: ports / timeWait per second at most', () => {
    const times = Array.from({ length: 12 }, (_, i) => 1 + i)
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at(times, { to: 'lb' }) },
      balancers: { lb: { to: 'web', sockets: { ephemeralPorts: 2, timeWait: 4 } } },
      services: { web: { endpoints: { e: [] } } },
    })
    // Those of 1 and 2 are free again at 5 and 6, and so on: two in four seconds.
    expect(lines.map(([, , outcome]) => outcome)).toEqual(
      [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0].map((ok) => (ok ? 'ok' : 'refused')),
    )
    expect(simulation.result().components.lb).toMatchObject({ sockets: { noPort: 6, ports: { peak: 2 } } })
    expect(simulation.result().warnings.map(({ code }) => code)).toContain('ports-exhausted')
    expectDrained(simulation)
  })

  test('fail with the replica that crashes', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1, 1.25, 3]) },
      services: web({ max: 1, backlog: 5 }),
      events: [{ outage: 'web', at: 1.5, for: 1, mode: 'crash' }],
    })
    expect(lines).toEqual([
      [1, 1.5, 'failed'],
      [1.25, 1.5, 'failed'],
      [3, 4, 'ok'],
    ])
    expectDrained(simulation)
  })

  test('pass on with a forward, and go round an implicit balancer', () => {
    const { lines, simulation } = run({
      horizon: 20,
      workloads: { c: at([1, 1.25]) },
      links: [
        { from: 'c', to: 'web', latency: 0.125 },
        { from: 'web', to: 'store', latency: 0.25 },
      ],
      services: {
        web: { sockets: { keepAlive: 9 }, endpoints: { e: [{ forward: 'store' }] } },
        store: { replicas: 2, sockets: { max: 1 }, endpoints: { e: [{ io: 1 }] } },
      },
    })
    // Three times 0.125 to web and three times 0.25 to a replica of its own; the answer goes straight back.
    expect(lines).toEqual([
      [1, 3.125, 'ok'],
      [1.25, 3.375, 'ok'],
    ])
    expect(simulation.result().components).toMatchObject({
      store: { sockets: { peak: 2, opened: 2, dropped: 0 }, queue: { backlog: { max: 0 } } },
    })
    expectDrained(simulation)
  })

  test('are set up in spite of lost packets', () => {
    const { lines, simulation } = run({
      horizon: 300,
      workloads: { c: at([1]) },
      links,
      services: web({}),
      events: [{ loss: 'c->web', add: '100%', at: 0, for: 3 }],
    })
    // SYNs at 1 and 2 are lost, the one at 4 is not.
    expect(lines).toEqual([[1, 5.5, 'ok']])
    expectDrained(simulation)
  })

  test('that are idle do not keep a draining replica', () => {
    const { lines, simulation } = run({
      horizon: 40,
      workloads: { c: at([1, 1]) },
      services: {
        web: {
          replicas: 2,
          sockets: { keepAlive: 1000 },
          endpoints: { e: [{ io: 1 }] },
          autoscaler: { policy: { fixed: { n: 1 } }, min: 1, max: 2, interval: 10 },
        },
      },
    })
    expect(lines).toHaveLength(2)
    expect(simulation.result().components.web).toMatchObject({ sockets: { peak: 2 } })
    expect(simulation.world.sockets!.connections.live).toBe(1)
    expectDrained(simulation)
  })
})
