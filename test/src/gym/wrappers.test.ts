import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import {
  Box,
  ClipReward,
  checkEnv,
  Dict,
  Discrete,
  type Env,
  FlattenObservation,
  FrameStack,
  NormalizeObservation,
  NormalizeReward,
  OrderEnforcing,
  RecordEpisodeStatistics,
  RecordTrajectory,
  RescaleAction,
  RunningMeanStd,
  TimeLimit,
  type Trajectory,
  TransformAction,
  TransformObservation,
  TransformReward,
} from '../../../src/gym/index.ts'
import { LineWalk } from './line-walk.ts'

/** Rewards 1, 2, 3, ...; the observation is [reward, 10 x reward]. */
class Counter extends LineWalk {
  terminateAt = Number.POSITIVE_INFINITY
  lastAction: unknown

  override observe(): unknown {
    return Float32Array.of(this.steps, 10 * this.steps)
  }

  override step(action: unknown) {
    this.lastAction = action
    const result = super.step(action)
    return { ...result, info: result.info, reward: this.steps, terminated: this.steps === this.terminateAt }
  }
}

const WRAPPERS: readonly (readonly [name: string, wrap: (env: Env) => Env])[] = [
  ['OrderEnforcing', (env) => new OrderEnforcing(env)],
  ['TimeLimit', (env) => new TimeLimit(env, 3)],
  ['RecordEpisodeStatistics', (env) => new RecordEpisodeStatistics(env)],
  ['RecordTrajectory', (env) => new RecordTrajectory(env, () => {})],
  ['NormalizeObservation', (env) => new NormalizeObservation(env)],
  ['NormalizeReward', (env) => new NormalizeReward(env)],
  ['FrameStack', (env) => new FrameStack(env, 2) as Env],
  ['FlattenObservation', (env) => new FlattenObservation(env) as Env],
  ['RescaleAction', (env) => new RescaleAction(env)],
  ['ClipReward', (env) => new ClipReward(env, -1, 1)],
  ['TransformReward', (env) => new TransformReward(env, (reward) => 2 * reward)],
  ['TransformObservation', (env) => new TransformObservation(env, (x) => x, env.observationSpace)],
  ['TransformAction', (env) => new TransformAction(env, (x) => x, env.actionSpace)],
]

describe.each(WRAPPERS)('%s', (name, wrap) => {
  const inner = () => {
    const env = new LineWalk({ renderMode: 'ansi' })
    if (name === 'RescaleAction') env.actionSpace = new Box(-2, 6)
    return env
  }

  it('passes info on as the same object, with what is not enumerable in it', () => {
    const env = inner()
    const wrapped = wrap(env)
    const infos: unknown[] = []
    const info = env.info.bind(env)
    env.info = () => {
      const made = info()
      infos.push(made)
      return made
    }
    const first = wrapped.reset({ seed: 3 })
    const second = wrapped.step(wrapped.actionSpace.sample())
    expect(first.info).toBe(infos[0])
    expect(second.info).toBe(infos[1])
    expect((second.info.view as { position: number }).position).toBe(env.position)
  })

  it('passes on what it does not change', () => {
    const env = inner()
    const wrapped = wrap(env)
    expect(wrapped.unwrapped).toBe(env)
    expect(wrapped.metadata).toBe(env.metadata)
    expect(wrapped.renderMode).toBe('ansi')
    wrapped.reset({ seed: 3 })
    expect(wrapped.render?.()).toBe(`at ${env.position}`)
    wrapped.close()
    expect(env.closed).toBe(1)
  })

  it('keeps the contract', () => {
    const wrapped = wrap(inner())
    // Running statistics make two episodes of one seed differ; frozen ones do not.
    if (wrapped instanceof NormalizeObservation || wrapped instanceof NormalizeReward) wrapped.update = false
    expect(checkEnv(wrapped).errors).toEqual([])
  })
})

describe('TimeLimit', () => {
  it('leaves termination alone and counts anew after a reset', () => {
    const env = new Counter()
    env.terminateAt = 3
    const limited = new TimeLimit(env, 3)
    for (let episode = 0; episode < 2; episode++) {
      limited.reset()
      limited.step(1)
      limited.step(1)
      const { terminated, truncated } = limited.step(1)
      expect([terminated, truncated, limited.elapsedSteps]).toEqual([true, true, 3])
    }
    expect(() => new TimeLimit(env, 0)).toThrow(ConfigError)
  })
})

