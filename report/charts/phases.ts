/** Where the time goes: bars that follow each other from the first phase to the whole latency. */
import type { BreakdownEntry } from '../../src/results/types.ts'
import { percent, seconds } from '../format.ts'
import { Plot, svgOf } from '../plot.ts'
import { PALETTE } from '../types.ts'

const MOST = 12

/** One bar per (phase, component) from where the one before ended; beyond a dozen the rest is one bar. */
export function waterfall(breakdown: readonly BreakdownEntry[], title: string): string {
  const shown = breakdown.slice(0, MOST)
  const rest = breakdown.slice(MOST).reduce((sum, entry) => sum + entry.mean, 0)
  let from = 0
  const bars = [
    ...shown.map(({ phase, component, mean, share }) => ({ name: `${phase} · ${component}`, mean, share })),
    ...(rest > 0 ? [{ name: 'everything else', mean: rest, share: 0 }] : []),
  ].map((bar) => {
    const start = from
    from += bar.mean
    return { ...bar, start, end: from }
  })
  const longest = Math.max(...bars.map(({ name }) => name.length))
  return svgOf(
    {
      ...{
        width: 640,
        height: 40 + 26 * bars.length,
        marginLeft: Math.min(280, 16 + 7 * longest),
        marginRight: 136,
        marginBottom: 36,
      },
      x: {
        label: 'seconds of the mean latency',
        tickFormat: (value: number) => seconds(value),
        ticks: 5,
        grid: true,
        domain: [0, from],
      },
      y: { label: null, domain: bars.map(({ name }) => name) },
      marks: [
        Plot.barX(bars, {
          x1: 'start',
          x2: 'end',
          y: 'name',
          fill: ({ name }: { name: string }) => colourOf(name),
          insetTop: 2,
          insetBottom: 2,
        }),
        Plot.text(bars, {
          ...{ x: 'end', y: 'name', dx: 6, textAnchor: 'start' },
          text: ({ mean, share }: { mean: number; share: number }) =>
            share > 0 ? `${seconds(mean)} · ${percent(share)}` : seconds(mean),
        }),
      ],
    },
    title,
    'Each bar is the mean time of a phase at a component; together they are the mean latency.',
  )
}

/** Work is blue, waiting orange, the network green, trouble red. */
function colourOf(name: string): string {
  const phase = name.split(' ')[0]!
  if (phase.endsWith('-wait') || phase === 'unroutable') return PALETTE[1]!
  if (phase === 'network' || phase === 'connect') return PALETTE[2]!
  if (phase === 'backoff' || phase === 'failed-attempt') return PALETTE[5]!
  return PALETTE[0]!
}
