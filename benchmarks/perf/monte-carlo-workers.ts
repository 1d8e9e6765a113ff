/** 200 replications of a small system by two workers and by one, starting the threads included. */
import { monteCarlo } from '../../src/analysis/monte-carlo/index.ts'
import { loadScenario } from '../../src/index.ts'
import { replicationPool } from '../replications/pool.ts'
import type { Measurement, Subject } from './measurement.ts'

const SCENARIO = `
name: Shop
horizon: 5min
warmup: 30s
workloads: { shoppers: { to: edge, arrivals: { poisson: { rate: 100/s } } } }
balancers: { edge: { policy: least-request, to: web } }
services:
  web: { replicas: 4, cores: 2, endpoints: { page: [{ cpu: { exponential: { mean: 20ms } } }, { call: store }] } }
  store: { cores: 4, endpoints: { read: [{ cpu: { exponential: { mean: 10ms } } }] } }
`

const REPLICATIONS = 200

function byWorkers(workers: number): Subject {
  return () => {
    const scenario = loadScenario(SCENARIO)
    return async () => {
      const executor = replicationPool({ workers })
      await monteCarlo(scenario, { replications: REPLICATIONS, executor })
      await executor.close()
      return REPLICATIONS
    }
  }
}

export const monteCarloWorkers: Measurement = {
  name: 'monte-carlo-workers',
  unit: 'replications/s',
  kind: 'rate',
  cores: 'all',
  work: 'short',
  subjects: { ours: byWorkers(2), one: byWorkers(1) },
  peer: { kind: 'subject', subject: 'one' },
  peerName: 'one worker (ours: two)',
}
