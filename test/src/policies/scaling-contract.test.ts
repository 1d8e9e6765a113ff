/** What every scaling policy does inside the simulator, whatever it wants. */
import { describe, expect, test } from 'vitest'
import { scalingPolicies } from '../../../src/policies/scaling/index.ts'
import { parseScenario, type Scenario } from '../../../src/scenario/index.ts'
import type { AutoscalerInput } from '../../../src/scenario/schema/autoscaler.ts'
import { Simulation } from '../../../src/simulation/index.ts'

const PARAMS: Readonly<Record<string, Record<string, unknown>>> = {
  schedule: {
    entries: [
      { at: 10, replicas: 50 },
      { at: 60, replicas: 0 },
    ],
    period: 90,
  },
  'holt-winters': { period: 100 },
  'target-tracking': { period: 10, outAfter: 1, inAfter: 2, outCooldown: 30, inCooldown: 10 },
  'step-scaling': { period: 10, warmup: 20 },
  keda: { threshold: 1, cooldown: 20, downStabilization: 20 },
  kpa: { target: 1, stableWindow: 20 },
}

function scenario(name: string, rest: Partial<AutoscalerInput> = {}): Scenario {
  return parseScenario({
    name: 'Contract',
    horizon: 300,
    workloads: {
      users: {
        to: 'web',
        arrivals: { poisson: { rate: 10 } },
        profile: { diurnal: { amplitude: 1, period: 100 } },
      },
    },
    services: {
      web: {
        replicas: rest.max === 1 ? 1 : 3,
        endpoints: { work: [{ cpu: { exponential: { mean: 0.3 } } }] },
        autoscaler: {
          policy: { [name]: PARAMS[name] ?? {} },
          min: 2,
          max: 6,
          interval: 5,
          startup: { uniform: { low: 1, high: 12 } },
          metricDelay: 3,
          ...rest,
        },
      },
    },
    events: [{ outage: 'web', mode: 'crash', at: 120, for: 20 }],
  })
}

function targets(subject: Scenario): number[] {
  const simulation = new Simulation(subject, { seed: 5 })
  const seen: number[] = []
  for (let time = 1; time <= subject.horizon; time++) {
    simulation.until(time)
    seen.push(simulation.world.scalers.all[0]!.target)
  }
  return seen
}

describe.each([...scalingPolicies.keys()])('%s', (name) => {
  test('keeps within its bounds and does the same each time', () => {
    const seen = targets(scenario(name))
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...seen)).toBeLessThanOrEqual(6)
    if (name !== 'fixed') expect(new Set(seen).size).toBeGreaterThan(1)
    expect(targets(scenario(name))).toEqual(seen)
  })

  test('goes on exactly from a snapshot in the middle', () => {
    const subject = scenario(name)
    const whole = new Simulation(subject, { seed: 5 })
    whole.run()
    for (const time of [7, 63, 128, 210]) {
      const first = new Simulation(subject, { seed: 5 })
      first.until(time)
      const second = Simulation.restore(first.snapshot(), subject)
      second.run()
      expect(JSON.stringify(second.result())).toBe(JSON.stringify(whole.result()))
    }
  })

  test('lives with one replica for good, and with none ready', () => {
    expect(new Set(targets(scenario(name, { min: 1, max: 1 })))).toEqual(new Set([1]))
    // A start takes longer than the run: after the first one goes down nothing is ever ready again.
    const slow = scenario(name, { min: 1, max: 4, startup: 1000 })
    expect(targets(slow).every((target) => target >= 1 && target <= 4)).toBe(true)
  })
})
