/** The events of a benchmark's units as progress of the whole. */
import type { UnitEvent } from '../../benchmarks/index.ts'
import type { Output } from '../terminal/output.ts'
import { startProgress } from '../terminal/progress.ts'

export type UnitProgress = {
  /** Follows the run that this signal stops: what ends because of it has not failed. */
  readonly follow: (signal: AbortSignal) => (event: UnitEvent) => void
  readonly stop: () => void
}

export function showUnits(output: Output): UnitProgress {
  const progress = startProgress('Units', 1, output.quiet)
  return {
    follow:
      (signal) =>
      ({ state, label, planned, finished, progress: unit }) => {
        if (state === 'failed' && !signal.aborted) output.warn(`${label} failed`)
        const share = unit === undefined ? '' : ` ${Math.floor((100 * unit.done) / unit.total)} %`
        progress.update(finished, `${label}${share}`, planned)
      },
    stop: progress.stop,
  }
}
