/** A slot drawn uniformly from those that are available; nearly always at the cost of one number. */
import type { Stream } from '../../random/stream.ts'
import type { BalancerView } from '../types.ts'

/** At least one slot must be available. */
export function drawAvailable(view: BalancerView, draws: Stream): number {
  const { n, available, availableCount } = view
  if (availableCount === n) return draws.int(n)
  if (4 * availableCount >= n) {
    for (;;) {
      const slot = draws.int(n)
      if (available[slot] === 1) return slot
    }
  }
  let rest = draws.int(availableCount)
  for (let slot = 0; ; slot++) {
    if (available[slot] === 1 && rest-- === 0) return slot
  }
}
