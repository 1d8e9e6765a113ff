import { describe, expect, test } from 'vitest'
import {
  Box,
  Dict,
  Discrete,
  type Env,
  MultiDiscrete,
  newBatch,
  type ResetOptions,
  readRow,
  type Space,
  Tuple,
  VectorEnv,
  writeRow,
} from '../../../src/gym/index.ts'

/** Counts steps; the episode of seed s has s + 2 of them, the episodes after it one more each. */
class Counter implements Env {
  readonly observationSpace: Space = new Box(-10, 1000, { shape: [2] })
  readonly actionSpace: Space = new Discrete(100)
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: Env = this
  readonly log: string[] = []
  private length = 1
  private steps = 0

  reset({ seed, options }: ResetOptions = {}): ReturnType<Env['reset']> {
    this.length = seed === undefined ? this.length + 1 : seed + 2
    this.steps = 0
    this.log.push(`reset ${seed} ${options?.note ?? ''}`.trim())
    return { observation: new Float32Array([this.length, 0]), info: { steps: 0 } }
  }

  step(action: unknown): ReturnType<Env['step']> {
    if (action === 99) throw new Error('refused')
    this.steps++
    this.log.push(`step ${String(action)}`)
    const observation = new Float32Array([this.length, this.steps])
    const truncated = this.steps === this.length
    return {
      observation,
      reward: action as number,
      terminated: false,
      truncated,
      info: { steps: this.steps },
    }
  }

  close(): void {
    this.log.push('close')
  }
}

function vector(autoreset?: 'next-step' | 'same-step' | 'disabled'): {
  env: VectorEnv
  parts: Counter[]
} {
  const parts = [new Counter(), new Counter()]
  return { env: new VectorEnv((i) => parts[i]!, 2, { autoreset }), parts }
}

const flat = (batch: unknown): number[] => Array.from(batch as Float32Array)

