/** Two distinct available slots at random: the start of every policy of two choices. */
import type { Stream } from '../../random/stream.ts'
import type { BalancerView } from '../types.ts'
import { drawAvailable } from './draw-available.ts'

export type Pair = { first: number; second: number }

/** Fills `pair`; false where only one slot is available, which is then the first. */
export function drawTwo(view: BalancerView, draws: Stream, pair: Pair): boolean {
  const { n, availableCount } = view
  const first = drawAvailable(view, draws)
  pair.first = first
  if (availableCount === 1) return false
  let second: number
  if (availableCount === n) {
    second = draws.int(n - 1)
    if (second >= first) second++
  } else {
    do second = drawAvailable(view, draws)
    while (second === first)
  }
  pair.second = second
  return true
}
