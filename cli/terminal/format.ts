/** Numbers for people, as the report writes them too: three significant digits, the unit that fits. */
import { number, percent, seconds } from '../../report/format.ts'

/** Whole numbers in full, others with three significant digits. */
export const formatNumber: (value: number) => string = number

/** `61.2 ms`; null, of which there was nothing to measure, is `-`. */
export function formatDuration(value: number | null): string {
  return value === null ? '-' : seconds(value)
}

/** `0.0312` gives `3.12 %`. */
export function formatPercent(fraction: number | null): string {
  return fraction === null ? '-' : percent(fraction)
}

/** What was measured for an objective, by its text: `errors < 1%`, `throughput > 100/s`, else a latency. */
export function formatObjective(text: string, value: number): string {
  if (text.startsWith('errors')) return formatPercent(value)
  return text.startsWith('throughput') ? `${formatNumber(value)}/s` : formatDuration(value)
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${formatNumber(bytes)} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10))
  return `${formatNumber(bytes / 1024 ** power)} ${units[power - 1]}`
}

/** A bar of at most `width` cells, in eighths of a cell. */
export function shareBar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8)
  return '█'.repeat(eighths >> 3) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7] ?? '')
}
