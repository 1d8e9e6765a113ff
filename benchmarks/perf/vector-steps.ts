/**
 * Environment steps of vectors of LoadBalancing-v0 under random actions: 64 in one thread against a single one, and 1024 over
 * two threads, the calling one among them, against the same in one.
 */
import { spawnSync } from 'node:child_process'
import { make } from '../../envs/index.ts'
import type { VectorEnvironment } from '../../src/gym/index.ts'
import { VectorEnv } from '../../src/gym/index.ts'
import { WorkerVectorEnv } from '../vector/worker-vector-env.ts'
import type { Measurement, Pass, Subject } from './measurement.ts'

const ID = 'LoadBalancing-v0'
const OPTIONS = { episodeLength: 100_000 }
const STEPS = 51_200

export const vectorSteps: readonly Measurement[] = [
  {
    name: 'vector-steps-of-64',
    unit: 'steps/s',
    kind: 'rate',
    subjects: { ours: () => stepping(new VectorEnv(() => make(ID, OPTIONS), 64)), single },
    peer: { kind: 'subject', subject: 'single' },
    peerName: 'one environment',
  },
  {
    name: 'vector-steps-of-1024',
    unit: 'steps/s',
    kind: 'rate',
    subjects: { ours: threads(2), one: threads(1) },
    peer: { kind: 'subject', subject: 'one' },
    peerName: 'one thread (ours: two)',
  },
]

function single(): Pass {
  const env = make(ID, OPTIONS)
  env.reset({ seed: 0 })
  return () => {
    for (let i = 0; i < STEPS; i++) {
      const { truncated } = env.step(env.actionSpace.sample())
      if (truncated) env.reset()
    }
    return STEPS
  }
}

function stepping(env: VectorEnvironment): Pass {
  env.reset({ seed: 0 })
  const actions = new Float64Array(env.count)
  return () => {
    for (let done = 0; done < STEPS; done += env.count) {
      for (let i = 0; i < env.count; i++) actions[i] = env.singleActionSpace.sample() as number
      env.step(actions)
    }
    return STEPS
  }
}

function threads(count: number): Subject {
  return () => {
    // Measurements are pinned to one core; threads need one each.
    spawnSync('taskset', ['-acp', '0-4095', String(process.pid)])
    return stepping(new WorkerVectorEnv(ID, { ...OPTIONS, start: { for: 1 } }, 1024, { threads: count }))
  }
}
