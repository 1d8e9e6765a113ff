import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { make, registeredSpecs } from '../../envs/index.ts'
import { temporaryFolder } from '../support/cli.ts'
import { PYTHON, runPython } from '../support/python.ts'

const STEPS = 150
const EPISODE = 60

/** Two episodes and a half of fixed actions, every bit of what they give. */
function trajectory(id: string, options: Record<string, unknown>, seed: number): string {
  const hash = createHash('sha256')
  const env = make(id, options)
  const n = (env.actionSpace.toJSON() as { n: number }).n
  hash.update(env.reset({ seed }).observation as Float32Array)
  for (let t = 0; t < STEPS; t++) {
    const { observation, reward, terminated, truncated, info } = env.step((7 * t + seed) % n)
    hash.update(observation as Float32Array)
    hash.update(Float64Array.of(reward, Number(terminated), Number(truncated), info.time as number))
    hash.update(info.actionMask as Int8Array)
    if (terminated || truncated) hash.update(env.reset().observation as Float32Array)
  }
  return hash.digest('hex')
}

/** Episodes that end within the test, where the environment lets their length be chosen. */
function shortEpisodes(id: string): Record<string, unknown> {
  try {
    make(id, { episodeLength: EPISODE }).close()
    return { episodeLength: EPISODE }
  } catch {
    return {}
  }
}

const PROGRAM = `
import hashlib, json, struct, sys
import asyncflow_gym, gymnasium
found = {}
for name, options, seed in json.loads(sys.argv[1]):
    sha = hashlib.sha256()
    env = gymnasium.make("asyncflow/" + name if "/" not in name else name, **options)
    observation, _ = env.reset(seed=seed)
    sha.update(observation)
    for t in range(${STEPS}):
        observation, reward, terminated, truncated, info = env.step((7 * t + seed) % int(env.action_space.n))
        sha.update(observation)
        sha.update(struct.pack("<4d", reward, terminated, truncated, info["time"]))
        sha.update(info["actionMask"])
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
      const { actionSpace, observationSpace } = make(id, options)
      const simple = actionSpace.kind === 'Discrete' && observationSpace.kind === 'Box'
      return simple ? [1, 2 ** 31].map((seed) => [id, options, seed] as const) : []
    })
    expect(cases.length).toBeGreaterThanOrEqual(4)
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
import asyncflow_gym, gymnasium
folder, options = sys.argv[1], json.loads(sys.argv[2])
env = gymnasium.make("asyncflow/LoadBalancing-v0", **options)
for policy in (asyncflow_gym.load_policy(folder), asyncflow_gym.load_policy(folder + "/agent.ckpt")):
    assert policy.name == "ppo"
    observation, info = env.reset(seed=11)
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
