/** M/M/1 at a load of 0.8 through the public scenario API, against SimPy's process per customer. */
import { loadScenario, simulate } from '../../src/index.ts'
import type { Measurement } from './measurement.ts'

const SCENARIO = `
name: M/M/1
horizon: 125000
workloads:
  customers: { to: station, arrivals: { poisson: { rate: 0.8 } } }
services:
  station: { endpoints: { serve: [{ cpu: { exponential: { mean: 1 } } }] } }
`

export const mm1: Measurement = {
  name: 'mm1',
  unit: 'requests/s',
  kind: 'rate',
  subjects: {
    ours: () => {
      const scenario = loadScenario(SCENARIO)
      let seed = 0
      return () => simulate(scenario, { seed: seed++ }).requests.outcomes.ok ?? 0
    },
  },
  peer: {
    kind: 'python',
    file: 'mm1_simpy.py',
    python: { environment: 'perf-venv', packages: ['simpy', 'gymnasium'] },
  },
  peerName: 'SimPy',
}
