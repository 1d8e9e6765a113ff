/** Steps of LoadBalancing-v0 in episodes of evaluation length under random actions, against Gymnasium's CartPole-v1 under its own. */
import { make } from '../../envs/index.ts'
import type { Measurement } from './measurement.ts'

const STEPS = 50_000

export const environmentSteps: Measurement = {
  name: 'environment-steps',
  unit: 'steps/s',
  kind: 'rate',
  subjects: {
    ours: () => {
      const env = make('LoadBalancing-v0', { episodeLength: 100_000 })
      env.reset({ seed: 0 })
      return () => {
        for (let i = 0; i < STEPS; i++) {
          const { terminated, truncated } = env.step(env.actionSpace.sample())
          if (terminated || truncated) env.reset()
        }
        return STEPS
      }
    },
  },
  peer: {
    kind: 'python',
    file: 'cartpole_gymnasium.py',
    python: { environment: 'perf-venv', packages: ['simpy', 'gymnasium'] },
    args: [String(STEPS)],
  },
  peerName: 'Gymnasium CartPole-v1',
}