describe('RecordEpisodeStatistics', () => {
  it('reports the return and the length of an episode at its end, without a clock', () => {
    const env = new RecordEpisodeStatistics(new TimeLimit(new Counter(), 3), 2)
    for (let episode = 0; episode < 3; episode++) {
      env.reset()
      expect(env.step(1).info.episode).toBeUndefined()
      env.step(1)
      expect(env.step(1).info.episode).toEqual({ r: 6, l: 3 })
    }
    expect(env.episodeCount).toBe(3)
    expect(env.episodes).toEqual([
      { r: 6, l: 3 },
      { r: 6, l: 3 },
    ])
  })
})

describe('RecordTrajectory', () => {
  it('hands over copies of finished episodes and of those left in the middle', () => {
    const recorded: Trajectory[] = []
    const inner = new Counter()
    const shared = new Float32Array(2)
    inner.observe = () => {
      shared[0] = inner.steps
      return shared
    }
    const env = new RecordTrajectory(new TimeLimit(inner, 2), (episode) => recorded.push(episode))
    env.reset({ seed: 4 })
    env.step(1)
    env.step(0)
    env.reset()
    env.step(2)
    env.reset()
    env.close()
    expect(recorded).toEqual([
      {
        seed: 4,
        observations: [Float32Array.of(0, 0), Float32Array.of(1, 0), Float32Array.of(2, 0)],
        infos: [{ steps: 0 }, { steps: 1 }, { steps: 2 }],
        actions: [1, 0],
        rewards: [1, 2],
        terminations: [false, false],
        truncations: [false, true],
      },
      {
        seed: undefined,
        observations: [Float32Array.of(0, 0), Float32Array.of(1, 0)],
        infos: [{ steps: 0 }, { steps: 1 }],
        actions: [2],
        rewards: [1],
        terminations: [false],
        truncations: [false],
      },
    ])
  })
})

describe('RunningMeanStd', () => {
  it('equals the moments of the samples and of a prior of weight 1e-4', () => {
    const list = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(list, (xs) => {
        const statistics = new RunningMeanStd(1)
        for (const x of xs) statistics.update([x])
        const weight = xs.length + 1e-4
        const mean = xs.reduce((sum, x) => sum + x, 0) / weight
        const square = (xs.reduce((sum, x) => sum + x * x, 0) + 1e-4) / weight
        expect(statistics.count).toBeCloseTo(weight, 8)
        expect(statistics.mean[0]).toBeCloseTo(mean, 8)
        expect(Math.abs(statistics.variance[0]! - (square - mean * mean))).toBeLessThan(1e-6)
      }),
    )
  })
})

describe('NormalizeObservation', () => {
  it('updates at reset and at steps, then divides by the spread', () => {
    const env = new NormalizeObservation(new Counter())
    env.reset()
    expect(env.statistics.count).toBeCloseTo(1.0001)
    for (let k = 0; k < 4; k++) env.step(1)
    expect(env.statistics.mean[0]).toBeCloseTo(2, 3)
    expect(env.statistics.mean[1]).toBeCloseTo(20, 2)
    env.update = false
    const { observation } = env.step(1)
    const spread = Math.sqrt(env.statistics.variance[0]! + 1e-8)
    expect(observation[0]).toBe(Math.fround((5 - env.statistics.mean[0]!) / spread))
    expect(env.statistics.count).toBeCloseTo(5.0001)
    expect(env.observationSpace.contains(observation)).toBe(true)
  })

  it('continues exactly from saved statistics', () => {
    const run = (env: NormalizeObservation) => Array.from({ length: 3 }, () => env.step(1).observation)
    const first = new NormalizeObservation(new Counter())
    first.reset()
    run(first)
    const state = JSON.parse(JSON.stringify(first.save()))
    const second = new NormalizeObservation(new Counter())
    second.reset()
    run(second)
    second.load(state)
    expect(run(second)).toStrictEqual(run(first))
    expect(() => second.load({ mean: [0], variance: [1], count: 1 })).toThrow(
      /expected statistics of 2 coordinates/,
    )
  })

  it('asks for a Box', () => {
    const env = new LineWalk()
    env.observationSpace = new Discrete(2)
    expect(() => new NormalizeObservation(env)).toThrow(/got Discrete.*Apply FlattenObservation first/)
  })
})

describe('NormalizeReward', () => {
  it('divides by the spread of the discounted return, which only termination zeroes', () => {
    const inner = new Counter()
    inner.terminateAt = 3
    const env = new NormalizeReward(inner, { gamma: 0.5 })
    const oracle = new RunningMeanStd(1)
    let discounted = 0
    for (let episode = 0; episode < 2; episode++) {
      env.reset()
      for (let k = 1; k <= 3; k++) {
        discounted = (k === 3 ? 0 : discounted * 0.5) + k
        oracle.update([discounted])
        expect(env.step(1).reward).toBe(k / Math.sqrt(oracle.variance[0]! + 1e-8))
      }
    }
    const state = JSON.parse(JSON.stringify(env.save()))
    expect(state.discountedReturn).toBe(discounted)
    const other = new NormalizeReward(new Counter())
    other.load(state)
    expect(other.save()).toEqual(state)
    env.update = false
    env.reset()
    env.step(1)
    expect(env.save().statistics).toEqual(state.statistics)
    expect(() => new NormalizeReward(new Counter(), { gamma: 2 })).toThrow(ConfigError)
  })
})

