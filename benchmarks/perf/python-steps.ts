/** Steps of LoadBalancing-v0 from Python through the bridge, one environment and 64, against CartPole-v1 in Python itself. */
import type { Measurement, Subject } from './measurement.ts'
import { startPeer } from './subject-process.ts'

const STEPS = 25_600
const PYTHON = { environment: 'perf-venv', packages: ['simpy', 'gymnasium'] }

export const pythonSteps: readonly Measurement[] = [
  {
    name: 'python-steps',
    unit: 'steps/s',
    kind: 'rate',
    subjects: { ours: bridge(1) },
    peer: { kind: 'python', file: 'cartpole_gymnasium.py', python: PYTHON, args: [String(STEPS)] },
    peerName: 'Gymnasium CartPole-v1',
  },
  {
    name: 'python-steps-of-64',
    unit: 'steps/s',
    kind: 'rate',
    subjects: { ours: bridge(64) },
    peer: {
      kind: 'python',
      file: 'cartpole_gymnasium.py',
      python: PYTHON,
      args: [String(STEPS), '64'],
    },
    peerName: 'Gymnasium CartPole-v1, SyncVectorEnv of 64',
  },
]

/** The Python process does the pass; what this process adds is one line each way. */
function bridge(count: number): Subject {
  return async () => {
    const program = {
      kind: 'python',
      file: 'asyncflow_gym_bridge.py',
      python: PYTHON,
      args: [String(STEPS), String(count)],
    } as const
    const python = await startPeer({ name: 'bridge', peer: program, peerName: null }, new Set())
    return async () => {
      await python?.round(0)
      return STEPS
    }
  }
}
