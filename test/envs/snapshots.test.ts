import { describe, expect, test } from 'vitest'
import { make, registeredSpecs } from '../../envs/index.ts'
import { ResetNeededError } from '../../src/errors.ts'
import {
  type Env,
  FrameStack,
  NormalizeObservation,
  NormalizeReward,
  packSnapshot,
  RecordEpisodeStatistics,
  RecordTrajectory,
  type StepResult,
  TimeLimit,
  type Trajectory,
  VectorEnv,
} from '../../src/gym/index.ts'
import { copyData } from '../../src/gym/plain-data.ts'
import { Stream } from '../../src/random/index.ts'

const MARKOV = ['Dispatch-v0', 'Replicas-v0', 'SlowServer-v0']

/** Short episodes, so that a trajectory passes the end of one and the beginning of the next; short warm starts. */
function shortOptions(id: string): Record<string, unknown> {
  if (id.startsWith('Park/')) return { numJobs: 25 }
  if (MARKOV.includes(id)) return { episodeLength: 25 }
  return { episodeLength: 25, start: { for: 2 }, ...(id === 'Autoscaling-v0' && { k: 1 }) }
}

const IDS = registeredSpecs()
  .map((spec) => spec.id)
  .filter((id) => make(id).unwrapped.snapshot !== undefined)

/** All that the steps give, with resets at the ends of episodes; actions are drawn from `seed`. */
function play(env: Env, steps: number, seed: number): unknown[] {
  const stream = Stream.derive(seed, 'test/actions')
  return Array.from({ length: steps }, () => {
    const step = env.step(env.actionSpace.sample({ stream })) as StepResult<unknown>
    const next = step.terminated || step.truncated ? env.reset() : undefined
    return [plain(step), next && plain(next)]
  })
}

/** Copies, info as an ordinary object of what is enumerable in it. */
function plain(result: { info: object }): unknown {
  return copyData({ ...result, info: { ...result.info } })
}

