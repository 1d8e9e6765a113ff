/** Time series as CSV (RFC 4180 with line feeds), in the columns of `seriesColumns`. */
import { seriesColumns } from './series-columns.ts'
import type { Series } from './types.ts'

/** Numbers are written with as many digits as give the same number back. */
export function seriesToCsv(series: Series): string {
  const columns = seriesColumns(series)
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
