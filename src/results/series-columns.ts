/** Time series as columns of one table: what CSV, Parquet and JSON Lines write. */
import type { Series } from './types.ts'

export type Column = { readonly name: string; readonly values: readonly number[] }

/**
 * `time`, then for each series its value at the instant (a gauge) or its increment (a counter), and for a gauge
 * `<label>.mean`, the exact average since the sample before. All columns have one value per instant.
 */
export function seriesColumns(series: Series): Column[] {
  const columns: Column[] = [{ name: 'time', values: series.time }]
  for (const [name, values] of Object.entries(series.values)) {
    columns.push({ name, values })
    const means = series.means[name]
    if (means) columns.push({ name: `${name}.mean`, values: means })
  }
  return columns
}
