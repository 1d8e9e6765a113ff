/** One run of many: what is asked for, what comes back, and who computes it. */
import type { Result } from '../../results/types.ts'
import type { Scenario } from '../../scenario/types.ts'
import { simulate } from '../../simulation/index.ts'
import { type Metrics, metricsOf } from './metrics.ts'

export type ReplicationJob = {
  readonly scenario: Scenario
  readonly seed: number | string
  readonly drain?: boolean | undefined
  /** Names of the time series to bring along. */
  readonly series?: readonly string[] | undefined
}

export type Replication = {
  readonly metrics: Metrics
  readonly measured: Result['measured']
  /** Whether each objective of the scenario was met, and the figure that it is about (null: nothing measured). */
  readonly slo: readonly { readonly met: boolean; readonly value: number | null }[]
  /** Codes of the warnings. */
  readonly warnings: readonly string[]
  /** Instants of the samples, and the series that were asked for: of a gauge the averages over the periods. */
  readonly time: readonly number[]
  readonly series: readonly (readonly number[])[]
}

/** This thread, or a pool of worker threads; the answers are the same. */
export interface ReplicationExecutor {
  /** Runs at once. */
  readonly workers: number
  run(job: ReplicationJob): Promise<Replication>
}

export function runReplication({ scenario, seed, drain, series = [] }: ReplicationJob): Replication {
  const result = simulate(scenario, { seed, drain, series: series.length > 0 })
  const { time, means, values } = result.series
  return {
    metrics: metricsOf(result),
    measured: result.measured,
    slo: result.slo.map(({ met, value }) => ({ met, value })),
    warnings: [...new Set(result.warnings.map(({ code }) => code))],
    time: series.length === 0 ? [] : time,
    series: series.map((name) => means[name] ?? values[name] ?? []),
  }
}

/** One replication after the other, in this thread. */
export function inProcessReplications(): ReplicationExecutor {
  return { workers: 1, run: async (job) => runReplication(job) }
}
