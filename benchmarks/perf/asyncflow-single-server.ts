/** The figures of AsyncFlow's single-server example over 5000 s; both sides read the same file. */
import { readFileSync } from 'node:fs'
import { loadScenario, simulate } from '../../src/index.ts'
import type { Measurement } from './measurement.ts'
import { PACKAGE_ROOT } from './subject-process.ts'

const FILE = 'scenarios/asyncflow/single-server.yml'
const HORIZON = 5000

export const asyncflowSingleServer: Measurement = {
  name: 'asyncflow-single-server',
  unit: 'completed requests/s',
  kind: 'rate',
  subjects: {
    ours: () => {
      const scenario = loadScenario(readFileSync(`${PACKAGE_ROOT}/${FILE}`, 'utf8'), { file: FILE })
      let seed = 0
      return () => simulate(scenario, { seed: seed++, horizon: HORIZON }).requests.outcomes.ok ?? 0
    },
  },
  peer: {
    kind: 'python',
    file: 'single_server_asyncflow.py',
    python: { environment: 'perf-venv-asyncflow', packages: ['asyncflow-sim'], version: '3.12' },
    args: [FILE, String(HORIZON)],
  },
  peerName: 'AsyncFlow',
}
