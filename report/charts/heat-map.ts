/** How busy each component was over time: one row per component, darker where more of it was in use. */
import type { Result } from '../../src/results/types.ts'
import { seconds } from '../format.ts'
import { Plot, svgOf } from '../plot.ts'

const COLUMNS = 120

/** The load series of each component relative to its own largest value; null where there are none. */
export function heatMap({ series, components }: Result): string | null {
  const rows = Object.keys(components).flatMap((name) => {
    const key = ['queue.cpu', 'load', 'inFlight', 'queue.pool', 'inTransit'].find(
      (gauge) => `${name}.${gauge}` in series.means,
    )
    return key === undefined ? [] : [{ name, gauge: key, values: series.means[`${name}.${key}`]! }]
  })
  if (rows.length === 0 || series.time.length === 0) return null
  const width = Math.max(1, Math.ceil(series.time.length / COLUMNS))
  const period = series.time[0]!
  const cells = rows.flatMap(({ name, gauge, values }) => {
    const largest = Math.max(...values)
    const row = `${name} · ${gauge === 'queue.cpu' ? 'waiting for cpu' : gauge}`
    return Array.from({ length: Math.ceil(values.length / width) }, (_, i) => {
      const part = values.slice(i * width, (i + 1) * width)
      const mean = part.reduce((sum, value) => sum + value, 0) / part.length
      const from = series.time[i * width]! - period
      return { row, from, to: from + part.length * period, share: largest > 0 ? mean / largest : 0 }
    })
  })
  const names = [...new Set(cells.map(({ row }) => row))]
  return svgOf(
    {
      ...{
        width: 980,
        height: 60 + 24 * names.length,
        marginLeft: Math.min(280, 16 + 7 * Math.max(...names.map((n) => n.length))),
        marginBottom: 36,
      },
      x: { label: 'time', tickFormat: (value: number) => seconds(value) },
      y: { label: null, domain: names },
      color: { scheme: 'blues', domain: [0, 1] },
      marks: [Plot.rect(cells, { x1: 'from', x2: 'to', y: 'row', fill: 'share', inset: 0 } as never)],
    },
    'Load of each component over time',
    'Relative to the largest value of the component.',
  )
}
