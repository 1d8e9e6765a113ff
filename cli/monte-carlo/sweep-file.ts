/** What `asyncflow sweep` does between its arguments and its output, and its table. */
import type { CompareResult, VariantResult } from '../../src/analysis/monte-carlo/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { writeAtomic, writeJson } from '../input/files.ts'
import { type Axis, settingsOf, shortNames } from '../input/vary.ts'
import { formatEstimate } from '../summary/estimates.ts'
import type { Output } from '../terminal/output.ts'
import { type Align, renderTable } from '../terminal/table.ts'
import { type CompareArguments, compareFiles } from './compare-files.ts'

export type SweepArguments = Omit<CompareArguments, 'vary' | 'metric' | 'maximize'> & {
  readonly vary: readonly Axis[]
  readonly metrics?: readonly string[] | undefined
  readonly out?: string | undefined
}

export type SweepResult = Pick<CompareResult, 'schema' | 'version' | 'seed' | 'replications' | 'level'> & {
  readonly kind: 'sweep'
  readonly paths: readonly string[]
  readonly metrics: readonly string[]
  readonly rows: readonly (Pick<VariantResult, 'hash' | 'estimates' | 'slo' | 'warnings'> & {
    readonly values: readonly unknown[]
    /** The values as they were written. */
    readonly texts: readonly string[]
  })[]
}

const METRICS = ['throughput', 'errors', 'latency.mean', 'latency.p95', 'latency.p99', 'cost']

export async function sweepFile(
  file: string,
  options: SweepArguments,
  output: Output,
): Promise<{ readonly value: SweepResult; readonly stopped: boolean }> {
  const { out, vary, metrics = METRICS } = options
  if (out !== undefined && !/\.(csv|json)$/.test(out)) {
    const hint = 'Name a file that ends in .csv or .json.'
    throw new ConfigError([{ what: 'a sweep is written as CSV or JSON', path: '--out', file: out, hint }])
  }
  const { value, stopped } = await compareFiles([file], options, output)
  const { schema, version, seed, replications, level, variants } = value
  const settings = settingsOf(vary)
  const result: SweepResult = {
    ...{ schema, kind: 'sweep', version, seed, replications, level },
    paths: vary.map(({ path }) => path),
    metrics,
    rows: variants.map(({ hash, estimates, slo, warnings }, i) => ({
      values: settings[i]!.set.map((override) => override.value),
      texts: settings[i]!.texts,
      ...{ hash, estimates, slo, warnings },
    })),
  }
  if (out?.endsWith('.csv')) writeAtomic(out, toCsv(result))
  else writeJson(out, result)
  return { value: result, stopped }
}

export function summarizeSweep({ paths, metrics, rows, replications }: SweepResult): string {
  const used = metrics.filter((name) => rows.some(({ estimates }) => estimates[name] !== undefined))
  const slo = rows[0]?.slo.map(({ text }) => text) ?? []
  const table = [
    [...shortNames(paths), ...used, ...slo],
    ...rows.map(({ texts, estimates, slo: met }) => [
      ...texts,
      ...used.map((name) => formatEstimate(name, estimates[name])),
      ...met.map((one) => `met ${one.met} of ${replications}`),
    ]),
  ]
  const align: Align[] = table[0]!.map((_, column) => (column < paths.length ? 'left' : 'right'))
  return renderTable(table, align)
}

/** One row per combination; of each metric the estimate and the ends of its interval, empty where there is none. */
function toCsv({ paths, metrics, rows }: SweepResult): string {
  const header = [...paths, ...metrics.flatMap((name) => [name, `${name}.low`, `${name}.high`])]
  const lines = rows.map(({ texts, estimates }) => [
    ...texts,
    ...metrics.flatMap((name) => {
      const estimate = estimates[name]
      return [estimate?.estimate, estimate?.low, estimate?.high].map((value) =>
        value == null ? '' : String(value),
      )
    }),
  ])
  return [header, ...lines].map((cells) => `${cells.map(quoteCell).join(',')}\n`).join('')
}

function quoteCell(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
