import { compileDistribution } from '../../src/random/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'

/** D: what a failed request costs, seconds: the client's timeout, else 100 times the mean demand of a request. */
export function failureCost({ workloads }: Scenario, demand: number): number {
  const { timeout } = workloads[0]!
  return timeout === undefined ? 100 * demand : compileDistribution(timeout).mean
}
