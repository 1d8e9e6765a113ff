import { describe, expect, test } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../agents/checkpoint.ts'
import { loadAgent } from '../../agents/create-agent.ts'
import { kernelNetworks } from '../../agents/nn/choose-networks.ts'
import { mlp } from '../../agents/nn/network.ts'
import { SlotNetwork } from '../../agents/nn/slot-network.ts'
import { Ppo } from '../../agents/ppo/ppo.ts'
import { FrameStack } from '../../src/gym/index.ts'
import { uniforms } from './nn-samples.ts'
import { Shortest } from './tiny-envs.ts'

const LAYOUT = { shared: 2, each: 3 }
const SLOTS = 4
const WIDTH = LAYOUT.shared + SLOTS * LAYOUT.each
const ORDER = [2, 0, 3, 1]

function network(): SlotNetwork {
  const tower = mlp([8], 1)
  return new SlotNetwork(
    { layout: LAYOUT, slots: SLOTS, policy: tower, value: tower, maxBatch: 5 },
    kernelNetworks,
    3,
  )
}

/** Row by row, the slots in another order: slot i of the result is slot ORDER[i]. */
function permuted(batch: Float32Array): Float32Array {
  const { shared, each } = LAYOUT
  return batch.map((value, at) => {
    const column = (at % WIDTH) - shared
    if (column < 0) return value
    const from = ORDER[Math.floor(column / each)]! * each + (column % each)
    return batch[at - column + from]!
  })
}

/** Of 300 steps in 3 environments; a short rollout. */
const SMALL = { nEnvs: 3, nSteps: 50, batchSize: 50, nEpochs: 4, hidden: [16], learningRate: 1e-2, gamma: 0 }
const parameterCount = (agent: Ppo): number =>
  (decodeCheckpoint(agent.save()).network as { weights: Float32Array }).weights.length

describe('a network shared over slots', () => {
  test('permutes the logits and keeps the values when the slots are permuted', () => {
    const net = network()
    const batch = uniforms(5 * WIDTH, 'slots')
    const [logits, values] = net.forward(batch, 5).map((array) => array.slice())
    const [others, same] = net.forward(permuted(batch), 5)
    for (let r = 0; r < 5; r++) {
      for (let i = 0; i < SLOTS; i++) expect(others![r * SLOTS + i]).toBe(logits![r * SLOTS + ORDER[i]!])
      expect(same![r]).toBeCloseTo(values![r]!, 6)
    }
    expect(new Set(logits).size).toBe(5 * SLOTS)
  })

  test('has as many weights for any number of slots', () => {
    expect(network().parameterCount).toBe(2 * (6 * 8 + 9))
  })

  test('has the gradient that finite differences find, at the weights and at the inputs', () => {
    const net = network()
    const batch = uniforms(5 * WIDTH, 'slots')
    const dy = [uniforms(5 * SLOTS, 'logits'), uniforms(5, 'values')]
    const loss = (): number => {
      const outputs = net.forward(batch, 5)
      return dy.reduce((sum, g, t) => g.reduce((inner, d, k) => inner + d * outputs[t]![k]!, sum), 0)
    }
    loss()
    net.backward(dy)
    const gradient = net.gradient()
    const atInputs = net.inputGradient()
    const STEP = 1e-2
    const slope = (move: (by: number) => void): number => {
      move(STEP)
      const above = loss()
      move(-2 * STEP)
      const below = loss()
      move(STEP)
      return (above - below) / (2 * STEP)
    }
    for (let k = 0; k < gradient.length; k += 7) {
      const byWeight = slope((by) => {
        const weights = net.weights()
        weights[k]! += by
        net.setWeights(weights)
      })
      expect(byWeight).toBeCloseTo(gradient[k]!, 2)
    }
    for (let k = 0; k < batch.length; k += 3) {
      const byInput = slope((by) => {
        batch[k]! += by
      })
      expect(byInput).toBeCloseTo(atInputs[k]!, 2)
    }
  })
})

describe('PPO with slots', () => {
  test('learns what is common to the slots, and acts alike wherever a slot stands', () => {
    const agent = new Ppo(SMALL)
    agent.train(() => new Shortest(), { steps: 6000, seed: 1 })
    const env = new Shortest()
    let hits = 0
    for (let i = 0; i < 200; i++) {
      const { observation, info } = env.reset({ seed: 1_000_000 + i })
      const action = agent.act(observation, info)
      hits += env.step(action).reward
      const turned = [...observation.slice(0, 1), ...observation.slice(3), ...observation.slice(1, 3)]
      expect(agent.act(turned, info)).toBe((action + SLOTS - 1) % SLOTS)
    }
    expect(hits / 200).toBeGreaterThan(0.9)
  })

  test('takes the layout that the environment declares, unless told otherwise or a wrapper changed it', () => {
    const trained = (params: Record<string, unknown>, make = () => new Shortest()): number => {
      const agent = new Ppo({ ...SMALL, ...params })
      agent.train(make, { steps: 150, seed: 1 })
      return parameterCount(agent)
    }
    const shared = 2 * (4 * 16 + 17)
    const whole = 10 * 16 + 17 * 4 + (10 * 16 + 17)
    expect(trained({})).toBe(shared)
    expect(trained({ slots: { shared: 1, each: 2 } })).toBe(shared)
    expect(trained({ slots: 'none' })).toBe(whole)
    expect(() => trained({ slots: { shared: 2, each: 2 } })).toThrow(
      /expected observations of 2 \+ 4 x 2 numbers, got 9 \(ppo.slots\)/,
    )
    expect(() => new Ppo({ slots: { shared: 2 } })).toThrow(/"auto", "none" or a layout.*ppo.slots/)
    const stacked = new Ppo(SMALL)
    stacked.train(() => new FrameStack(new Shortest(), 2) as never, { steps: 150, seed: 1 })
    expect(parameterCount(stacked)).toBe(19 * 16 + 17 * 4 + (19 * 16 + 17))
  })

  test('saved half-way, loaded and continued ends with the bytes of an uninterrupted training', () => {
    const whole = new Ppo(SMALL)
    let half: Uint8Array | undefined
    whole.train(() => new Shortest(), {
      steps: 1200,
      seed: 3,
      evaluate: { every: 600, run: (agent, steps) => (steps === 600 ? (half = agent.save()) : undefined) },
    })
    const resumed = loadAgent(half!) as Ppo
    resumed.train(() => new Shortest(), { steps: 1200, seed: 3 })
    expect(resumed.save()).toEqual(whole.save())
  })

  test('reads a checkpoint from before there were slots', () => {
    const agent = new Ppo({ ...SMALL, slots: 'none' })
    agent.train(() => new Shortest(), { steps: 150, seed: 3 })
    const { slotLayout: _, params, ...rest } = decodeCheckpoint(agent.save())
    const { slots: __, ...older } = params
    const loaded = loadAgent(encodeCheckpoint({ ...rest, agent: 'ppo', params: older }))
    const { observation, info } = new Shortest().reset({ seed: 5 })
    expect(loaded.act(observation, info)).toBe(agent.act(observation, info))
  })
})
