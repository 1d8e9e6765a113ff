/** PPO on CartPole at the default settings of Stable-Baselines3, updates included. */
import { createAgent } from '../../agents/index.ts'
import { CartPole } from '../reference-envs/cartpole.ts'
import type { Measurement } from './measurement.ts'

/** Five rollouts of 2048. */
const STEPS = 10_240

export const ppoCartpole: Measurement = {
  name: 'ppo-cartpole',
  unit: 'training steps/s',
  kind: 'rate',
  subjects: {
    ours: () => {
      let seed = 0
      return () => {
        createAgent('ppo').train!(() => new CartPole(), { steps: STEPS, seed: seed++ })
        return STEPS
      }
    },
  },
  peer: {
    kind: 'python',
    file: 'ppo_cartpole_sb3.py',
    python: { environment: 'perf-venv-sb3', packages: ['stable-baselines3'], flag: 'sb3' },
    args: [String(STEPS)],
  },
  peerName: 'Stable-Baselines3 PPO',
}
