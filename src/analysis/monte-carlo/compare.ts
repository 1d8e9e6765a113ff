/**
 * Several variants of a system under the same seeds: equal arrivals, classes, demands and network, so that the
 * difference of two variants in one replication is due to the variants alone.
 */
import { SimError } from '../../errors.ts'
import { scenarioHash } from '../../scenario/hash.ts'
import type { Scenario } from '../../scenario/types.ts'
import { VERSION } from '../../version.ts'
import { holm } from '../holm.ts'
import { meanInterval } from '../mean-interval.ts'
import { momentsOf } from '../moments.ts'
import { studentCdf } from '../student-t.ts'
import { collect } from './collect.ts'
import { type Estimate, metricNames } from './estimate.ts'
import { isShare } from './metrics.ts'
import { countWarnings, estimatesOf } from './monte-carlo.ts'
import { inProcessReplications, type Replication, type ReplicationExecutor } from './replication.ts'

export type Variant = { readonly name: string; readonly scenario: Scenario }

export type CompareOptions = {
  /** Replication i of every variant is `run --seed seed/i`. @default the first variant's */
  readonly seed?: number | string | undefined
  /** @default 20 */
  readonly replications?: number | undefined
  /** The figure that the best is chosen by. @default `latency.mean` */
  readonly metric?: string | undefined
  /** Whether more of it is better. @default true of `throughput` and of `outcomes.ok`, else false */
  readonly maximize?: boolean | undefined
  readonly level?: number | undefined
  readonly drain?: boolean | undefined
  readonly executor?: ReplicationExecutor | undefined
  readonly onDone?: ((done: number, wanted: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** A mean of variant minus baseline, replication by replication. */
export type PairedDifference = {
  readonly estimate: number
  /** null: unbounded, as of one replication. */
  readonly low: number | null
  readonly high: number | null
  /** Replications in which both measured it. */
  readonly n: number
  /** Two-sided, of Student's paired test; null of one replication. */
  readonly p: number | null
}

export type VariantResult = {
  readonly name: string
  readonly hash: string
  readonly estimates: Readonly<Record<string, Estimate>>
  /** This variant minus the first one, by metric; empty for the first. */
  readonly differences: Readonly<Record<string, PairedDifference>>
  readonly slo: readonly { readonly text: string; readonly met: number }[]
  readonly warnings: Readonly<Record<string, number>>
}

export type CompareResult = {
  readonly schema: 1
  readonly kind: 'compare'
  readonly version: string
  readonly seed: number | string
  readonly replications: number
  readonly level: number
  readonly variants: readonly VariantResult[]
  readonly best: {
    readonly metric: string
    readonly maximize: boolean
    /** Of the best mean; null where nothing was measured. */
    readonly name: string | null
    /** Every other variant minus the best, p adjusted for their number (Holm). */
    readonly against: readonly {
      readonly name: string
      readonly difference: PairedDifference
      readonly adjusted: number | null
    }[]
  }
}

/** @throws SimError without variants, with two of one name, or on a metric that no variant has. */
export async function compare(
  variants: readonly Variant[],
  options: CompareOptions = {},
): Promise<CompareResult> {
  const { replications: count = 20, level = 0.95, metric = 'latency.mean', drain } = options
  const names = variants.map(({ name }) => name)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (variants.length === 0) throw new SimError('no-variants', 'there is nothing to compare. Give variants.')
  if (repeated !== undefined) {
    throw new SimError('same-variant', `"${repeated}" is given twice. Give every variant a name of its own.`)
  }
  const seed = options.seed ?? variants[0]!.scenario.seed
  const rows = await collect({
    executor: options.executor ?? inProcessReplications(),
    jobs: (i) => variants.map(({ scenario }) => ({ scenario, seed: `${seed}/${i}`, drain })),
    enough: () => count,
    onDone: options.onDone,
    signal: options.signal,
  })
  const columns = variants.map((_, v) => rows.map((row) => row[v]!))
  const metrics = [...new Set(columns.flatMap((column) => metricNames(column)))]
  if (rows.length > 0 && !metrics.includes(metric)) {
    throw new SimError(
      'unknown-metric',
      `"${metric}" is no figure of these scenarios. Known are ${metrics.slice(0, 12).join(', ')} and others.`,
    )
  }
  const results = variants.map(({ name, scenario }, v): VariantResult => {
    const column = columns[v]!
    const differences: Record<string, PairedDifference> = {}
    if (v > 0) {
      for (const item of metrics) {
        const difference = pairedDifference(column, columns[0]!, item, level)
        if (difference !== undefined) differences[item] = difference
      }
    }
    return {
      name,
      hash: scenarioHash(scenario),
      estimates: estimatesOf(column, metrics, level),
      differences,
      slo: scenario.slo.map(({ text }, i) => ({ text, met: column.filter(({ slo }) => slo[i]!.met).length })),
      warnings: countWarnings(column),
    }
  })
  const maximize = options.maximize ?? /(^|\.)(throughput|outcomes\.ok|hitRatio)$/.test(metric)
  return {
    schema: 1,
    kind: 'compare',
    version: VERSION,
    seed,
    replications: rows.length,
    level,
    variants: results,
    best: { metric, maximize, ...bestOf(results, columns, metric, maximize, level) },
  }
}

function pairedDifference(
  a: readonly Replication[],
  b: readonly Replication[],
  name: string,
  level: number,
): PairedDifference | undefined {
  const missing = isShare(name) ? 0 : null
  const values: number[] = []
  a.forEach(({ metrics }, i) => {
    const left = metrics[name] ?? missing
    const right = b[i]!.metrics[name] ?? missing
    if (left !== null && right !== null) values.push(left - right)
  })
  if (values.length === 0) return undefined
  const { estimate, low, high } = meanInterval(values, level)
  const bounded = Number.isFinite(low)
  return {
    estimate,
    low: bounded ? low : null,
    high: bounded ? high : null,
    n: values.length,
    p: pairedTest(values),
  }
}

function pairedTest(values: readonly number[]): number | null {
  const { count, mean, variance } = momentsOf(values)
  if (count < 2) return null
  if (variance === 0) return mean === 0 ? 1 : 0
  return 2 * (1 - studentCdf(Math.abs(mean) / Math.sqrt(variance / count), count - 1))
}

function bestOf(
  results: readonly VariantResult[],
  columns: readonly (readonly Replication[])[],
  metric: string,
  maximize: boolean,
  level: number,
): Pick<CompareResult['best'], 'name' | 'against'> {
  let best = -1
  let bestValue = 0
  results.forEach(({ estimates }, v) => {
    const value = estimates[metric]?.estimate
    if (value === undefined) return
    if (best < 0 || (maximize ? value > bestValue : value < bestValue)) {
      best = v
      bestValue = value
    }
  })
  if (best < 0) return { name: null, against: [] }
  const others = results.flatMap(({ name }, v) => {
    const difference = v === best ? undefined : pairedDifference(columns[v]!, columns[best]!, metric, level)
    return difference === undefined ? [] : [{ name, difference }]
  })
  const tested = others.flatMap(({ difference }) => (difference.p === null ? [] : [difference.p]))
  const adjusted = holm(tested)
  let next = 0
  return {
    name: results[best]!.name,
    against: others.map((other) => ({
      ...other,
      adjusted: other.difference.p === null ? null : adjusted[next++]!,
    })),
  }
}
