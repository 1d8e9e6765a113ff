/**
 * Coordinated omission: 100 requests per second of 1 ms, and a stall of 100 s after 100 s. Measured from the intended
 * send the mean is 25.003 s; a client that waits for its answer before it sends again sees one slow request, 10.999 ms.
 */
import { expect, test } from 'vitest'
import { parseScenario, simulate } from '../../src/index.ts'
import type { WorkloadInput } from '../../src/scenario/schema/workload.ts'

function latency(arrivals: WorkloadInput['arrivals']): { count: number; mean: number; p75: number } {
  const latencies: number[] = []
  const scenario = parseScenario({
    name: 'Stall',
    horizon: 200,
    workloads: { c: { to: 'web', arrivals } },
    services: { web: { cores: 10_000, endpoints: { e: [{ cpu: '1ms' }] } } },
    // So slow that nothing moves.
    events: [{ slow: 'web', factor: 1e12, at: 100, for: 100 }],
  })
  const result = simulate(scenario, {
    drain: true,
    series: false,
    onRequest: ({ start, end }) => latencies.push(end - start),
  })
  latencies.sort((a, b) => a - b)
  return {
    count: latencies.length,
    mean: result.latency.mean!,
    p75: latencies[Math.floor(0.75 * latencies.length)]!,
  }
}

test('an open workload is timed from its intended send', () => {
  const { count, mean, p75 } = latency({ deterministic: { rate: 100 } })
  expect(Math.abs(count - 20_000)).toBeLessThanOrEqual(1)
  expect(Math.abs(mean - 25.003)).toBeLessThan(0.005)
  expect(Math.abs(p75 - 50)).toBeLessThan(0.02)
})

test('a closed one leaves out what it did not send', () => {
  const { count, mean } = latency({ closed: { users: 1, think: '9ms' } })
  expect(Math.abs(count - 10_001)).toBeLessThanOrEqual(1)
  expect(Math.abs(mean - 0.010999)).toBeLessThan(0.000005)
})
