import type { Compiled } from '../../src/model/compile/compiled.ts'
import { compileDistribution } from '../../src/random/index.ts'

/**
 * D by class: what a failed request costs, seconds: what the option `given` says, else the timeout of its client, else
 * 100 times the mean demand of a request.
 */
export function failureCosts(
  { classes, scenario }: Compiled,
  demand: number,
  given: number | undefined,
): number[] {
  return classes.map(({ workload }) => {
    if (given !== undefined) return given
    const { timeout } = scenario.workloads[workload]!
    return timeout === undefined ? 100 * demand : compileDistribution(timeout).mean
  })
}
