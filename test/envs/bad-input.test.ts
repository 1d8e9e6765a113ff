import { describe, expect, test } from 'vitest'
import { make, registeredSpecs } from '../../envs/index.ts'
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  type Box,
  type Dict,
  type Discrete,
  type Env,
  newBatch,
  type Space,
  VectorEnv,
} from '../../src/gym/index.ts'

const IDS = registeredSpecs().map((spec) => spec.id)
const MARKOV = ['Dispatch-v0', 'Replicas-v0', 'SlowServer-v0']

function options(id: string): Record<string, unknown> {
  if (id.startsWith('Park/')) return { numJobs: 3 }
  return MARKOV.includes(id) ? { episodeLength: 3 } : { episodeLength: 3, start: 'empty' }
}

type Bad = readonly [name: string, action: unknown]

/** What is no action of the space, and is no valid one after rounding or clipping either. */
function badActions(space: Space): Bad[] {
  const nothing: Bad[] = [
    ['undefined', undefined],
    ['null', null],
    ['a text', '0'],
    ['an empty list', []],
  ]
  switch (space.kind) {
    case 'Discrete': {
      const { n } = space as Discrete
      return [
        ...nothing,
        ['too large', n],
        ['negative', -1],
        ['a fraction', 0.5],
        ['NaN', Number.NaN],
        ['Infinity', Number.POSITIVE_INFINITY],
        ['a list', [0]],
      ]
    }
    case 'Box': {
      const { low, high } = space as Box<'float32'>
      const changed = (value: number): Float32Array =>
        Float32Array.from(low, (bound, i) => (i === 0 ? value : bound))
      return [
        ...nothing,
        ['a number', low[0]],
        ['one number more', new Float32Array(low.length + 1).fill(low[0]!)],
        ['NaN', changed(Number.NaN)],
        ['too large', changed(high[0]! + 1)],
        ['too small', changed(low[0]! - 1)],
        ['a list', Array.from(low)],
      ]
    }
    case 'Dict': {
      const { keys, spaces } = space as Dict
      const good = Object.fromEntries(keys.map((key) => [key, spaces[key]!.sample()]))
      const parts = keys.flatMap((key) =>
        badActions(spaces[key]!).map(([name, part]): Bad => [`${key}: ${name}`, { ...good, [key]: part }]),
      )
      const { [keys[0]!]: _, ...without } = good
      return [...nothing, ['a missing key', without], ...parts]
    }
    default:
      throw new Error(`no bad actions for ${space.kind}`)
  }
}

function seen({ observation, reward }: { observation: unknown; reward?: number }): unknown {
  return JSON.stringify([observation, reward])
}

/** A valid action that is the same in each call. */
function goodAction(env: Env, info: Readonly<Record<string, unknown>>): unknown {
  const mask = info.actionMask as Int8Array | Record<string, Int8Array> | undefined
  if (ArrayBuffer.isView(mask)) return mask.indexOf(1)
  env.actionSpace.seed(1)
  return env.actionSpace.sample(mask === undefined ? {} : { mask })
}

describe.each(IDS)('%s', (id) => {
  test('names every bad action and goes on as if it had not come', () => {
    for (const env of [make(id, options(id)), make(id, options(id)).unwrapped]) {
      const { info } = env.reset({ seed: 1 })
      const expected = seen(env.step(goodAction(env, info)))
      env.reset({ seed: 1 })
      for (const [name, action] of badActions(env.actionSpace)) {
        const attempt = (): unknown => env.step(action)
        expect(attempt, name).toThrow(InvalidActionError)
        expect(attempt, name).toThrow(/expected .+\. \S|got .+\. \S/)
      }
      expect(seen(env.step(goodAction(env, info)))).toBe(expected)
    }
  })

  test('asks for a reset before the first step and after the last', () => {
    for (const env of [make(id, options(id)), make(id, options(id)).unwrapped]) {
      let action = env.actionSpace.sample()
      expect(() => env.step(action)).toThrow(ResetNeededError)
      const first = env.reset({ seed: 1 })
      action = goodAction(env, first.info)
      for (;;) {
        const { terminated, truncated, info } = env.step(action)
        if (terminated || truncated) break
        action = goodAction(env, info)
      }
      expect(() => env.step(action)).toThrow(/the episode has ended\. Call reset\(\) first\./)
      expect(seen(env.reset({ seed: 1 }))).toBe(seen({ observation: first.observation }))
      env.step(goodAction(env, first.info))
    }
  })

  test('names an unknown option, and one that is close to it', () => {
    const name = id.startsWith('Park/') ? 'numJobs' : 'episodeLength'
    const misspelt = `${name}s`
    expect(() => make(id, { [misspelt]: 3 })).toThrow(ConfigError)
    expect(() => make(id, { [misspelt]: 3 })).toThrow(
      `unknown option "${misspelt}" (${misspelt}). Did you mean "${name}"?`,
    )
    expect(() => make(id, { [name]: Number.NaN })).toThrow(
      new RegExp(`expected an integer .*NaN \\(${name}\\)`),
    )
  })

  test('refuses what is no seed', () => {
    const env = make(id, options(id))
    for (const seed of [Number.NaN, 0.5, '1', -1]) {
      expect(() => env.reset({ seed: seed as number }), String(seed)).toThrow(
        /expected an integer of at least 0, got .* \(reset\.seed\)/,
      )
    }
    env.reset({ seed: 0 })
  })

  test('in a vector leaves a reset to be made', () => {
    const env = new VectorEnv(() => make(id, options(id)), 2)
    expect(() => env.step(newBatch(env.singleActionSpace, 2))).toThrow(ResetNeededError)
    env.reset({ seed: 1 })
    if (env.singleActionSpace.kind === 'Discrete') {
      expect(() => env.step([0, Number.NaN])).toThrow(InvalidActionError)
      expect(env.position).toBe(1)
      expect(() => env.step([0, 0])).toThrow(ResetNeededError)
    }
    env.reset({ seed: 1 })
  })
})

const CHOOSY = IDS.filter((id) => {
  try {
    return make(id, { ...options(id), invalidAction: 'error' }).actionSpace.kind === 'Discrete'
  } catch {
    return false
  }
})

describe('a masked action', () => {
  test('can be refused in at least two environments', () => {
    expect(CHOOSY).toEqual(expect.arrayContaining(['Autoscaling-v0', 'LoadBalancing-v0']))
  })

  test.each(CHOOSY)('%s names it under invalidAction: error, and goes on', (id) => {
    const scenario = `
name: One down
horizon: 100
slo: [p95 < 1s]
workloads: { w: { to: edge, arrivals: { poisson: { rate: 20 } } } }
balancers: { edge: { policy: random, to: web } }
services:
  web:
    replicas: 2
    endpoints: { e: [{ cpu: { exponential: { mean: 10ms } } }] }
    autoscaler: { policy: fixed, min: 1, max: 4, interval: 5, startup: 5 }
`
    const env = make(id, { scenario, start: 'empty', invalidAction: 'error' })
    const { info } = env.reset({ seed: 1 })
    const mask = info.actionMask as Int8Array
    const masked = mask.indexOf(0)
    expect(masked).toBeGreaterThanOrEqual(0)
    expect(() => env.step(masked)).toThrow(InvalidActionError)
    expect(() => env.step(masked)).toThrow(/mask is 1/)
    expect(env.step(mask.indexOf(1)).info.invalidAction).toBe(false)
  })
})
