import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { make, registeredSpecs } from '../../envs/index.ts'
import type { SpaceJSON } from '../../src/gym/index.ts'
import { temporaryFolder } from '../support/cli.ts'
import { PYTHON, runPython } from '../support/python.ts'

const STEPS = 60
const EPISODE = 25

/** An action of the space, a fixed one for the same number. */
function actionOf(space: SpaceJSON, k: number): unknown {
  if (space.type === 'Discrete') return k % space.n
  if (space.type === 'Dict') {
    return Object.fromEntries(Object.entries(space.spaces).map(([key, part]) => [key, actionOf(part, k)]))
  }
  if (space.type !== 'Box') throw new Error(`no action of a ${space.type}`)
  const [low, high] = [space.low, space.high] as number[]
  return Float32Array.from(
    { length: space.shape[0]! },
    (_, i) => low! + (high! - low!) * (((k + 3 * i) % 11) / 10),
  )
}

/** Two episodes and a half of fixed actions, every bit of what they give. */
function trajectory(id: string, options: Record<string, unknown>, seed: number): string {
  const hash = createHash('sha256')
  const env = make(id, options)
  const space = env.actionSpace.toJSON()
  hash.update(env.reset({ seed }).observation as Float32Array)
  for (let t = 0; t < STEPS; t++) {
    const { observation, reward, terminated, truncated, info } = env.step(actionOf(space, 7 * t + seed))
    hash.update(observation as Float32Array)
    hash.update(Float64Array.of(reward, Number(terminated), Number(truncated), info.time as number))
    const mask = (info.actionMask ?? {}) as Int8Array | Record<string, Int8Array>
    for (const part of mask instanceof Int8Array ? [mask] : Object.values(mask)) hash.update(part)
    if (terminated || truncated) hash.update(env.reset().observation as Float32Array)
  }
  return hash.digest('hex')
}

/** Episodes that end within the test and start at once, where the environment lets that be chosen. */
function shortEpisodes(id: string): Record<string, unknown> {
  for (const options of [{ episodeLength: EPISODE, start: 'empty' }, { episodeLength: EPISODE }]) {
    try {
      make(id, options).close()
      return options
    } catch {}
  }
  return {}
}

const PROGRAM = `
import hashlib, json, struct, sys
import asyncflow_gym, gymnasium
import numpy as np

def action_of(space, k):
    if isinstance(space, gymnasium.spaces.Discrete):
        return k % int(space.n)
    if isinstance(space, gymnasium.spaces.Dict):
        return {key: action_of(part, k) for key, part in space.spaces.items()}
    low, high = float(space.low[0]), float(space.high[0])
    return np.array([low + (high - low) * (((k + 3 * i) % 11) / 10) for i in range(space.shape[0])], np.float32)


found = {}
for name, options, seed in json.loads(sys.argv[1]):
    sha = hashlib.sha256()
    env = gymnasium.make("asyncflow/" + name if "/" not in name else name, **options)
    observation, _ = env.reset(seed=seed)
    sha.update(observation)
    for t in range(${STEPS}):
        observation, reward, terminated, truncated, info = env.step(action_of(env.action_space, 7 * t + seed))
        sha.update(observation)
        sha.update(struct.pack("<4d", reward, terminated, truncated, info["time"]))
        mask = info.get("actionMask", {})
        for part in mask.values() if isinstance(mask, dict) else [mask]:
            sha.update(part)
        if terminated or truncated:
            sha.update(env.reset()[0])
    env.close()
    found[f"{name} {seed}"] = sha.hexdigest()
print(json.dumps(found))
`

describe.skipIf(PYTHON === undefined)('through Python', () => {
  test('the same seed and actions give the same observations, rewards, flags and masks, bit for bit', async () => {
    const cases = registeredSpecs().flatMap(({ id }) => {
      const options = shortEpisodes(id)
      return [1, 2 ** 31].map((seed) => [id, options, seed] as const)
    })
    expect(cases.length).toBe(2 * registeredSpecs().length)
    const { stdout, stderr } = await runPython(['-c', PROGRAM, JSON.stringify(cases)])
    expect(stderr).toBe('')
    const expected = cases.map(([id, kwargs, seed]) => [`${id} ${seed}`, trajectory(id, kwargs, seed)])
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected))
    expect(new Set(expected.map(([, hash]) => hash)).size).toBe(cases.length)
  })
})

describe.skipIf(PYTHON === undefined)('a policy trained in TypeScript', () => {
  const folder = temporaryFolder()
  const options = { scenario: 'heterogeneous', episodeLength: 200 }
  const agent = createAgent('ppo', { nEnvs: 2, nSteps: 64 })

  test('acts in Python as it does here', async () => {
    agent.train?.(() => make('LoadBalancing-v0', options), { steps: 256, seed: 3 })
    writeFileSync(join(folder, 'agent.ckpt'), agent.save())
    const env = make('LoadBalancing-v0', options)
    let { observation, info } = env.reset({ seed: 11 })
    const actions: number[] = []
    for (let t = 0; t < 50; t++) {
      const action = agent.act(observation, info) as number
      actions.push(action)
      ;({ observation, info } = env.step(action))
    }
    expect(new Set(actions).size).toBeGreaterThan(1)
    const program = `
import json, sys
import asyncflow_gym, gymnasium, numpy as np
folder, options = sys.argv[1], json.loads(sys.argv[2])
env = gymnasium.make("asyncflow/LoadBalancing-v0", **options)
for policy in (asyncflow_gym.load_policy(folder), asyncflow_gym.load_policy(folder + "/agent.ckpt")):
    assert policy.name == "ppo"
    observation, info = env.reset(seed=11)
    only = np.arange(env.action_space.n) == 2
    assert policy.act(observation, {"action_mask": only}) == policy.act(observation, {"actionMask": only}) == 2
    actions = []
    for _ in range(50):
        action = policy.act(observation, info)
        assert env.action_space.contains(action)
        actions.append(int(action))
        observation, _, _, _, info = env.step(action)
    print(json.dumps(actions))
    policy.close(); policy.close()
`
    const { stdout, stderr } = await runPython(['-c', program, folder, JSON.stringify(options)])
    expect(stderr).toBe('')
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([actions, actions])
  })

  test('that is not there or damaged is a ValueError that says so', async () => {
    const damaged = agent.save()
    damaged[40]! ^= 1
    writeFileSync(join(folder, 'damaged.ckpt'), damaged)
    const program = `
import sys
import asyncflow_gym
for path in sys.argv[1:]:
    try:
        asyncflow_gym.load_policy(path)
    except ValueError as failure:
        print(failure)
`
    const paths = ['missing', 'damaged.ckpt'].map((name) => join(folder, name))
    const { stdout } = await runPython(['-c', program, ...paths])
    expect(stdout).toMatch(/^there is no file .*missing\. Name a checkpoint or a folder/)
    expect(stdout).toMatch(/\nthe checkpoint is damaged: its checksum does not match/)
  })
})
