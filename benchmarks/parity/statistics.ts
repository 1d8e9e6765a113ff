/**
 * The same scenarios here and in AsyncFlow, many seeds each: do the statistics agree? Draws cannot be the same, so
 * what is compared are means over the runs, with their 95 % intervals.
 */
import { z } from 'zod'
import { meanInterval } from '../../src/analysis/index.ts'
import { ConfigError } from '../../src/errors.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { runStatistics } from './run-statistics.ts'

/** By file name of the scenario: mean of each statistic over the runs, and half the width of its 95 % interval. */
export type Reference = {
  readonly scenarios: Readonly<
    Record<
      string,
      {
        readonly reps: number
        readonly aggregate: Readonly<Record<string, { readonly mean: number; readonly ci95_half: number }>>
      }
    >
  >
}

const referenceSchema: z.ZodType<Reference> = z.object({
  scenarios: z.record(
    z.string(),
    z.object({
      reps: z.number().int().min(2),
      aggregate: z.record(z.string(), z.object({ mean: z.number(), ci95_half: z.number() })),
    }),
  ),
})

type Estimate = { readonly mean: number; readonly halfWidth: number }

export type StatisticRow = {
  readonly scenario: string
  /** AsyncFlow's name of it; of a component, its name here. */
  readonly statistic: string
  readonly ours: Estimate
  readonly theirs: Estimate
  /** The two intervals overlap. */
  readonly agrees: boolean
}

/** @throws ConfigError when the text is not JSON of this form. */
export function parseReference(text: string, file: string): Reference {
  try {
    return referenceSchema.parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new ConfigError([{ what: `not a table of statistics: ${reason}`, path: '', file }])
  }
}

/** Runs the scenario under the seeds 0, 1, ... as often as it was run there. */
export function compareStatistics(
  name: string,
  scenario: Scenario,
  reference: Reference['scenarios'][string],
): StatisticRow[] {
  const runs = Array.from({ length: reference.reps }, (_, seed) => runStatistics(scenario, seed))
  const named = componentNames(scenario, Object.keys(reference.aggregate))
  return Object.entries(reference.aggregate).map(([key, { mean, ci95_half }]) => {
    const statistic = named(key)
    if (runs[0]![statistic] === undefined) {
      throw new ConfigError([{ what: `unknown statistic "${key}"`, path: `scenarios.${name}.aggregate` }])
    }
    const { estimate, low } = meanInterval(runs.map((run) => run[statistic]!))
    const ours = { mean: estimate, halfWidth: estimate - low }
    const theirs = { mean, halfWidth: ci95_half }
    // A difference in the last bits of figures that have no spread is none.
    const slack = 1e-12 * Math.abs(mean)
    const agrees = Math.abs(ours.mean - theirs.mean) <= ours.halfWidth + theirs.halfWidth + slack
    return { scenario: name, statistic, ours, theirs, agrees }
  })
}

/**
 * `ram_in_use.srv-1.mean` with the name that the component has in this scenario: the n-th server there is the n-th
 * service here, the n-th edge the n-th link.
 */
function componentNames(scenario: Scenario, keys: readonly string[]): (key: string) => string {
  const names = {
    edge: scenario.links.map(({ name }) => name),
    server: scenario.services.map(({ name }) => name),
  }
  const theirs: Record<keyof typeof names, string[]> = { edge: [], server: [] }
  const split = (
    key: string,
  ): { kind: keyof typeof names; metric: string; component: string; last: string } => {
    const first = key.indexOf('.')
    const last = key.lastIndexOf('.')
    const metric = key.slice(0, first)
    const kind = metric.startsWith('edge') ? 'edge' : 'server'
    return { kind, metric, component: key.slice(first + 1, last), last: key.slice(last) }
  }
  for (const key of keys.filter((item) => item.includes('.'))) {
    const { kind, component } = split(key)
    if (!theirs[kind].includes(component)) theirs[kind].push(component)
  }
  return (key) => {
    if (!key.includes('.')) return key
    const { kind, metric, component, last } = split(key)
    return `${metric}.${names[kind][theirs[kind].indexOf(component)] ?? component}${last}`
  }
}
