/** An objective of throughput: requests that end ok per second of the measured window. */
import { expect, test } from 'vitest'
import { parseScenario, simulate } from '../../../src/index.ts'

function judged(slo: string[], horizon = 100, warmup = 20) {
  const scenario = parseScenario({
    horizon,
    warmup,
    slo,
    workloads: { c: { to: 'web', arrivals: { deterministic: { rate: 10 } }, timeout: 1 } },
    services: { web: { cores: 100, endpoints: { e: [{ io: 0.5 }] } } },
    events: [{ outage: 'web', at: 60 }],
  })
  return simulate(scenario).slo
}

test('is met above its bound only', () => {
  // From 20 to 60.5 s of 80 measured seconds.
  const [low, high] = judged(['throughput > 5/s', 'throughput > 306/min'])
  expect(low).toEqual({ text: 'throughput > 5/s', bound: 5, value: 5.0625, met: true })
  expect(high).toMatchObject({ bound: 5.1, met: false })
})

test('is missed where nothing comes through', () => {
  expect(judged(['throughput > 1/s'], 100, 70)[0]).toMatchObject({ value: 0, met: false })
})
