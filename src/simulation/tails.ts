/** Where the time of the slowest and of the fastest requests went: sums over latency bins, so their shares are exact. */

import type { LatencyRecorder } from '../metrics/latency-recorder.ts'
import { TAIL_BINS, tailBinStart } from '../metrics/latency-recorder.ts'
import type { Cell } from '../model/compile/compiled.ts'
import type { BreakdownEntry, LatencyPart } from '../results/types.ts'

/** Tails that are told, as shares of the requests; a bin is taken whole, so that the share is a little larger. */
const TAILS = [0.05, 0.01] as const
const BODY = 0.5

export function tailsOf(recorders: readonly LatencyRecorder[], cells: readonly Cell[]): LatencyPart[] {
  const counts = new Float64Array(TAIL_BINS)
  for (const { tailCounts } of recorders)
    tailCounts.forEach((count, bin) => {
      counts[bin]! += count
    })
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return []
  const tails = TAILS.map((asked) => {
    let first = TAIL_BINS
    let count = 0
    while (first > 0 && count < asked * total) count += counts[--first]!
    return part(recorders, cells, 'slowest', asked, first, TAIL_BINS, total)
  })
  let end = 0
  let count = 0
  while (end < TAIL_BINS && count < BODY * total) count += counts[end++]!
  return [...tails, part(recorders, cells, 'fastest', BODY, 0, end, total)]
}

function part(
  recorders: readonly LatencyRecorder[],
  cells: readonly Cell[],
  which: LatencyPart['which'],
  asked: number,
  from: number,
  to: number,
  total: number,
): LatencyPart {
  const sums = new Float64Array(cells.length)
  let count = 0
  for (const { tailCounts, tailSums } of recorders) {
    for (let bin = from; bin < to; bin++) {
      count += tailCounts[bin]!
      for (let c = 0; c < cells.length; c++) sums[c]! += tailSums[bin * cells.length + c]!
    }
  }
  return {
    which,
    asked,
    share: count / total,
    count,
    above: which === 'slowest' ? tailBinStart(from) : null,
    below: which === 'fastest' ? tailBinStart(to) : null,
    mean: sums.reduce((sum, time) => sum + time, 0) / count,
    breakdown: breakdownOf(cells, sums, count),
  }
}

/** Means by cell in falling order, those of 0 left out. */
export function breakdownOf(
  cells: readonly Cell[],
  sums: ArrayLike<number>,
  count: number,
): BreakdownEntry[] {
  let total = 0
  for (let c = 0; c < cells.length; c++) total += sums[c]!
  return cells
    .flatMap(({ phase, component }, c) =>
      sums[c]! > 0 ? [{ phase, component, mean: sums[c]! / count, share: sums[c]! / total }] : [],
    )
    .sort((a, b) => b.mean - a.mean)
}
