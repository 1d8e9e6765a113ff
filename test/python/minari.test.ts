import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pack } from 'msgpackr'
import { beforeAll, describe, expect, test } from 'vitest'
import { make } from '../../envs/index.ts'
import { RecordTrajectory, type Trajectory, trajectoryHeader, trajectoryToJson } from '../../src/index.ts'
import { temporaryFolder } from '../support/cli.ts'
import { PYTHON, runPython } from '../support/python.ts'

describe.skipIf(PYTHON === undefined)('recorded episodes', () => {
  const folder = temporaryFolder()
  const recorded: Trajectory[] = []

  beforeAll(() => {
    const inner = make('LoadBalancing-v0', { episodeLength: 5 })
    const env = new RecordTrajectory(inner, (trajectory) => recorded.push(trajectory))
    for (let episode = 0; episode < 3; episode++) {
      env.reset(episode === 0 ? { seed: 4 } : {})
      for (let t = 0; t < 5; t++) env.step(t)
    }
    const values = [trajectoryHeader(env), ...recorded.map((one) => trajectoryToJson(env, one))]
    writeFileSync(join(folder, 'a.jsonl'), values.map((value) => `${JSON.stringify(value)}\n`).join(''))
    writeFileSync(join(folder, 'a.msgpack'), Buffer.concat(values.map((value) => pack(value))))
  })

  test.each(['a.jsonl', 'a.msgpack'])('become a Minari dataset that has all of them: %s', async (file) => {
    const out = join(folder, `out-${file}`)
    const convert = ['-m', 'asyncflow_gym.minari', join(folder, file), '--out', out]
    const { code, stdout, stderr } = await runPython(convert)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`asyncflow/loadbalancing/recorded-v0: 3 episodes, 15 steps in ${out}\n`)
    const program = `
import json
import minari
dataset = minari.load_dataset("asyncflow/loadbalancing/recorded-v0")
env = dataset.recover_environment()
assert env.spec.id == "asyncflow/LoadBalancing-v0" and env.spec.kwargs["episodeLength"] == 5
assert env.observation_space == dataset.observation_space
episodes = [
    [e.observations.tolist(), e.actions.tolist(), e.rewards.tolist(), e.terminations.tolist(), e.truncations.tolist(),
     e.infos["time"].tolist(), e.infos["terms"]["requestSeconds"].tolist(), e.infos["actionMask"].tolist(), sorted(e.infos)]
    for e in dataset.iterate_episodes()
]
print(json.dumps(episodes))
env.close()
`
    const loaded = await runPython(['-c', `import asyncflow_gym\n${program}`], {
      env: { MINARI_DATASETS_PATH: out },
    })
    expect(loaded.stderr).toBe('')
    const expected = recorded.map((one) => [
      one.observations.map((value) => Array.from(value as Float32Array)),
      one.actions,
      one.rewards,
      one.terminations,
      one.truncations,
      one.infos.map(({ time }) => time),
      one.infos.map(({ terms }) => (terms as { requestSeconds: number }).requestSeconds),
      one.infos.map(({ actionMask }) => Array.from(actionMask as Int8Array)),
      ['actionMask', 'elapsed', 'invalidAction', 'rewardUnit', 'terms', 'time'],
    ])
    expect(JSON.parse(loaded.stdout)).toEqual(expected)
  })
})