describe('VectorEnv', () => {
  test('gives environment i the seed + i, or its own of a list', () => {
    const { env, parts } = vector()
    expect(flat(env.reset({ seed: 3, options: { note: 'x' } }).observations)).toEqual([5, 0, 6, 0])
    expect(flat(env.reset({ seed: [7, undefined] }).observations)).toEqual([9, 0, 7, 0])
    expect(parts[0]!.log).toEqual(['reset 3 x', 'reset 7'])
    expect(parts[1]!.log).toEqual(['reset 4 x', 'reset undefined'])
  })

  test('writes all observations into one block that stays the same', () => {
    const { env } = vector()
    const { observations } = env.reset({ seed: 3 })
    const result = env.step([1, 2])
    expect(result.observations).toBe(observations)
    expect(flat(observations)).toEqual([5, 1, 6, 1])
    expect(Array.from(result.rewards)).toEqual([1, 2])
    expect(result.infos).toEqual([{ steps: 1 }, { steps: 1 }])
  })

  test('next-step: the last observation is given, the next step resets, ignores its action and pays nothing', () => {
    const { env, parts } = vector('next-step')
    env.reset({ seed: 0 })
    env.step([1, 1])
    const last = env.step([2, 2])
    expect([flat(last.observations), ...[last.truncated, last.rewards].map((x) => Array.from(x))]).toEqual([
      [2, 2, 3, 2],
      [1, 0],
      [2, 2],
    ])
    expect(last.finals).toEqual([undefined, undefined])
    const next = env.step([3, 3])
    expect(flat(next.observations)).toEqual([3, 0, 3, 3])
    expect(Array.from(next.rewards)).toEqual([0, 3])
    expect(Array.from(next.truncated)).toEqual([0, 1])
    expect(next.infos[0]).toEqual({ steps: 0 })
    expect(parts[0]!.log).toEqual(['reset 0', 'step 1', 'step 2', 'reset undefined'])
  })

  test('same-step: the step that ends an episode gives the first observation of the next, and the last apart', () => {
    const { env } = vector('same-step')
    env.reset({ seed: 0 })
    env.step([1, 1])
    const { observations, truncated, rewards, infos, finals } = env.step([2, 2])
    expect(flat(observations)).toEqual([3, 0, 3, 2])
    expect(Array.from(truncated)).toEqual([1, 0])
    expect(Array.from(rewards)).toEqual([2, 2])
    expect(infos).toEqual([{ steps: 0 }, { steps: 2 }])
    expect(finals).toEqual([{ observation: new Float32Array([2, 2]), info: { steps: 2 } }, undefined])
  })

  test('disabled: an ended episode must be reset, alone or with all, before the next step', () => {
    const { env, parts } = vector('disabled')
    env.reset({ seed: 0 })
    env.step([1, 1])
    env.step([2, 2])
    expect(() => env.step([3, 3])).toThrow('the episode of environment 0 has ended. Call reset() first.')
    const { observations, infos } = env.reset({ mask: [true, false] })
    expect(flat(observations)).toEqual([3, 0, 3, 2])
    expect(infos).toEqual([{ steps: 0 }, undefined])
    expect(flat(env.step([4, 4]).observations)).toEqual([3, 1, 3, 3])
    expect(parts[1]!.log).toEqual(['reset 1', 'step 1', 'step 2', 'step 4'])
  })

  test('a partial reset takes an environment out of the turn of next-step', () => {
    const { env } = vector('next-step')
    env.reset({ seed: 0 })
    env.step([1, 1])
    env.step([2, 2])
    env.reset({ mask: [1, 0], seed: [5, 5] })
    expect(flat(env.step([9, 9]).observations)).toEqual([7, 1, 3, 3])
  })

  test('asks for a reset before the first step and after an environment threw in the middle of one', () => {
    const { env } = vector()
    expect(() => env.step([0, 0])).toThrow('Call reset() first.')
    env.reset({ seed: 0 })
    expect(() => env.step([1, 99])).toThrow('refused')
    expect(() => env.step([1, 1])).toThrow('Call reset() first.')
    env.reset({ seed: 0 })
    expect(flat(env.step([1, 1]).observations)).toEqual([2, 1, 3, 1])
  })

  test('refuses counts, modes, seeds, masks and environments that do not fit', () => {
    expect(() => new VectorEnv(() => new Counter(), 0)).toThrow('expected an integer of at least 1, got 0')
    expect(() => new VectorEnv(() => new Counter(), 2, { autoreset: 'never' as 'disabled' })).toThrow(
      'unknown mode "never" (VectorEnv.autoreset). Known are next-step, same-step, disabled.',
    )
    const other = Object.assign(new Counter(), { actionSpace: new Discrete(7) })
    expect(() => new VectorEnv((i) => (i === 0 ? new Counter() : other), 2)).toThrow(
      'not those of environment 0',
    )
    const { env } = vector()
    expect(() => env.reset({ seed: [1] })).toThrow('expected 2 seeds, got 1')
    expect(() => env.reset({ mask: [1] })).toThrow('expected 2 values, got 1')
    expect(() => env.reset({ mask: [0, 0] })).toThrow('it resets no environment')
  })

  test('closes all', () => {
    const { env, parts } = vector()
    env.close()
    expect(parts.map(({ log }) => log)).toEqual([['close'], ['close']])
  })
})

test('a batch has a row for every environment, in all parts of a composite space', () => {
  const space = new Dict({
    box: new Box(0, 1, { shape: [2, 2], dtype: 'float64' }),
    pair: new Tuple([new Discrete(5, 2), new MultiDiscrete([3, 4])]),
  })
  const batch = newBatch(space, 3)
  const values = [0, 1, 2].map(() => space.sample())
  values.forEach((value, i) => {
    writeRow(space, batch, i, value)
  })
  values.forEach((value, i) => {
    expect(readRow(space, batch, i)).toEqual(value)
  })
  expect((batch as { box: Float64Array }).box).toHaveLength(12)
})