describe('FrameStack', () => {
  it('refuses a padding that is none', () => {
    expect(() => new FrameStack(new Counter(), 3, 'zzz' as 'zero')).toThrow(/"reset" or "zero", got "zzz"/)
  })

  it('refuses a snapshot of other frames before anything has changed', () => {
    class Saved extends Counter {
      snapshot(): Uint8Array {
        return Uint8Array.of(this.steps)
      }

      restore(snapshot: Uint8Array): void {
        this.steps = snapshot[0]!
      }
    }
    const three = new FrameStack(new Saved(), 3)
    three.reset({ seed: 1 })
    const snapshot = three.snapshot()
    const inner = new Saved()
    const four = new FrameStack(inner, 4)
    four.reset({ seed: 1 })
    for (let i = 0; i < 5; i++) four.step(0)
    expect(() => four.restore(snapshot)).toThrow(/has 3 frames, not 4/)
    expect(inner.steps).toBe(5)
  })

  it('stacks the last observations, the newest last, and pads at a reset', () => {
    const env = new FrameStack(new Counter(), 3)
    expect(env.observationSpace.shape).toEqual([3, 2])
    expect([...env.reset().observation]).toEqual([0, 0, 0, 0, 0, 0])
    const first = env.step(1).observation
    expect([...first]).toEqual([0, 0, 0, 0, 1, 10])
    env.step(1)
    expect([...env.step(1).observation]).toEqual([1, 10, 2, 20, 3, 30])
    expect([...first]).toEqual([0, 0, 0, 0, 1, 10])
  })

  it('pads with copies of the first observation, or with zeros', () => {
    const shifted = () =>
      new TransformObservation(
        new Counter(),
        (x) => Float32Array.of((x as Float32Array)[0]! + 5),
        new Box(0, 99),
      ) as Env
    expect([...new FrameStack(shifted(), 3).reset().observation]).toEqual([5, 5, 5])
    const zeros = new FrameStack(shifted(), 3, 'zero')
    zeros.reset()
    zeros.step(1)
    expect([...zeros.reset().observation]).toEqual([0, 0, 5])
  })
})

describe('FlattenObservation', () => {
  it('gives the flat array of its flat space', () => {
    const inner = new LineWalk()
    inner.observationSpace = new Dict({ mode: new Discrete(2), x: new Box(-1, 1) })
    inner.observe = () => ({ mode: 1, x: Float32Array.of(0.5) })
    const env = new FlattenObservation(inner)
    const { observation } = env.reset()
    expect(observation).toStrictEqual(Float32Array.of(0, 1, 0.5))
    expect(env.observationSpace.contains(observation)).toBe(true)
  })
})

describe('RescaleAction', () => {
  it('maps its range to the bounds of the environment and clips what is outside', () => {
    const inner = new Counter()
    inner.actionSpace = new Box([0, -2], [10, 2])
    const env = new RescaleAction(inner)
    env.reset()
    const given: readonly (readonly [number, number])[] = [
      [-1, 1],
      [0, 0.5],
      [3, -7],
    ]
    const taken = given.map((action) => {
      env.step(Float32Array.from(action))
      return [...(inner.lastAction as Float32Array)]
    })
    expect(taken).toEqual([
      [0, 2],
      [5, 1],
      [10, -2],
    ])
    expect(env.actionSpace.equals(new Box(-1, 1, { shape: [2] }))).toBe(true)
  })

  it('asks for finite bounds', () => {
    const inner = new Counter()
    inner.actionSpace = new Box(0, Number.POSITIVE_INFINITY)
    expect(() => new RescaleAction(inner)).toThrow(/finite bounds/)
  })
})

describe('the wrappers of rewards and actions', () => {
  it('clip, transform and translate', () => {
    const inner = new Counter()
    const env = new TransformAction(
      new TransformReward(new ClipReward(inner, 0, 2), (reward) => -reward),
      (action: number) => action - 1,
      new Discrete(3, 1),
    )
    env.reset()
    expect([1, 2, 3].map((action) => env.step(action).reward)).toEqual([-1, -2, -2])
    expect(inner.lastAction).toBe(2)
    expect(() => new ClipReward(inner, 1, 1)).toThrow(ConfigError)
  })
})
