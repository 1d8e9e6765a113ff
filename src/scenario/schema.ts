/**
 * What a user writes. One file per noun under `schema/`; a later feature is one more file and one more
 * field here or in its noun, and leaves the list of planned fields.
 */
import { z } from 'zod'
import { show } from './path.ts'
import { type BalancerInput, balancer } from './schema/balancer.ts'
import { type CacheInput, cache } from './schema/cache.ts'
import {
  duration,
  listOf,
  mapOf,
  noun,
  positiveDuration,
  problem,
  type Quantity,
  say,
  text,
} from './schema/common.ts'
import { type DatabaseInput, database } from './schema/database.ts'
import { type EventInput, event } from './schema/event.ts'
import { type LinkInput, link } from './schema/link.ts'
import { type ServiceInput, service } from './schema/service.ts'
import { slo } from './schema/slo.ts'
import { type WorkloadInput, type WrittenWorkload, workload } from './schema/workload.ts'
import type { Balancer, Cache, Database, Link, ScenarioEvent, Service, Slo } from './types.ts'

/** A scenario as a user writes it: quantities are SI numbers or texts with a unit. */
export type ScenarioInput = {
  /** For editors; ignored. */
  $schema?: string | undefined
  name?: string | undefined
  description?: string | undefined
  /** The clock runs over [0, horizon). */
  horizon: Quantity
  /** Measurements begin here; default 0. */
  warmup?: Quantity | undefined
  /** Default 0. */
  seed?: number | string | undefined
  /** `p95 < 250ms`, `mean < 1s`, `errors < 0.1%`, `throughput > 100/s`. */
  slo?: string[] | undefined
  /** Of time series; default horizon / 600. */
  samplePeriod?: Quantity | undefined
  workloads: Record<string, WorkloadInput>
  links?: LinkInput[] | undefined
  balancers?: Record<string, BalancerInput> | undefined
  services?: Record<string, ServiceInput> | undefined
  databases?: Record<string, DatabaseInput> | undefined
  caches?: Record<string, CacheInput> | undefined
  events?: EventInput[] | undefined
}

/** What the schema makes of it; names are still keys and references unchecked. */
export type WrittenScenario = {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly horizon: number
  readonly warmup?: number | undefined
  readonly seed?: number | string | undefined
  readonly slo?: readonly Slo[] | undefined
  readonly samplePeriod?: number | undefined
  readonly workloads: Readonly<Record<string, WrittenWorkload>>
  readonly links?: readonly Link[] | undefined
  readonly balancers?: Readonly<Record<string, Omit<Balancer, 'name'>>> | undefined
  readonly services?: Readonly<Record<string, Omit<Service, 'name'>>> | undefined
  readonly databases?: Readonly<Record<string, Omit<Database, 'name'>>> | undefined
  readonly caches?: Readonly<Record<string, Omit<Cache, 'name'>>> | undefined
  readonly events?: readonly ScenarioEvent[] | undefined
}

const seed = z
  .union([z.int(), z.string().min(1)], {
    error: (issue: { input?: unknown }) =>
      say(`expected a whole number or a text, got ${show(issue.input)}`, 'Give e.g. 42.'),
  })
  .transform((value, context) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      problem(context, [], `expected a whole number, got ${value}`, 'Give at most 15 digits.')
    return value
  })

const measured = {
  warmup: duration.optional().describe('Measurements begin here; default 0.'),
  seed: seed.optional().describe('A whole number or a text; default 0.'),
  slo: listOf(slo, 'objectives')
    .optional()
    .describe(
      'Objectives such as p95 < 250ms, mean < 1s, errors < 0.1%, throughput > 100/s (requests that end ok).',
    ),
}

/** What is asked of a run, whatever the format of its system. */
export const measuredSchema: z.ZodType<
  Pick<WrittenScenario, 'warmup' | 'seed' | 'slo'>,
  Pick<ScenarioInput, 'warmup' | 'seed' | 'slo'>
> = noun('what is measured', measured) as never

export const scenarioSchema: z.ZodType<WrittenScenario, ScenarioInput> = noun(
  'a scenario',
  {
    $schema: z
      .unknown()
      .optional()
      .describe('For editors; ignored.') as unknown as z.ZodOptional<z.ZodString>,
    name: text('a text').optional().describe('Default Scenario.'),
    description: text('a text').optional().describe('What there is to see.'),
    horizon: positiveDuration.describe('Length of the run; the clock runs over [0, horizon).'),
    ...measured,
    samplePeriod: positiveDuration.optional().describe('Of time series; default horizon / 600.'),
    workloads: mapOf(workload, 'workloads').describe('Who sends requests, by name.'),
    links: listOf(link, 'links')
      .optional()
      .describe('Ways between components; an undeclared one is perfect.'),
    balancers: mapOf(balancer, 'balancers').optional().describe('Balancers by name.'),
    services: mapOf(service, 'services').optional().describe('Services by name.'),
    databases: mapOf(database, 'databases').optional().describe('Databases by name.'),
    caches: mapOf(cache, 'caches').optional().describe('Caches by name.'),
    events: listOf(event, 'events').optional().describe('What happens during the run.'),
  },
  { planned: ['queues', 'regions', 'failures', 'relays'] },
) as unknown as z.ZodType<WrittenScenario, ScenarioInput>
