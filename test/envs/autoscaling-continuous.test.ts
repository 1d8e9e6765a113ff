import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { type Autoscaling, type AutoscalingContinuous, make } from '../../envs/index.ts'
import { checkEnv } from '../../src/gym/index.ts'
import type { ScalingView } from '../../src/policies/types.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { SCALED } from './scenarios.ts'

const continuous = (kwargs: Record<string, unknown>): AutoscalingContinuous =>
  make('AutoscalingContinuous-v0', kwargs).unwrapped as AutoscalingContinuous

describe('AutoscalingContinuous-v0', () => {
  test('passes every check', () => {
    for (const kwargs of [{}, { scenario: SCALED, view: 'full', clock: 'on' }]) {
      const report = checkEnv(continuous(kwargs))
      expect(report.errors).toEqual([])
      expect(report.warnings).toEqual([])
    }
  })

  test('asks for min + (x + 1)/2 (max - min) replicas, rounded half up', () => {
    const env = continuous({ scenario: SCALED, start: 'empty' })
    env.reset({ seed: 1 })
    // From 2 to 16: a replica is 1/7.
    const cases: [number, number][] = [
      [-1, 2],
      [1, 16],
      [0, 9],
      [0.5 / 7 - 1e-6, 9],
      [0.5 / 7 + 1e-6, 10],
      [-6.5 / 7 + 1e-6, 3],
    ]
    for (const [x, target] of cases) {
      const { info } = env.step(Float32Array.of(x))
      expect([x, (info.view as ScalingView).target]).toEqual([x, target])
    }
    // From 2 to 17: the middle is a half.
    const odd = continuous({ scenario: SCALED.replace('max: 16', 'max: 17'), start: 'empty' })
    odd.reset({ seed: 1 })
    expect((odd.step(Float32Array.of(0)).info.view as ScalingView).target).toBe(10)
  })

  test('gives what Autoscaling-v0 gives for the same targets', () => {
    const kwargs = { scenario: SCALED, episodeLength: 40, start: { for: 60 } }
    const discrete = make('Autoscaling-v0', kwargs).unwrapped as Autoscaling
    const env = continuous(kwargs)
    discrete.reset({ seed: 3 })
    env.reset({ seed: 3 })
    for (let k = 0; k < 40; k++) {
      const target = 2 + ((k * 5) % 15)
      const a = discrete.step(target - discrete.scaler.target + 14)
      const b = env.step(Float32Array.of((2 * (target - 2)) / 14 - 1))
      expect([b.reward, b.truncated, b.observation]).toEqual([a.reward, a.truncated, a.observation])
      expect(b.info.terms).toEqual(a.info.terms)
    }
    expect(() => env.step(Float32Array.of(0))).toThrow(/episode has ended/)
  })

  test('gives the same bytes for a policy inside the simulator and as an agent', () => {
    const env = continuous({ scenario: SCALED, start: 'empty', episodeLength: 'horizon', randomPhase: false })
    const agent = createAgent('hpa', {}, { actionSpace: env.actionSpace })
    let { observation, info } = env.reset({ seed: 5 })
    for (let truncated = false; !truncated; ) {
      ;({ observation, info, truncated } = env.step(agent.act(observation, info) as Float32Array))
    }
    const inside = new Simulation(loadScenario(SCALED), { seed: '5/0', series: false })
    inside.run()
    expect(JSON.stringify(env.simulation!.result())).toBe(JSON.stringify(inside.result()))
  })

  test('refuses what is no action and what is no option, and goes on', () => {
    const env = continuous({ scenario: SCALED, start: 'empty' })
    env.reset({ seed: 1 })
    for (const action of [Float32Array.of(1.5), Float32Array.of(Number.NaN), Float32Array.of(0, 0), 0, [0]]) {
      expect(() => env.step(action as Float32Array)).toThrow(/Float32Array of one number from -1 to 1/)
    }
    expect(env.step(Float32Array.of(0)).truncated).toBe(false)
    expect(() => continuous({ k: 2 })).toThrow(/unknown option "k".*every action is a valid target/)
    const ppo = createAgent('ppo')
    expect(() => ppo.train!(() => continuous({}), { steps: 8, seed: 1 })).toThrow(
      /ppo needs a Discrete action, got Box/,
    )
  })
})
