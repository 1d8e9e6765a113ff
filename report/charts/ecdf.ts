/** The latency distribution: on the left all of it, on the right its tail on a logarithmic scale. */
import type { Result } from '../../src/results/types.ts'
import { seconds } from '../format.ts'
import { Plot, svgOf } from '../plot.ts'
import { PALETTE } from '../types.ts'

const AXIS = {
  type: 'log',
  label: 'latency',
  tickFormat: (value: number) => seconds(value),
  grid: true,
} as const

/** 1, 2 and 5 of every factor of ten, or the factors alone where there are many. */
function ticksOf({ distribution }: Result): number[] {
  const values = distribution.map(([, value]) => value).filter((value) => value > 0)
  const [low, high] = [values[0]!, values.at(-1)!]
  const parts = high / low > 200 ? [1] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    ticks.push(...parts.map((part) => part * 10 ** power).filter((tick) => tick >= low && tick <= high))
  }
  return ticks
}

export function ecdf(result: Result): string {
  const { distribution } = result
  const points = distribution.filter(([, value]) => value > 0)
  const rule = (q: number): [number, number][] =>
    points.filter(([at]) => at >= q).slice(0, 1) as [number, number][]
  const marked = [0.5, 0.95, 0.99].flatMap((q) => rule(q).map(([, value]) => ({ q, value })))
  return svgOf(
    {
      ...{ width: 480, height: 300, marginLeft: 56, marginBottom: 40, marginTop: 24 },
      x: { ...AXIS, ticks: ticksOf(result) },
      y: {
        ...{ label: 'share of requests at most this slow', domain: [0, 100], percent: true, grid: true },
        tickFormat: (value: number) => `${value} %`,
      },
      marks: [
        Plot.line(points, { x: ([, value]) => value, y: ([q]) => q, stroke: PALETTE[0]!, strokeWidth: 2 }),
        Plot.ruleX(marked, {
          x: 'value',
          stroke: 'currentColor',
          strokeOpacity: 0.4,
          strokeDasharray: '3 3',
        }),
        Plot.text(marked, {
          x: 'value',
          y: 0.04,
          dx: 4,
          text: ({ q }: { q: number }) => `p${Math.round(q * 100)}`,
          textAnchor: 'start',
          rotate: -90,
        }),
      ],
    },
    'Latency distribution',
    'Share of the answered requests that took at most a time.',
  )
}

export function tail(result: Result): string {
  const { distribution } = result
  const points = distribution
    .filter(([q, value]) => value > 0 && q < 1)
    .map(([q, value]) => ({ rest: 1 - q, value }))
  return svgOf(
    {
      ...{ width: 480, height: 300, marginLeft: 64, marginBottom: 40, marginTop: 24 },
      x: { ...AXIS, ticks: ticksOf(result) },
      y: {
        type: 'log',
        label: 'share of requests slower than this',
        tickFormat: (value: number) => `${Number((100 * value).toPrecision(2))} %`,
        ticks: 5,
        grid: true,
      },
      marks: [Plot.line(points, { x: 'value', y: 'rest', stroke: PALETTE[5]!, strokeWidth: 2 })],
    },
    'Latency tail',
    'Share of the answered requests that took longer than a time, on a logarithmic scale.',
  )
}
