/** What a request costs with 1000 replicas, against the same policy and load per replica with 10. */
import { loadScenario, simulate } from '../../src/index.ts'
import type { Measurement, Subject } from './measurement.ts'

const POLICIES = ['least-request', 'jsq', 'sed', 'power-of-two']
const REQUESTS = 100_000
const LOAD = 0.8

/** Long enough for `REQUESTS`; a run with more replicas is that much shorter. */
function scenarioText(policy: string, replicas: number): string {
  const rate = (LOAD * replicas) / 0.01
  return `
name: Balancer cost
horizon: ${REQUESTS / rate}
workloads:
  clients: { to: edge, arrivals: { poisson: { rate: ${rate} } } }
balancers:
  edge: { policy: ${policy}, to: web }
services:
  web: { replicas: ${replicas}, endpoints: { serve: [{ cpu: { exponential: { mean: 10ms } } }] } }
`
}

function running(policy: string, replicas: number): Subject {
  return () => {
    const scenario = loadScenario(scenarioText(policy, replicas))
    let seed = 0
    return () => simulate(scenario, { seed: seed++ }).requests.created
  }
}

export const balancerCosts: readonly Measurement[] = POLICIES.map((policy) => ({
  name: `balancer-cost-${policy}`,
  unit: 'us/request',
  kind: 'cost',
  subjects: { 'with 1000': running(policy, 1000), 'with 10': running(policy, 10) },
  ours: 'with 1000',
  peer: { kind: 'subject', subject: 'with 10' },
  peerName: `${policy} with 10 replicas (ours: 1000)`,
}))
