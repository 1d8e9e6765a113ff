/** What a planner pays at a node of its tree: saving LoadBalancing-v0 and going back, against reset and the same steps again. */
import { make } from '../../envs/index.ts'
import type { Env } from '../../src/gym/index.ts'
import type { Measurement } from './measurement.ts'

const STEPS = 100
const PAIRS = 200

function played(env: Env): Env {
  env.reset({ seed: 0 })
  for (let i = 0; i < STEPS; i++) env.step(i % 6)
  return env
}

export const envSnapshots: readonly Measurement[] = [
  {
    name: 'env-snapshot',
    unit: 'us/snapshot and restore',
    kind: 'cost',
    subjects: {
      ours: () => {
        const env = played(make('LoadBalancing-v0'))
        return () => {
          for (let i = 0; i < PAIRS; i++) env.restore!(env.snapshot!())
          return PAIRS
        }
      },
      again: () => {
        const env = make('LoadBalancing-v0')
        return () => {
          played(env)
          return 1
        }
      },
    },
    peer: { kind: 'subject', subject: 'again' },
    peerName: `reset({ seed }) and the same ${STEPS} steps again`,
  },
  {
    name: 'env-snapshot-size',
    unit: 'bytes',
    kind: 'figure',
    subjects: { ours: () => () => played(make('LoadBalancing-v0')).snapshot!().length },
    peer: null,
    peerName: null,
  },
]
