/** What replications say about a number: an estimate with an interval and the name of the method. */

import { meanInterval } from '../mean-interval.ts'
import { Moments } from '../moments.ts'
import { clopperPearsonInterval } from '../proportion-interval.ts'
import { studentQuantile } from '../student-t.ts'
import { isShare } from './metrics.ts'
import type { Replication } from './replication.ts'

export type Estimate = {
  readonly estimate: number
  /** null: unbounded, as of one replication. */
  readonly low: number | null
  readonly high: number | null
  /**
   * `t`: Student's interval over replications, of a quantile over the replications' quantiles. `ratio`: of a ratio of
   * sums, by its residuals. `clopper-pearson`: exact, from the pooled count, where an event is too rare for both.
   */
  readonly method: 'ratio' | 't' | 'clopper-pearson'
  /** Replications that measured it. */
  readonly n: number
  /** Standard deviation over replications; null of one. */
  readonly std: number | null
  readonly min: number
  readonly max: number
}

/** Events that a ratio needs before its interval is trusted. */
const RARE = 10

/** The values of one metric in the order of the replications; what did not occur in one of them is 0 there. */
export function valuesOf(replications: readonly Replication[], name: string): number[] {
  const missing = isShare(name) ? 0 : null
  return replications.flatMap(({ metrics }) => {
    const value = metrics[name] ?? missing
    return value === null ? [] : [value]
  })
}

/** Names of all metrics, in the order in which they first occur. */
export function metricNames(replications: readonly Replication[]): string[] {
  return [...new Set(replications.flatMap(({ metrics }) => Object.keys(metrics)))]
}

export function estimateOf(
  replications: readonly Replication[],
  name: string,
  level: number,
): Estimate | undefined {
  if (name === 'errors') return errorEstimate(replications, level)
  const values = valuesOf(replications, name)
  if (values.length === 0) return undefined
  const { estimate, low, high } = meanInterval(values, level)
  return { estimate, ...bounds(low, high), method: 't', ...spread(values) }
}

function spread(values: readonly number[]): Pick<Estimate, 'n' | 'std' | 'min' | 'max'> {
  const moments = new Moments()
  for (const value of values) moments.add(value)
  return {
    n: values.length,
    std: values.length < 2 ? null : Math.sqrt(moments.variance),
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

function bounds(low: number, high: number): Pick<Estimate, 'low' | 'high'> {
  return { low: Number.isFinite(low) ? low : null, high: Number.isFinite(high) ? high : null }
}

/**
 * The share of errors among all measured requests: the ratio of two sums, each replication counting by its size.
 * Its interval is Student's, of the residuals errors - ratio x ended (A. M. Law, "Simulation Modeling and
 * Analysis", section 9.3.2: the classical ratio interval). Of fewer than ten errors in all that says little: then the
 * exact interval of the pooled count, which takes requests for independent.
 */
function errorEstimate(replications: readonly Replication[], level: number): Estimate | undefined {
  const counts = replications.map(({ measured }) => measured).filter(({ ended }) => ended > 0)
  const n = counts.length
  const ended = counts.reduce((sum, count) => sum + count.ended, 0)
  const errors = counts.reduce((sum, count) => sum + count.errors, 0)
  if (ended === 0) return undefined
  const shares = spread(counts.map((count) => count.errors / count.ended))
  if (errors < RARE) {
    const { estimate, low, high } = clopperPearsonInterval(errors, ended, level)
    return { estimate, low, high, method: 'clopper-pearson', ...shares }
  }
  const estimate = errors / ended
  if (n < 2) return { estimate, low: null, high: null, method: 'ratio', ...shares }
  const residuals = new Moments()
  for (const count of counts) residuals.add(count.errors - estimate * count.ended)
  const halfWidth =
    (studentQuantile((1 + level) / 2, n - 1) * Math.sqrt(residuals.variance / n)) / (ended / n)
  const low = Math.max(0, estimate - halfWidth)
  return { estimate, low, high: Math.min(1, estimate + halfWidth), method: 'ratio', ...shares }
}