describe('a snapshot', () => {
  test('is there in the environments of the simulator, Park and the Markov models', () => {
    expect(IDS).toEqual(
      expect.arrayContaining([
        'Autoscaling-v0',
        'Dispatch-v0',
        'LoadBalancing-v0',
        'Park/LoadBalance-v0',
        'Replicas-v0',
        'SlowServer-v0',
      ]),
    )
  })

  test.each(IDS)('%s goes on bit for bit, there and in another', (id) => {
    const env = make(id, shortOptions(id))
    env.reset({ seed: 4 })
    for (const before of [0, 1, 12]) {
      play(env, before, before)
      const bytes = env.snapshot!()
      expect(bytes).toBeInstanceOf(Uint8Array)
      const straight = play(env, 30, 1)
      env.restore!(bytes)
      expect(play(env, 30, 1)).toEqual(straight)
      // Never reset, and in the middle of another episode.
      for (const seed of [undefined, 9]) {
        const other = make(id, shortOptions(id))
        if (seed !== undefined) other.reset({ seed })
        other.restore!(bytes)
        expect(Buffer.compare(other.snapshot!(), bytes)).toBe(0)
        expect(play(other, 30, 1)).toEqual(straight)
      }
      env.restore!(bytes)
    }
  })

  test.each(IDS)('%s can be saved where an episode has ended', (id) => {
    const env = make(id, shortOptions(id))
    env.reset({ seed: 1 })
    for (;;) {
      const { terminated, truncated } = env.step(env.actionSpace.sample())
      if (terminated || truncated) break
    }
    const bytes = env.snapshot!()
    const next = plain(env.reset())
    env.restore!(bytes)
    expect(() => env.step(env.actionSpace.sample())).toThrow(/the episode has ended/)
    expect(plain(env.reset())).toEqual(next)
  })

  test.each(IDS)('%s needs a reset first, refuses other bytes and stays as it is', (id) => {
    const env = make(id, shortOptions(id))
    expect(() => env.snapshot!()).toThrow(ResetNeededError)
    env.reset({ seed: 1 })
    const bytes = env.snapshot!()
    const straight = play(env, 5, 1)
    env.restore!(bytes)
    expect(() => env.restore!(new Uint8Array(12))).toThrow(/these bytes are no snapshot/)
    expect(() => env.restore!(bytes.slice(0, 40))).toThrow(/these bytes are no snapshot/)
    expect(() => env.restore!(packSnapshot('Chess', 1))).toThrow(/the snapshot is of Chess, this is/)
    const option = id.startsWith('Park') ? { numJobs: 26 } : { episodeLength: 26 }
    expect(() => make(id, { ...shortOptions(id), ...option }).restore!(bytes)).toThrow(
      /with (numJobs|episodeLength) 25, not 26 .*same options/,
    )
    expect(play(env, 5, 1)).toEqual(straight)
  })

  test('of another scenario or version is refused', () => {
    const env = make('LoadBalancing-v0', { scenario: 'heterogeneous' })
    env.reset({ seed: 1 })
    const bytes = env.snapshot!()
    expect(() => make('LoadBalancing-v0').restore!(bytes)).toThrow(/with scenario #\w+, not #\w+/)
    const text = new TextDecoder('latin1').decode(bytes)
    const at = text.indexOf('version') + 'version'.length + 1
    const other = bytes.slice()
    other[at] = '9'.charCodeAt(0)
    expect(() => env.restore!(other)).toThrow(/the snapshot is of version 9/)
  })

  const small = `
name: Small
horizon: 4
workloads: { w: { to: edge, arrivals: { poisson: { rate: 20 } }, timeout: 1 } }
balancers: { edge: { policy: random, to: web } }
services: { web: { replicas: 3, endpoints: { e: [{ cpu: { exponential: { mean: 0.1 } } }] } } }
`
  test.each([
    ['another policy runs the other balancers', { control: 'one', background: 'random', episodeLength: 25 }],
    ['the run goes on after its horizon', { scenario: small, episodeLength: 'horizon', drain: true }],
    ['the start is empty and single choices are skipped', { start: 'empty', skipForced: true }],
  ])('holds also where %s', (_, options) => {
    const kwargs = { start: { for: 2 }, ...options }
    const env = make('LoadBalancing-v0', kwargs)
    env.reset({ seed: 3 })
    play(env, 7, 1)
    const bytes = env.snapshot!()
    const straight = play(env, 150, 2)
    const other = make('LoadBalancing-v0', kwargs)
    other.restore!(bytes)
    expect(play(other, 150, 2)).toEqual(straight)
  })
})

describe('the wrappers', () => {
  const wrapped = (): { env: Env; trajectories: Trajectory[] } => {
    const trajectories: Trajectory[] = []
    let env = new NormalizeReward(new NormalizeObservation(new TimeLimit(make('Dispatch-v0'), 15))) as Env
    env = new RecordTrajectory(new RecordEpisodeStatistics(env), (one) => trajectories.push(one))
    return { env: new FrameStack(env, 3) as Env, trajectories }
  }

  test('save their own state', () => {
    const { env, trajectories } = wrapped()
    env.reset({ seed: 2 })
    play(env, 20, 1)
    trajectories.length = 0
    const bytes = env.snapshot!()
    const straight = play(env, 40, 2)
    const recorded = trajectories.splice(0).map((one) => JSON.stringify(one))
    expect(recorded.length).toBeGreaterThan(1)
    for (const other of [{ env, trajectories }, wrapped()]) {
      other.trajectories.length = 0
      other.env.restore!(bytes)
      other.trajectories.length = 0
      expect(play(other.env, 40, 2)).toEqual(straight)
      expect(other.trajectories.map((one) => JSON.stringify(one))).toEqual(recorded)
    }
  })

  test('say what does not fit', () => {
    const env = new TimeLimit(make('Dispatch-v0'), 15)
    env.reset({ seed: 1 })
    const bytes = env.snapshot()
    expect(() => new FrameStack(make('Dispatch-v0'), 2).restore(bytes)).toThrow(
      /is of TimeLimit, this is FrameStack/,
    )
    expect(() => make('Dispatch-v0').restore!(bytes)).toThrow(/is of TimeLimit, this is Dispatch/)
    const frames = new FrameStack(make('Dispatch-v0'), 2)
    frames.reset()
    expect(() => new FrameStack(make('Dispatch-v0'), 3).restore(frames.snapshot())).toThrow(
      /has 2 frames, not 3/,
    )
  })
})

describe('a vector environment', () => {
  test.each(['next-step', 'same-step'] as const)('goes on from a snapshot (%s)', (autoreset) => {
    const create = () => new VectorEnv((i) => make('Dispatch-v0', { episodeLength: 5 + i }), 3, { autoreset })
    const playAll = (env: VectorEnv) =>
      Array.from({ length: 12 }, (_, k) => copyData(env.step([k % 2, 0, 1])))
    expect(() => create().snapshot()).toThrow(ResetNeededError)
    const env = create()
    env.reset({ seed: 1 })
    playAll(env)
    const bytes = env.snapshot()
    const shown = copyData(env.reset({ mask: [1, 0, 0] }).observations)
    env.restore(bytes)
    const straight = playAll(env)
    const other = create()
    other.restore(bytes)
    expect(playAll(other)).toEqual(straight)
    other.restore(bytes)
    expect(other.reset({ mask: [1, 0, 0] }).observations).toEqual(shown)
    expect(() => new VectorEnv(() => make('Dispatch-v0'), 2).restore(bytes)).toThrow(
      /of 3 environments, these are 2/,
    )
  })
})
