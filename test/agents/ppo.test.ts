import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { loadAgent } from '../../agents/create-agent.ts'
import { loadTfjs } from '../../agents/nn/tfjs/load-tfjs.ts'
import { Ppo } from '../../agents/ppo/ppo.ts'
import { CartPole } from '../reference-envs/cartpole.ts'
import { Signs } from './tiny-envs.ts'

/** A quarter of a second for 2000 steps. */
const SMALL = { nEnvs: 2, nSteps: 100, batchSize: 50, nEpochs: 4, hidden: [16, 16], learningRate: 1e-2 }

function meanReturn(agent: Ppo, episodes: number, deterministic = true): number {
  const env = new Signs()
  let sum = 0
  for (let i = 0; i < episodes; i++) {
    let { observation, info } = env.reset({ seed: 1_000_000 + i })
    for (let ended = false; !ended; ) {
      const step = env.step(agent.act(observation, info, deterministic))
      sum += step.reward
      ended = step.truncated
      ;({ observation, info } = step)
    }
  }
  expect(env.violations).toBe(0)
  return sum / episodes
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('PPO', () => {
  test('learns to take the action that the observation marks, and never a masked one', () => {
    const envs: Signs[] = []
    const agent = new Ppo(SMALL)
    const returns: number[] = []
    agent.train((i) => (envs[i] = new Signs()), {
      steps: 4000,
      seed: 1,
      onProgress: ({ metrics }) => returns.push(metrics['charts/episodic_return']!),
    })
    expect(envs).toHaveLength(2)
    expect(envs.map((env) => env.violations)).toEqual([0, 0])
    // By chance one of two valid actions is right: 10 of 20.
    expect(returns[0]).toBeLessThan(13)
    expect(meanReturn(agent, 20)).toBeGreaterThan(19)
    expect(meanReturn(agent, 20, false)).toBeGreaterThan(17)
  })

  test('balances CartPole over all 500 steps after 30 000 steps of training at the default settings', () => {
    const agent = new Ppo()
    agent.train(() => new CartPole(), { steps: 30_000, seed: 1 })
    const env = new CartPole()
    let sum = 0
    for (let i = 0; i < 20; i++) {
      let { observation, info } = env.reset({ seed: 3_000_000_000 + i })
      for (let ended = false; !ended; ) {
        const step = env.step(agent.act(observation, info))
        sum += step.reward
        ended = step.terminated || step.truncated
        ;({ observation, info } = step)
      }
    }
    expect(sum / 20).toBeGreaterThanOrEqual(475)
  })

  test('trains to the same bytes for the same seed, and to others for another', () => {
    const trained = (seed: number): Uint8Array => {
      const agent = new Ppo(SMALL)
      agent.train(() => new Signs(), { steps: 600, seed })
      return agent.save()
    }
    expect(trained(1)).toEqual(trained(1))
    expect(trained(1)).not.toEqual(trained(2))
  })

  test('trains to these bits on every machine', () => {
    const agent = new Ppo({
      ...SMALL,
      entCoef: 0.01,
      learningRateSchedule: 'linear',
      clipRangeSchedule: 'linear',
    })
    agent.train(() => new CartPole(), { steps: 2000, seed: 7 })
    const probe = Float32Array.of(0.1, -0.2, 0.03, 0.4)
    agent.reset(5)
    const actions = Array.from({ length: 40 }, () => agent.act(probe, {}, false)).join('')
    expect(actions).toBe('1111110011110111111110001110011001111111')
    expect(sha256(weightsOf(agent))).toBe('835bbe9ae0734ee6e371cb77e7fbce90511fa83d198d41e7497fb2925776ed97')
  })

  test.each([
    ['alone', SMALL],
    [
      'with running normalisation and linear schedules',
      {
        ...SMALL,
        normalizeObservations: true,
        normalizeRewards: true,
        learningRateSchedule: 'linear',
        clipRangeSchedule: 'linear',
      },
    ],
    ['with discounting by time', { ...SMALL, discount: 'time', discountRate: 0.01 }],
  ])(
    'saved half-way, loaded and continued ends with the bytes of an uninterrupted training: %s',
    (_name, params) => {
      // Rollouts of 90 steps end within episodes of 20.
      const settings = { ...params, nSteps: 90 }
      const whole = new Ppo(settings)
      let half: Uint8Array | undefined
      whole.train(() => new Signs(), {
        steps: 1440,
        seed: 3,
        evaluate: {
          every: 720,
          run: (agent, steps) => {
            if (steps === 720) half = agent.save()
            // An evaluation draws from its own stream.
            agent.reset?.(99)
            agent.act(Float32Array.of(1, 0, 0), {}, false)
            agent.reset?.(0)
          },
        },
      })
      const resumed = loadAgent(half!) as Ppo
      resumed.train(() => new Signs(), { steps: 1440, seed: 3 })
      resumed.reset(0)
      expect(resumed.save()).toEqual(whole.save())
      // Nothing is left to do.
      resumed.train(() => new Signs(), { steps: 1440, seed: 3 })
      expect(resumed.save()).toEqual(whole.save())
    },
  )

  test('stops at the end of an update when the signal is given, and continues from there', () => {
    const whole = new Ppo(SMALL)
    whole.train(() => new Signs(), { steps: 1000, seed: 3 })
    const stopped = new Ppo(SMALL)
    const controller = new AbortController()
    const seen: number[] = []
    stopped.train(() => new Signs(), {
      steps: 1000,
      seed: 3,
      signal: controller.signal,
      onProgress: ({ steps }) => {
        seen.push(steps)
        if (steps === 400) controller.abort()
      },
    })
    expect(seen).toEqual([200, 400])
    stopped.train(() => new Signs(), { steps: 1000, seed: 3 })
    expect(stopped.save()).toEqual(whole.save())
  })

  test('resumes from its last update after an environment that failed', () => {
    const settings = { ...SMALL, normalizeObservations: true, normalizeRewards: true }
    const whole = new Ppo(settings)
    whole.train(() => new Signs(), { steps: 1000, seed: 3 })
    class Failing extends Signs {
      private left = 250
      override step(action: number): ReturnType<Signs['step']> {
        if (this.left-- === 0) throw new Error('out of order')
        return super.step(action)
      }
    }
    const agent = new Ppo(settings)
    expect(() => agent.train(() => new Failing(), { steps: 1000, seed: 3 })).toThrow('out of order')
    const resumed = loadAgent(agent.save()) as Ppo
    resumed.train(() => new Signs(), { steps: 1000, seed: 3 })
    expect(resumed.save()).toEqual(whole.save())
  })

  test('refuses to resume in an environment that does not come back to the same observations', () => {
    const agent = new Ppo({ ...SMALL, nSteps: 90 })
    agent.train(() => new Signs(), { steps: 180, seed: 3 })
    class Other extends Signs {
      override reset(): ReturnType<Signs['reset']> {
        return super.reset({ seed: 12345 })
      }
    }
    expect(() => agent.train(() => new Other(), { steps: 360, seed: 3 })).toThrow(/do not come back/)
    expect(() => agent.train(() => new Other(), { steps: 180, seed: 4 })).not.toThrow()
  })

  test('reports the metrics under CleanRL`s names', () => {
    const agent = new Ppo({ ...SMALL, learningRateSchedule: 'linear' })
    const all: Readonly<Record<string, number>>[] = []
    agent.train(() => new Signs(), { steps: 600, seed: 1, onProgress: ({ metrics }) => all.push(metrics) })
    expect(Object.keys(all[0]!).sort()).toEqual([
      'charts/episodic_length',
      'charts/episodic_return',
      'charts/learning_rate',
      'losses/approx_kl',
      'losses/clipfrac',
      'losses/entropy',
      'losses/explained_variance',
      'losses/old_approx_kl',
      'losses/policy_loss',
      'losses/value_loss',
    ])
    expect(all.map((metrics) => metrics['charts/learning_rate']! / 1e-2)).toEqual(
      [1, 2 / 3, 1 / 3].map((x) => expect.closeTo(x, 12)),
    )
    expect(all[0]!['losses/entropy']).toBeCloseTo(Math.log(2), 1)
    expect(all[0]!['charts/episodic_length']).toBe(20)
  })

  test('learns from rewards of any size with reward scaling', () => {
    class Huge extends Signs {
      override step(action: number): ReturnType<Signs['step']> {
        const step = super.step(action)
        return { ...step, reward: 1e6 * step.reward - 3e6 }
      }
    }
    const agent = new Ppo({ ...SMALL, normalizeRewards: true, gamma: 0.9 })
    agent.train(() => new Huge(), { steps: 6000, seed: 1 })
    expect(meanReturn(agent, 20)).toBeGreaterThan(18)
  })

  test('acts in spaces whose actions do not start at 0', () => {
    const agent = new Ppo(SMALL)
    const env = new Signs(5)
    agent.train((i) => (i === 0 ? env : new Signs(5)), { steps: 200, seed: 1 })
    const { observation, info } = env.reset({ seed: 1 })
    expect(env.actionSpace.contains(agent.act(observation, info))).toBe(true)
    expect(env.violations).toBe(0)
  })

  test('learns the same on TensorFlow.js, not to the same bits', async () => {
    const agent = new Ppo(SMALL, await loadTfjs({ backend: 'wasm' }))
    agent.train(() => new Signs(), { steps: 2000, seed: 1 })
    expect(meanReturn(agent, 10)).toBeGreaterThan(18)
    // Its checkpoint needs nothing but the kernel to act.
    expect(meanReturn(loadAgent(agent.save()) as Ppo, 10)).toBe(meanReturn(agent, 10))
  })

  test('says what is wrong with its settings, its spaces and its use', () => {
    expect(() => new Ppo({ nStep: 5 })).toThrow(/unknown parameter "nStep".*Did you mean "nSteps"/)
    expect(() => new Ppo({ nSteps: 32 })).toThrow(
      /expected at most nEnvs x nSteps = 32, got 64 \(ppo.batchSize\)/,
    )
    expect(() => new Ppo({ discount: 'time' })).toThrow(/ppo.discountRate/)
    expect(() => new Ppo({ hidden: 64, normalizeAdvantage: 1 })).toThrow(
      /ppo.hidden(.|\n)*ppo.normalizeAdvantage/,
    )
    expect(() => new Ppo().act(new Float32Array(3), {})).toThrow(/Train it or load a checkpoint/)
    const agent = new Ppo(SMALL)
    agent.train(() => new Signs(), { steps: 200, seed: 1 })
    expect(() => agent.act(new Float32Array(4), {})).toThrow(/expected an observation of 3 numbers, got 4/)
    expect(() => agent.act(new Float32Array(3), { actionMask: new Uint8Array(2) })).toThrow(
      /mask of 3 actions, got 2/,
    )
    expect(() => agent.train(() => new CartPole(), { steps: 200, seed: 2 })).toThrow(
      /made for 3 inputs and 3 actions/,
    )
    const byTime = new Ppo({ ...SMALL, discount: 'time', discountRate: 0.1 })
    expect(() => byTime.train(() => new CartPole(), { steps: 200, seed: 1 })).toThrow(/info.elapsed/)
  })
})

function weightsOf(agent: Ppo): Uint8Array {
  const { network } = (agent as unknown as { model: { network: { weights(): Float32Array } } }).model
  return new Uint8Array(network.weights().buffer)
}
