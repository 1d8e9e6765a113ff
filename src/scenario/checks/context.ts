/** What every check gets: the scenario as far as it could be read, and where to say what is wrong. */
import { nearest } from '../../policies/nearest.ts'
import type { Path } from '../path.ts'
import type { Problems } from '../problems.ts'
import type { Pruned } from '../prune.ts'
import type { Cache, Scenario, Service, Step } from '../types.ts'

export type CheckContext = {
  readonly scenario: Scenario
  readonly problems: Problems
  /** As written; paths lead into it. */
  readonly raw: unknown
  /** Set where parts of the scenario were refused already: then checks of the whole are left out. */
  readonly partial: Pruned | undefined
}

export type Kind = 'workload' | 'balancer' | 'service' | 'database' | 'cache'

export function kindOf(scenario: Scenario, name: string): Kind | undefined {
  if (scenario.workloads.some((item) => item.name === name)) return 'workload'
  if (scenario.balancers.some((item) => item.name === name)) return 'balancer'
  if (scenario.services.some((item) => item.name === name)) return 'service'
  if (scenario.databases?.some((item) => item.name === name)) return 'database'
  return scenario.caches?.some((item) => item.name === name) ? 'cache' : undefined
}

/** "Did you mean", else what there is. */
export function suggest(name: string, candidates: readonly string[], none: string): string {
  const meant = nearest(name, candidates)
  if (meant !== undefined) return `Did you mean "${meant}"?`
  return candidates.length === 0 ? none : `Known are ${candidates.slice(0, 12).join(', ')}.`
}

/** Every step with its path, nested ones included. */
export function* stepsOf(service: Service): Generator<{ step: Step; path: Path }> {
  for (const endpoint of service.endpoints)
    yield* walk(endpoint.steps, ['services', service.name, 'endpoints', endpoint.name])
}

/** The steps of the misses of a cache with their paths; one that is written alone is at `miss` itself. */
export function* missSteps(cache: Cache): Generator<{ step: Step; path: Path }> {
  yield* walk(cache.miss, ['caches', cache.name, 'miss'])
}

function* walk(steps: readonly Step[], base: Path): Generator<{ step: Step; path: Path }> {
  for (const [i, step] of steps.entries()) {
    const path = [...base, i]
    yield { step, path }
    for (const inner of nestedLists(step)) yield* walk(inner.steps, [...path, ...inner.path])
  }
}

/** The lists of steps inside a step, with their paths below it. */
export function nestedLists(step: Step): { readonly steps: readonly Step[]; readonly path: Path }[] {
  if (step.kind === 'repeat') return [{ steps: step.steps, path: ['repeat', 'steps'] }]
  if (step.kind === 'transaction') return [{ steps: step.steps, path: ['transaction', 'steps'] }]
  if (step.kind === 'parallel') return step.branches.map((steps, i) => ({ steps, path: ['parallel', i] }))
  if (step.kind === 'choose')
    return step.options.map(({ steps }, i) => ({ steps, path: ['choose', i, 'steps'] }))
  return []
}

/** The number of slots: `max` of a scalable service, else its replicas. */
export function slotsOf(service: Service): number {
  return service.autoscaler?.max ?? service.groups.reduce((sum, group) => sum + group.count, 0)
}
