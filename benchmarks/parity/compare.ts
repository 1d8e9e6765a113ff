/** How a replay differs from the run that was recorded. */
import type { Replay } from './replay.ts'
import type { Trace } from './trace.ts'

export type Comparison = {
  /** In the trace. */
  readonly requests: number
  /** Largest difference of finish times, seconds; null where some request completed on one side only. */
  readonly maxAbsDifference: number | null
  readonly completionOrderEqual: boolean
  /** Every sample of every series, exactly. */
  readonly sampledEqual: boolean
}

/** The comparison, and what differs in words, most telling first. */
export function compareReplay(trace: Trace, replay: Replay): { comparison: Comparison; remarks: string[] } {
  const remarks: string[] = []
  const maxAbsDifference = finishDifference(trace, replay, remarks)
  const order = [...replay.finished.keys()]
  const at = firstDifference(trace.completion_order, order)
  if (at >= 0) {
    remarks.push(`completion ${at} is of request ${trace.completion_order[at]}, here of ${order[at]}`)
  }
  const series = sampledDifferences(trace, replay)
  const comparison = {
    requests: trace.requests.length,
    maxAbsDifference,
    completionOrderEqual: at < 0,
    sampledEqual: series.length === 0,
  }
  if (replay.missingDraws > 0) remarks.push(`${replay.missingDraws} draws are not in the trace`)
  return { comparison, remarks: [...remarks, ...series] }
}

function finishDifference(trace: Trace, { finished }: Replay, remarks: string[]): number | null {
  let largest = 0
  let unmatched = 0
  for (const { id, finish } of trace.requests) {
    const ours = finished.get(id)
    if (finish === null && ours === undefined) continue
    if (finish === null || ours === undefined) {
      if (unmatched++ === 0) remarks.push(`request ${id} ended at ${finish}, here at ${ours ?? null}`)
    } else {
      largest = Math.max(largest, Math.abs(ours - finish))
    }
  }
  return unmatched > 0 ? null : largest
}

function sampledDifferences(trace: Trace, { sampled }: Replay): string[] {
  return Object.entries(trace.sampled).flatMap(([metric, components]) =>
    Object.entries(components).flatMap(([component, theirs]) => {
      // AsyncFlow leaves series of servers empty unless all three are enabled.
      if (theirs.length === 0) return []
      const ours = sampled[metric]?.[component]
      if (ours === undefined) {
        return theirs.some((value) => value !== 0) ? [`${metric} of ${component} is unknown here`] : []
      }
      const at = firstDifference(theirs, ours)
      if (at < 0) return []
      return [`sample ${at} of ${metric} of ${component} is ${theirs[at]}, here ${ours[at]}`]
    }),
  )
}

/** Index of the first difference; -1: none. */
function firstDifference(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return -1
}
