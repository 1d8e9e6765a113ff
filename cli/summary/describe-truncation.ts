import type { Truncation } from '../../src/results/types.ts'
import { formatDuration, formatPercent } from '../terminal/format.ts'

/** How a warm-up was found, and what to make of it. */
export function describeTruncation({ seconds, share, pilots, reliable }: Truncation): string {
  const cut = `Warm-up of ${formatDuration(seconds)} (${formatPercent(share)} of the run) found by MSER-5 from ${pilots} pilot runs`
  return reliable ? cut : `${cut}; they had not settled by then: use a longer horizon`
}
