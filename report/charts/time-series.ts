/** A panel of time series without a browser: lines, events shaded behind them. */
import type { Result } from '../../src/results/types.ts'
import { number, percent, seconds } from '../format.ts'
import type { Panel } from '../panels.ts'
import { Plot, svgOf } from '../plot.ts'
import { PALETTE } from '../types.ts'

const MARGIN_LEFT = 72

export function timeSeries(panel: Panel, { series, events, horizon }: Result): string {
  const points = panel.series.flatMap(({ name, values }) =>
    values.flatMap((value, k) => (value === null ? [] : [{ name, time: series.time[k]!, value }])),
  )
  const spans = events.map(({ at, until, kind, target }) => ({
    at,
    until: until ?? horizon,
    label: `${kind} ${target}`,
  }))
  return svgOf(
    {
      ...{ width: 980, height: 260, marginLeft: MARGIN_LEFT, marginBottom: 40, marginTop: 24 },
      x: { label: 'time', domain: [0, horizon], tickFormat: (value: number) => seconds(value) },
      y: {
        label: panel.unit,
        zero: true,
        grid: true,
        tickFormat: (value: number) => formatUnit(panel.unit, value),
        ticks: panel.unit === 'bytes' ? byteTicks(points.map(({ value }) => value)) : 5,
      },
      color: {
        legend: false,
        domain: panel.series.map(({ name }) => name),
        range: panel.series.map((_, i) => PALETTE[i % PALETTE.length]!),
      },
      marks: [
        Plot.rect(spans, { x1: 'at', x2: 'until', fill: 'currentColor', fillOpacity: 0.08 } as never),
        Plot.line(points, { x: 'time', y: 'value', stroke: 'name', z: 'name', strokeWidth: 1.5 }),
        // The legend: names in their colours, in a row above the frame.
        ...legend(panel),
      ],
    },
    panel.title,
    panel.series.map(({ name }) => name).join(', '),
  )
}

/** Four to eight round numbers of bytes from 0 on: those of a decimal axis are none in binary units. */
function byteTicks(values: readonly number[]): number[] {
  const highest = Math.max(1, ...values)
  let step = 1
  while (highest / step > 8) step *= 2
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, i) => i * step)
}

function legend({ series, unit }: Panel): Plot.Markish[] {
  // Beside the label of the axis, which begins at the left edge of the picture.
  let at = Math.max(0, 7 * (unit.length + 4) - MARGIN_LEFT)
  return series.map(({ name }, i) => {
    const dx = at
    at += 24 + 7.2 * name.length
    return Plot.text([name], {
      ...{ frameAnchor: 'top-left', textAnchor: 'start', dx, dy: -20, fontWeight: 600 },
      fill: PALETTE[i % PALETTE.length]!,
      text: (text: string) => text,
    })
  })
}

export function formatUnit(unit: Panel['unit'], value: number): string {
  if (unit === 'seconds') return seconds(value)
  if (unit === 'share') return percent(value)
  if (unit !== 'bytes') return number(value)
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let power = 0
  let rest = value
  while (rest >= 1024 && power < units.length - 1) {
    rest /= 1024
    power++
  }
  return `${number(rest)} ${units[power]}`
}
