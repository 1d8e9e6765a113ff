/** Work that nobody waits for any more gives everything back, whatever it is in and whoever notices. */
import { describe, expect, test } from 'vitest'
import { CONNECTIONS } from '../../../src/model/database-gauges.ts'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { LOAD, MEMORY, WORKERS } from '../../../src/model/service-gauges.ts'
import { TokenBudget } from '../../../src/policies/resilience/retry-budget.ts'
import { loadScenario } from '../../../src/scenario/index.ts'
import { Simulation } from '../../../src/simulation/index.ts'

function run(text: string): { records: RequestRecord[]; simulation: Simulation } {
  const records: RequestRecord[] = []
  const simulation = new Simulation(loadScenario(text), {
    drain: true,
    onRequest: (record) => records.push(record),
  })
  simulation.run()
  return { records, simulation }
}

describe('where a service cancels at once', () => {
  const shop = (query: string, workload = '', rest = ''): string => `
horizon: 20
workloads: { a: { to: web, arrivals: { trace: { times: [0] } }${workload} } }
services: { web: { cancel: immediate, endpoints: { x: [{ query: { to: db, latency: 1${query} } }] } } }
databases: { db: { connections: 1 } }
${rest}`

  test.each([
    ['its client gives up', shop('', ', timeout: 0.5'), 'timeout', 0.5],
    ['the caller gives up', shop(', timeout: 0.4'), 'timeout', 0.4],
    [
      'the caller crashes',
      shop('', '', 'events: [{ outage: web, at: 0.5, for: 5, mode: crash }]'),
      'failed',
      0.5,
    ],
  ])('a query keeps its connection until it is done when %s', (_, text, outcome, end) => {
    const { records, simulation } = run(text)
    expect(records.map((record) => [record.outcome, record.end])).toEqual([[outcome, end]])
    const { gauges } = simulation.world.databases
    expect(gauges.value[CONNECTIONS]).toBe(0)
    expect(gauges.total(CONNECTIONS, 20)).toBeCloseTo(1, 9)
  })
})

test('a caller that still waits is told of a leg that nobody behind it wants', () => {
  const { simulation } = run(`
horizon: 100
workloads: { a: { to: web, arrivals: { trace: { times: [0, 0, 10] } }, timeout: 0.5 } }
services:
  web: { cores: 4, workers: 2, memory: 100, endpoints: { x: [{ memory: 50 }, { call: be }] } }
  be: { cores: 1, cancel: dequeue, overload: { shed: deadline }, endpoints: { x: [{ cpu: 1 }] } }
`)
  const { gauges } = simulation.world.services
  // `web` is the first of the services.
  for (const gauge of [LOAD, MEMORY, WORKERS]) expect(gauges.value[gauge]).toBe(0)
  // Each of the three is there for a second: the one that waits is told when its turn comes.
  expect(gauges.total(LOAD, 100)).toBeCloseTo(3, 9)
})

test('a slot that comes back from an ejection is among the idle ones again', () => {
  const { simulation } = run(`
horizon: 200
workloads: { a: { to: lb, arrivals: { deterministic: { rate: 1/s } } } }
balancers:
  lb:
    to: web
    policy: jiq
    outlierDetection: { consecutiveFailures: 1, interval: 10s, baseEjection: 10s, maxEjectionPercent: 100% }
    panicThreshold: 0
services:
  web: { replicas: 2, readiness: { failureThreshold: 1000 }, endpoints: { x: [{ cpu: 0.1 }] } }
events: [{ outage: web/0, at: 0.5, for: 5, mode: crash }]
`)
  const { components } = simulation.result()
  const { replicas } = components.web as unknown as { replicas: { arrivals: number }[] }
  for (const { arrivals } of replicas) expect(arrivals).toBeGreaterThan(50)
})

test('a share of the first attempts buys exactly so many retries', () => {
  for (let percent = 1; percent <= 100; percent++) {
    const budget = new TokenBudget(percent / 100, 10, 0)
    for (let i = 0; i < 100; i++) budget.deposit(0)
    let retries = 0
    while (budget.withdraw(0)) retries++
    expect(retries).toBe(percent)
  }
})

test('what draining replicas work is no load of the ready ones', () => {
  const simulation = new Simulation(
    loadScenario(`
horizon: 100
workloads:
  b: { to: edge, arrivals: { trace: { times: [0] } }, classes: { b: { endpoint: b } } }
  l: { to: edge, arrivals: { trace: { times: [0] } }, classes: { l: { endpoint: l } } }
balancers: { edge: { to: web, policy: round-robin } }
services:
  web:
    replicas: 2
    endpoints: { b: [{ io: 12 }], l: [{ io: 15 }, { cpu: 60 }] }
    autoscaler: { policy: { hpa: { target: 80%, downStabilization: 0 } }, min: 1, max: 4, interval: 10s }
`),
  )
  simulation.until(35)
  const [scaler] = simulation.world.scalers.all
  expect([scaler!.ready, scaler!.draining, scaler!.target]).toEqual([1, 1, 1])
  expect(scaler!.utilization).toBe(0)
})
