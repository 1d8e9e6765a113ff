/** Estimates as people read them: a value in its unit, and half the width of its interval (nothing where all agree). */
import { formatBytes, formatDuration, formatNumber, formatPercent } from '../terminal/format.ts'

type Bounded = { readonly estimate: number; readonly low: number | null; readonly high: number | null }

/** The unit of a figure, by its name. */
export function formatMetric(name: string, value: number): string {
  if (/^(.*\.)?latency\.|^phases\.|\.wait\.|\.residence$/.test(name)) return formatDuration(value)
  if (/^errors$|(^|\.)outcomes\.|utilization|hitRatio/.test(name)) return formatPercent(value)
  if (/\.memory\.(mean|peak)$/.test(name)) return formatBytes(Math.abs(value) < 1 ? 0 : value)
  return formatNumber(value)
}

/** `61.2 ms ± 0.8 ms`; with uneven bounds `0 % (0 % to 0.1 %)`. */
export function formatEstimate(name: string, estimate: Bounded | undefined): string {
  if (estimate === undefined) return '-'
  const { estimate: value, low, high } = estimate
  const text = formatMetric(name, value)
  if (low === null || high === null || low === high) return text
  const [below, above] = [value - low, high - value]
  if (Math.abs(above - below) > 1e-6 * (above + below)) {
    return `${text} (${formatMetric(name, low)} to ${formatMetric(name, high)})`
  }
  return `${text} ± ${formatMetric(name, above)}`
}

/** The same with its sign: `+3.1 ms ± 0.4 ms`. */
export function formatDifference(name: string, difference: Bounded | undefined): string {
  const text = formatEstimate(name, difference)
  return difference !== undefined && difference.estimate > 0 ? `+${text}` : text
}

/** Whether the interval leaves 0 out. */
export function isClear({ low, high }: Bounded): boolean {
  return low !== null && high !== null && (low > 0 || high < 0)
}
