/** Numbers for people: three significant digits, the unit that fits. */

const UNITS = [
  { unit: 's', seconds: 1 },
  { unit: 'ms', seconds: 1e-3 },
  { unit: 'µs', seconds: 1e-6 },
  { unit: 'ns', seconds: 1e-9 },
]

/** `61.2 ms`; null, of which there was nothing to measure, is `-`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return '-'
  if (seconds === 0) return '0 s'
  const { unit, seconds: size } = UNITS.find((candidate) => Math.abs(seconds) >= candidate.seconds) ?? {
    unit: 'ns',
    seconds: 1e-9,
  }
  return `${formatNumber(seconds / size)} ${unit}`
}

/** `0.0312` gives `3.12 %`. */
export function formatPercent(fraction: number | null): string {
  return fraction === null ? '-' : `${formatNumber(fraction * 100)} %`
}

/** What was measured for an objective, by its text: `errors < 1%`, `throughput > 100/s`, else a latency. */
export function formatObjective(text: string, value: number): string {
  if (text.startsWith('errors')) return formatPercent(value)
  return text.startsWith('throughput') ? `${formatNumber(value)}/s` : formatDuration(value)
}

/** Whole numbers in full, others with three significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value)
  if (Math.abs(value) >= 1000) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
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
