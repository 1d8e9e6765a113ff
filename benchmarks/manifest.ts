/** What determined the results of a folder: enough to run them again and to compare. */
import { arch, platform } from 'node:os'
import { hashOf, type Identity } from './identity.ts'
import type { Report } from './report/types.ts'
import { SEED_RANGES } from './seeds.ts'
import type { Suite } from './types.ts'

export type BenchmarkManifest = {
  readonly schema: 1
  readonly kind: 'benchmark'
  readonly suite: Suite
  readonly suiteHash: string
  readonly version: string
  readonly code: string
  /** Told for the reader; results do not depend on it, times do. */
  readonly machine: Machine
  readonly seedRanges: typeof SEED_RANGES
  /** SHA-256 of the result of each unit, by its id. */
  readonly units: Readonly<Record<string, string>>
  /** Of all figures of the report but times; null while the suite is unfinished. */
  readonly reportDigest: string | null
}

export type Machine = { readonly node: string; readonly platform: string; readonly arch: string }

export function machine(): Machine {
  return { node: process.version, platform: platform(), arch: arch() }
}

export function makeManifest(
  suite: Suite,
  code: Identity,
  units: ReadonlyMap<string, string>,
  report: Report | null,
): BenchmarkManifest {
  return {
    schema: 1,
    kind: 'benchmark',
    suite,
    suiteHash: hashOf(suite),
    ...code,
    machine: machine(),
    seedRanges: SEED_RANGES,
    units: Object.fromEntries([...units].sort(([a], [b]) => (a < b ? -1 : 1))),
    reportDigest: report === null ? null : reportDigest(report),
  }
}

/** SHA-256 of a report without times: equal for equal results, whoever computed them. */
export function reportDigest(report: Report): string {
  const tasks = report.tasks.map((task) => ({
    ...task,
    rows: task.rows.map((row) => ({
      ...row,
      decisionSeconds: null,
      training: row.training.map((run) => ({ ...run, seconds: null })),
    })),
  }))
  return hashOf({ ...report, tasks })
}
