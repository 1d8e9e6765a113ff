/**
 * A run while it goes on: on a terminal a bar and three lines that are drawn over, otherwise one plain line per ten
 * seconds, under --quiet nothing. It looks between events, so that the result cannot depend on it.
 */
import cliProgress from 'cli-progress'
import type { RunProgress } from '../../src/simulation/index.ts'
import { formatDuration, formatNumber, formatPercent } from './format.ts'
import { LINE_EVERY_MS } from './progress.ts'

export interface LiveRun {
  readonly update: (progress: () => RunProgress) => void
  readonly stop: () => void
}

const DRAW_EVERY_MS = 200
const BUSIEST = 3

export function startLiveRun(
  horizon: number,
  quiet: boolean,
  stream: NodeJS.WriteStream = process.stderr,
): LiveRun {
  if (quiet) return { update() {}, stop() {} }
  return stream.isTTY && process.env.TERM !== 'dumb'
    ? startBlock(horizon, stream)
    : startLines(horizon, stream)
}

function startBlock(horizon: number, stream: NodeJS.WriteStream): LiveRun {
  const block = new cliProgress.MultiBar({
    stream,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    fps: 1000 / DRAW_EVERY_MS,
  })
  const bar = block.create(horizon, 0, {}, { format: 'Simulated {bar} {percentage}% {value} of {total} s' })
  const lines = [0, 1].map(() => block.create(1, 0, { text: '' }, { format: '{text}' }))
  let last = Number.NEGATIVE_INFINITY
  let before: RunProgress | undefined
  return {
    update(progress) {
      if (performance.now() - last < DRAW_EVERY_MS) return
      last = performance.now()
      const now = progress()
      bar.update(Math.min(horizon, Math.floor(now.time)))
      describeProgress(now, before).forEach((text, i) => {
        lines[i]!.update(0, { text: clip(text, stream.columns) })
      })
      before = now
    },
    stop: () => block.stop(),
  }
}

function startLines(horizon: number, stream: NodeJS.WriteStream): LiveRun {
  let last = performance.now()
  let before: RunProgress | undefined
  return {
    update(progress) {
      if (performance.now() - last < LINE_EVERY_MS) return
      last = performance.now()
      const now = progress()
      const share = formatPercent(Math.floor((100 * now.time) / horizon) / 100)
      const [figures] = describeProgress(now, before)
      stream.write(`Simulated ${Math.floor(now.time)} of ${horizon} s (${share}): ${figures}\n`)
      before = now
    },
    stop() {},
  }
}

/** What is asked of a run, with rates since the look before: requests, then the busiest resources. */
export function describeProgress(now: RunProgress, before?: RunProgress): [string, string] {
  const { time, created, ok, errors, inFlight, p95, resources } = now
  const from = before ?? { time: 0, created: 0, ok: 0, errors: 0 }
  const seconds = time - from.time
  const rate = (count: number): string => formatNumber(seconds > 0 ? count / seconds : 0)
  const ended = ok - from.ok + errors - from.errors
  const failed = ended > 0 ? (errors - from.errors) / ended : 0
  const figures = [
    `${rate(created - from.created)} requests/s`,
    `${rate(ok - from.ok)} ok/s`,
    `${formatPercent(failed)} errors`,
    `${inFlight} in flight`,
    p95 === null ? 'p95 after the warm-up' : `p95 so far ${formatDuration(p95)}`,
  ]
  const busiest = resources
    .filter(({ utilization, waiting }) => utilization > 0 || waiting > 0)
    .slice(0, BUSIEST)
    .map(
      ({ component, resource, utilization, waiting }) =>
        `${component} ${resource} ${formatPercent(utilization)}${waiting > 0 ? `, ${waiting} wait` : ''}`,
    )
  return [figures.join(', '), busiest.length === 0 ? '' : `Busiest: ${busiest.join('; ')}`]
}

/** A line that wraps would leave its rest behind when it is drawn over. */
function clip(text: string, columns: number | undefined): string {
  const width = columns ?? 80
  return text.length < width ? text : `${text.slice(0, Math.max(0, width - 2))}…`
}
