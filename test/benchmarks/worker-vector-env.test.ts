import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { WorkerVectorEnv, type WorkerVectorEnvOptions } from '../../benchmarks/index.ts'
import { make } from '../../envs/index.ts'
import { InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import { type AutoresetMode, VectorEnv, type VectorEnvironment } from '../../src/gym/index.ts'
import { ROOT } from '../support/cli.ts'

// As built: threads do not go through the tests' compiler.
const workerFile = pathToFileURL(`${ROOT}/dist/benchmarks/vector/worker.mjs`).href

const open: WorkerVectorEnv[] = []
afterEach(async () => {
  for (const env of open.splice(0)) {
    env.close()
    await env.exited
  }
})

function workers(
  id: string,
  kwargs: Record<string, unknown>,
  count: number,
  options: WorkerVectorEnvOptions = {},
): WorkerVectorEnv {
  const env = new WorkerVectorEnv(id, kwargs, count, { threads: 2, workerFile, ...options })
  open.push(env)
  return env
}

const BALANCING = ['LoadBalancing-v0', { episodeLength: 7, start: { for: 1 } }] as const

/** What can cross threads: all but the view. */
function plain(x: unknown): unknown {
  return JSON.parse(
    JSON.stringify(x, (_, value: unknown) =>
      ArrayBuffer.isView(value) ? Array.from(value as Int8Array) : value,
    ),
  )
}

/** All that some steps give, with a reset of what has ended where the mode asks for one. */
function play(env: VectorEnvironment, steps: number): unknown[] {
  return Array.from({ length: steps }, (_, k) => {
    const actions = Array.from({ length: env.count }, (__, i) => (k + i) % 2)
    const { observations, rewards, terminated, truncated, infos, finals } = env.step(actions)
    const given = plain({
      observations,
      rewards,
      terminated,
      truncated,
      infos: infos.map((info) => ({ ...info })),
      finals,
    })
    const again = env.autoreset === 'disabled' && env.ended.includes(1)
    return [given, again && plain(env.reset({ mask: [...env.ended] }))]
  })
}

describe('a vector environment over threads', () => {
  test.each(['next-step', 'same-step', 'disabled'] as AutoresetMode[])(
    'gives what one in one thread gives (%s)',
    (autoreset) => {
      for (const [id, kwargs] of [BALANCING, ['Dispatch-v0', { episodeLength: 4 }] as const]) {
        const here = new VectorEnv(() => make(id, { ...kwargs }), 5, { autoreset })
        const threads = id === 'Dispatch-v0' ? 3 : 2
        const there = workers(id, kwargs, 5, { autoreset, threads })
        const seeds = [5, 3, undefined, 8, 5]
        expect(plain(there.reset({ seed: seeds }))).toEqual(plain(here.reset({ seed: seeds })))
        expect(play(there, 20)).toEqual(play(here, 20))
        const part = { seed: 40, mask: [0, 0, 1, 0, 1] }
        expect(plain(there.reset(part))).toEqual(plain(here.reset(part)))
        expect(play(there, 5)).toEqual(play(here, 5))
      }
    },
  )

  test('gives each environment what it gives alone', () => {
    const env = workers(...BALANCING, 3)
    env.reset({ seed: 11 })
    const rows = play(env, 6) as [{ rewards: number[]; infos: { traceId: string; time: number }[] }][]
    for (let i = 0; i < 3; i++) {
      const alone = make(...BALANCING)
      alone.reset({ seed: 11 + i })
      for (let k = 0; k < 6; k++) {
        const { reward, info } = alone.step((k + i) % 2)
        expect(rows[k]![0].rewards[i]).toBe(reward)
        expect(rows[k]![0].infos[i]).toMatchObject({ traceId: info.traceId, time: info.time })
      }
    }
  })

  test('keeps its rows in one block of shared memory', () => {
    const env = workers(...BALANCING, 4, { threads: 2 })
    const { observations } = env.reset({ seed: 1 })
    const { buffer } = observations as Float32Array
    expect(buffer).toBeInstanceOf(SharedArrayBuffer)
    const result = env.step([0, 0, 0, 0])
    expect(result.observations).toBe(observations)
    for (const rows of [result.rewards, result.terminated, result.truncated]) expect(rows.buffer).toBe(buffer)
  })

  test('names the environment whose action is wrong, and goes on after a reset', () => {
    const env = workers(...BALANCING, 5)
    expect(() => env.step([0, 0, 0, 0, 0])).toThrow(ResetNeededError)
    for (const [index, action] of [
      [4, 9],
      [2, Number.NaN],
      [0, -1],
    ] as const) {
      env.reset({ seed: 1 })
      const actions = [0, 0, 0, 0, 0]
      actions[index] = action
      const attempt = () => env.step(actions)
      expect(attempt).toThrow(InvalidActionError)
      expect(() => env.step([0, 0, 0, 0, 0])).toThrow(ResetNeededError)
      env.reset({ seed: 1 })
      expect(attempt).toThrow(new RegExp(`^environment ${index}: expected a slot from 0 to 5, got ${action}`))
    }
    env.reset({ seed: 1 })
    expect(() => env.step([0, 0])).toThrow(/expected 5 numbers for the actions of 5 environments, got 2/)
    const again = new VectorEnv(() => make(...BALANCING), 5)
    expect(plain(env.reset({ seed: 2 }))).toEqual(plain(again.reset({ seed: 2 })))
    expect(play(env, 3)).toEqual(play(again, 3))
  })

  test('says why a worker could not begin, or ended', async () => {
    expect(() => workers('Dispatch-v0', { lamda: 1 }, 4)).toThrow(/unknown option "lamda"/)
    expect(() => workers('Dispatch-v0', {}, 4, { modules: ['file:///none.mjs'] })).toThrow(
      /^environment \d: Cannot find module/,
    )
    expect(() => workers('Dispatch-v0', {}, 4, { threads: 0 })).toThrow(/SharedVectorEnv\.threads/)
    expect(() => workers('Dispatch-v0', {}, 4, { workerFile: 'file:///none.mjs' })).toThrow(
      /there is no worker/,
    )
    const exits = `data:text/javascript,${encodeURIComponent('process.exit(3)')}`
    expect(() => workers('Dispatch-v0', {}, 4, { modules: [exits] })).toThrow(/its thread ended with code 3/)
  })

  test('gives infos until the next step, or for as many as it keeps', () => {
    const env = workers('Dispatch-v0', {}, 3)
    env.reset({ seed: 1 })
    const first = env.step([0, 0, 0])
    const second = env.step([0, 0, 0])
    expect(() => first.infos).toThrow(/infos of a step are gone after the next/)
    expect(second.infos).toHaveLength(3)
    const keeping = workers('Dispatch-v0', {}, 3, { infosKept: 2 })
    keeping.reset({ seed: 1 })
    const earlier = keeping.step([0, 0, 0])
    keeping.step([0, 0, 0])
    const times = earlier.infos.map((info) => info.time)
    const here = new VectorEnv(() => make('Dispatch-v0'), 3)
    here.reset({ seed: 1 })
    expect(times).toEqual(here.step([0, 0, 0]).infos.map((info) => info.time))
  })

  test('goes on from a snapshot, also from one of the other kind', () => {
    const here = new VectorEnv(() => make(...BALANCING), 4)
    const there = workers(...BALANCING, 4)
    there.reset({ seed: 6 })
    play(there, 9)
    const bytes = there.snapshot()
    const straight = play(there, 12)
    here.restore(bytes)
    expect(here.snapshot()).toEqual(bytes)
    expect(play(here, 12)).toEqual(straight)
    there.restore(bytes)
    expect(play(there, 12)).toEqual(straight)
    expect(() => workers(...BALANCING, 2).restore(bytes)).toThrow(/of 4 environments, these are 2/)
  })

  test('leaves no thread behind', async () => {
    const env = new WorkerVectorEnv('Dispatch-v0', {}, 3, { threads: 2, workerFile })
    env.reset()
    env.close()
    env.close()
    await env.exited
    expect(() => env.step([0, 0, 0])).toThrow(/is closed/)
  })
})
