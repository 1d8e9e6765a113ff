import { describe, expect, test } from 'vitest'
import { make } from '../../envs/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'

const SCENARIO = {
  name: 'Modulated',
  horizon: 4000,
  slo: ['p95 < 2s'],
  workloads: {
    calm: { to: 'edge', arrivals: { poisson: { rate: 1 } } },
    bursts: { to: 'edge', arrivals: { mmpp: { rates: [1, 6, 2], holding: [40, 30, 20] } } },
  },
  balancers: { edge: { policy: 'least-request', to: 'web' } },
  services: {
    web: {
      replicas: 4,
      endpoints: { work: [{ cpu: { exponential: { mean: 0.5 } } }] },
      autoscaler: { policy: 'hpa', min: 2, max: 8 },
    },
  },
}
const FIXED = {
  ...SCENARIO,
  services: { web: { replicas: 4, endpoints: SCENARIO.services.web.endpoints } },
}

describe.each([
  ['Autoscaling-v0', SCENARIO, 27],
  ['LoadBalancing-v0', FIXED, 6],
] as const)('%s', (id, scenario, from) => {
  const options = { scenario: JSON.stringify(scenario, null, 2), episodeLength: 200 }

  test('shows the phase of the modulating chain one-hot in its full view', () => {
    const env = make(id, { ...options, view: 'full' })
    const seen = new Set<number>()
    let { observation } = env.reset({ seed: 1 }) as { observation: Float32Array }
    for (let step = 0; step < 200; step++) {
      const { simulation } = env.unwrapped as unknown as { simulation: Simulation }
      const phase = simulation.world.workloads.phaseOf(1)
      const expected = [0, 0, 0]
      expected[phase] = 1
      expect([...observation.slice(from, from + 3)]).toEqual(expected)
      seen.add(phase)
      const next = env.step(id === 'Autoscaling-v0' ? 6 : step % 4)
      if (next.terminated || next.truncated) break
      observation = next.observation as Float32Array
    }
    expect(seen.size).toBeGreaterThan(1)
  })

  test('hides it from the own view', () => {
    const size = (view: string, of: unknown): number =>
      make(id, { ...options, scenario: JSON.stringify(of, null, 2), view }).observationSpace.shape![0]!
    const plain = {
      ...scenario,
      workloads: { calm: SCENARIO.workloads.calm, bursts: SCENARIO.workloads.calm },
    }
    expect(size('own', scenario)).toBe(size('own', plain))
    expect(size('full', scenario)).toBe(size('full', plain) + 3)
  })
})
