/** Steps whose time on a core is what a trace recorded for the request. */
import { mapSteps } from './map-steps.ts'
import { existing } from './path.ts'
import type { Problems } from './problems.ts'
import type { Scenario, Step } from './types.ts'

/**
 * The scenario with the recorded durations as the distribution of the demand of every such step: what requests of
 * other workloads draw from, and what declared loads are computed with.
 */
export function withRecordedDemands(scenario: Scenario, problems: Problems, raw: unknown): Scenario {
  const fill = (step: Step, path: readonly (string | number)[]): Step => {
    if (step.kind !== 'cpu' || step.recorded === undefined) return step
    const workload = scenario.workloads.find(({ name }) => name === step.recorded)
    const durations = workload?.arrivals.kind === 'trace' ? workload.arrivals.durations : undefined
    if (durations !== undefined) return { ...step, demand: { kind: 'empirical', values: durations } }
    problems.add(
      existing(raw, [...path, 'recorded']),
      workload === undefined
        ? `unknown workload "${step.recorded}"`
        : `the arrivals of "${step.recorded}" record no durations`,
      'Name a workload whose arrivals are a trace of format azure2021.',
    )
    return step
  }
  return {
    ...scenario,
    services: scenario.services.map((service) => ({
      ...service,
      endpoints: service.endpoints.map(({ name, steps }) => ({
        name,
        steps: mapSteps(steps, ['services', service.name, 'endpoints', name], fill),
      })),
    })),
  }
}
