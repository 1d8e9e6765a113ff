/** From the written form to the loaded one: names from keys, defaults that depend on other fields, traces read. */
import { ConfigError } from '../errors.ts'
import { parseAzure2019, parseAzure2021 } from './azure.ts'
import { withKeyTraces } from './key-trace.ts'
import { NamedFiles } from './named-files.ts'
import type { LoadOptions } from './options.ts'
import { formatPath, type Path } from './path.ts'
import type { Problems } from './problems.ts'
import { withRecordedDemands } from './recorded-demands.ts'
import type { WrittenArrivals } from './schema/arrivals.ts'
import type { WrittenScenario } from './schema.ts'
import { parseTrace } from './trace.ts'
import type { Arrivals, Scenario, Workload } from './types.ts'

export const DEFAULT_SAMPLES = 600

/** @param raw what was written, for the places of problems. */
export function assemble(
  written: WrittenScenario,
  problems: Problems,
  options: LoadOptions,
  raw: unknown,
): Scenario {
  const files = new NamedFiles(problems, options)
  const named = <T>(entries: Readonly<Record<string, T>> | undefined): (T & { name: string })[] =>
    Object.entries(entries ?? {}).map(([name, item]) => ({ name, ...item }))
  const scenario: Scenario = {
    name: written.name ?? 'Scenario',
    description: written.description ?? '',
    horizon: written.horizon,
    warmup: written.warmup ?? 0,
    seed: written.seed ?? 0,
    slo: written.slo ?? [],
    samplePeriod: written.samplePeriod ?? written.horizon / DEFAULT_SAMPLES,
    workloads: named(written.workloads).map((workload) => {
      const path = ['workloads', workload.name, 'arrivals', 'trace', 'file']
      const classes = workload.classes.map(({ name }) => name)
      const read = readArrivals(workload.arrivals, path, classes, problems, files)
      // Counts per minute are a rate that moves: Poisson arrivals under a profile.
      return Array.isArray(read) ? { ...workload, ...perMinute(read) } : { ...workload, arrivals: read }
    }),
    relays: [],
    links: written.links ?? [],
    balancers: named(written.balancers),
    services: named(written.services),
    ...(written.databases === undefined ? {} : { databases: named(written.databases) }),
    ...(written.caches === undefined ? {} : { caches: named(written.caches) }),
    events: written.events ?? [],
  }
  return withRecordedDemands(withKeyTraces(scenario, files, problems, raw), problems, raw)
}

function perMinute(counts: readonly number[]): Pick<Workload, 'arrivals' | 'profile'> {
  const points = counts.map((count, minute) => ({
    at: 60 * minute,
    before: (counts[minute - 1] ?? count) / 60,
    after: count / 60,
  }))
  const end = { at: 60 * counts.length, before: counts.at(-1)! / 60, after: 0 }
  const profile = { kind: 'pieces', points: [...points, end], period: Number.POSITIVE_INFINITY } as const
  return { arrivals: { kind: 'poisson', rate: 1 }, profile }
}

function readArrivals(
  arrivals: WrittenArrivals,
  path: Path,
  classes: readonly string[],
  problems: Problems,
  files: NamedFiles,
): Arrivals | number[] {
  if (arrivals.kind !== 'traceFile') return arrivals
  // A stand-in for a trace that cannot be read, so that nothing else is said about it.
  const unknown: Arrivals = { kind: 'trace', times: [0] }
  const text = files.read(arrivals.file, path)
  if (text === undefined) return unknown
  try {
    const place = formatPath(path)
    if (arrivals.format === 'azure2019') {
      const counts = parseAzure2019(text, arrivals.file, place, arrivals)
      return arrivals.exact === true ? { kind: 'counts', counts, interval: 60 } : counts
    }
    if (arrivals.format === 'azure2021') {
      return { kind: 'trace', ...parseAzure2021(text, arrivals.file, place, arrivals) }
    }
    return { kind: 'trace', ...parseTrace(text, arrivals.file, formatPath(path), classes) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.include(error.problems)
    return unknown
  }
}
