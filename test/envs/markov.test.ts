import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { exactCost, registerOptimal } from '../../benchmarks/index.ts'
import { Dispatch, make, Replicas, SlowServer } from '../../envs/index.ts'
import { InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import { checkEnv, type Env } from '../../src/gym/index.ts'
import { log1p } from '../../src/random/index.ts'

registerOptimal()

type Totals = { readonly cost: number; readonly time: number }

/** Costs and times of batches of decisions. */
function batches(
  env: Env,
  name: string,
  params: Record<string, unknown>,
  count: number,
  size: number,
): Totals[] {
  const agent = createAgent(name, params)
  agent.reset?.(0)
  let { observation, info } = env.reset({ seed: 3 })
  return Array.from({ length: count }, () => {
    let [cost, time] = [0, 0]
    for (let i = 0; i < size; i++) {
      const step = env.step(agent.act(observation, info))
      ;({ observation, info } = step)
      expect(step.terminated).toBe(false)
      cost -= step.reward * (info.rewardUnit as number)
      time += info.elapsed as number
    }
    return { cost, time }
  })
}

/** Ratio of means and its standard error, by batches. */
function ratio(parts: readonly Totals[]): { mean: number; error: number } {
  const n = parts.length
  const time = parts.reduce((sum, part) => sum + part.time, 0)
  const mean = parts.reduce((sum, part) => sum + part.cost, 0) / time
  const squares = parts.reduce((sum, part) => sum + (part.cost - mean * part.time) ** 2, 0)
  return { mean, error: Math.sqrt((squares / (n - 1)) * n) / time }
}

/** Puts the environment, at a decision, into a state of which it would take long to come. */
function setState<S>(env: { readonly state: S }, state: S): void {
  ;(env as unknown as { setState(state: S): void }).setState(state)
}

const LONG = { start: 'empty', episodeLength: 10_000_000 }

describe('the Markov environments', () => {
  test.each(['Dispatch-v0', 'SlowServer-v0', 'Replicas-v0'])('%s passes every check', (id) => {
    const report = checkEnv(make(id).unwrapped)
    expect(report.errors).toEqual([])
    expect(report.warnings).toEqual([])
  })

  test.each([
    ['Dispatch-v0', { lambda: 1.05, mu2: 0.5 }, 'optimal', { limit: 60 }, 2.87795],
    ['Dispatch-v0', { lambda: 1.05, mu2: 0.5 }, 'sed', {}, 3.02926],
    ['SlowServer-v0', {}, 'optimal', {}, 3.08696],
    ['Replicas-v0', {}, 'optimal', { limit: 60, tolerance: 0.01 }, 9.41978],
  ] as const)('%s %j simulated under %s %j costs what is computed', (id, kwargs, agent, params, cost) => {
    const { mean, error } = ratio(batches(make(id, { ...kwargs, ...LONG }), agent, params, 20, 5000))
    expect(error / cost).toBeLessThan(0.06)
    expect(Math.abs(mean - cost) / error).toBeLessThan(3.9)
  })

  test('an agent is evaluated exactly, without simulation', () => {
    const env = new Dispatch({ lambda: 1.05, mu2: 0.5 })
    const cost = (name: string, params = {}) =>
      exactCost(env, createAgent(name, params), { limit: 60, tolerance: 1e-6 }).average
    expect(cost('jsq')).toBeCloseTo(2.94682, 5)
    expect(cost('sed')).toBeCloseTo(3.02926, 4)
    expect(cost('optimal', { limit: 60 })).toBeCloseTo(2.87795, 5)
  })

  test('the agents that show a state leave the episode as it is', () => {
    const env = new SlowServer()
    env.reset({ seed: 1 })
    const { state } = env
    expect(env.at(9).observation[0]).toBeCloseTo(log1p(9) / log1p(1000), 6)
    expect(env.state).toBe(state)
  })

  test('name what is wrong and go on', () => {
    const env = new Dispatch({ episodeLength: 3 })
    expect(() => env.step(0)).toThrow(ResetNeededError)
    expect(() => env.snapshot()).toThrow(ResetNeededError)
    env.reset({ seed: 1 })
    for (const action of [-1, 2, 0.5, Number.NaN, '1', undefined]) {
      expect(() => env.step(action as number)).toThrow(InvalidActionError)
    }
    for (let i = 0; i < 3; i++) expect(env.step(0).truncated).toBe(i === 2)
    expect(() => env.step(0)).toThrow(/the episode has ended/)
    env.reset()
    expect(env.step(1).truncated).toBe(false)
    expect(() => new Dispatch({ lamda: 1 })).toThrow(/unknown option "lamda".*"lambda"/)
    expect(() => new Dispatch({ lambda: 2 })).toThrow(/expected less than mu1 \+ mu2 = 1.1, got 2/)
    expect(() => new SlowServer({ mu2: -1 })).toThrow(/expected a number above 0, got -1/)
    expect(() => new SlowServer({ lambda: 1.2 })).toThrow(/got 1.2/)
    expect(() => new Replicas({ max: 3 })).toThrow(/is not below max x mu = 3/)
    expect(() => createAgent('optimal').act(undefined, {})).toThrow(/Dispatch-v0/)
    const hidden = new Replicas({ hidePhase: true })
    const { observation, info } = hidden.reset({ seed: 0 })
    expect(() => createAgent('optimal').act(observation, info)).toThrow(/hidePhase/)
  })
})

describe('Dispatch-v0', () => {
  test('starts from 0 to 20 jobs at each server, or empty', () => {
    const seen = new Set<number>()
    const env = new Dispatch({ lambda: 1e9, mu1: 1e9, mu2: 1 })
    for (let seed = 0; seed < 400; seed++) {
      env.reset({ seed })
      expect(Math.max(...env.state)).toBeLessThanOrEqual(20)
      seen.add(env.state[1])
    }
    expect(seen.size).toBe(21)
    const empty = new Dispatch({ start: 'empty' })
    empty.reset({ seed: 0 })
    expect(empty.state).toEqual([0, 0])
  })

  test('passes jobs of a full queue on, and loses them where both are full', () => {
    const env = new Dispatch({ lambda: 1e9, mu1: 1e9, mu2: 1, cap: 20, start: 'empty' })
    env.reset({ seed: 0 })
    setState(env, [3, 20])
    env.step(1)
    expect(env.state[1]).toBe(20)
    for (let i = 0; i < 300; i++) {
      env.step(1)
      expect(Math.max(...env.state)).toBeLessThanOrEqual(20)
    }
  })
})

describe('SlowServer-v0', () => {
  test('asks whenever the slow server is idle and two jobs are there', () => {
    const env = new SlowServer()
    env.reset({ seed: 5 })
    for (let i = 0; i < 500; i++) {
      expect(env.state).toBeGreaterThanOrEqual(2)
      env.step(i % 3 === 0 ? 1 : 0)
    }
  })
})

describe('Replicas-v0', () => {
  test('cancels starts first, stops at once, and stays within its bounds', () => {
    const env = new Replicas()
    env.reset({ seed: 2 })
    // Ready and starting together are the target, whatever the event after the action is.
    const targetAfter = (state: Replicas['state'], action: number) => {
      setState(env, state)
      env.step(action)
      return env.state.ready + env.state.starting
    }
    expect(targetAfter({ phase: 0, jobs: 4, ready: 3, starting: 2 }, 0)).toBe(4)
    expect(targetAfter({ phase: 0, jobs: 4, ready: 3, starting: 0 }, 0)).toBe(2)
    expect(targetAfter({ phase: 0, jobs: 4, ready: 3, starting: 0 }, 1)).toBe(3)
    expect(targetAfter({ phase: 0, jobs: 4, ready: 3, starting: 0 }, 2)).toBe(4)
    expect(targetAfter({ phase: 0, jobs: 4, ready: 0, starting: 0 }, 0)).toBe(0)
    expect(targetAfter({ phase: 0, jobs: 4, ready: 10, starting: 0 }, 2)).toBe(10)
  })

  test('takes any number with anyTarget, and does not show the phase with hidePhase', () => {
    const env = new Replicas({ anyTarget: true, hidePhase: true })
    expect(env.actionSpace.n).toBe(11)
    expect(env.observationSpace.shape).toEqual([3])
    env.reset({ seed: 2 })
    env.step(8)
    expect(env.state.ready + env.state.starting).toBe(8)
    env.step(1)
    expect(env.state.ready + env.state.starting).toBe(1)
  })
})
