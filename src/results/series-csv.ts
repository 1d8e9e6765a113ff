/**
 * Time series as CSV (RFC 4180 with line feeds): `time`, then for each series its value at the instant (a gauge)
 * or its increment (a counter), and for a gauge `<label>.mean`, the exact average since the sample before.
 */
import type { Series } from './types.ts'

/** Numbers are written with as many digits as give the same number back. */
export function seriesToCsv(series: Series): string {
  const columns: { name: string; values: readonly number[] }[] = [{ name: 'time', values: series.time }]
  for (const [name, values] of Object.entries(series.values)) {
    columns.push({ name, values })
    const means = series.means[name]
    if (means) columns.push({ name: `${name}.mean`, values: means })
  }
  const lines = [columns.map((column) => quoteCsv(column.name)).join(',')]
  for (let row = 0; row < series.time.length; row++) {
    lines.push(columns.map((column) => column.values[row] ?? '').join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A field in quotes where it needs them. */
export function quoteCsv(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
