import type { EpisodeRecord } from '../units/types.ts'

/** Whether the cost rose from quarter to quarter and more than doubled in at least half of the episodes. */
export function isUnstable(episodes: readonly EpisodeRecord[]): boolean {
  const growing = episodes.filter(({ quarters: [a, b, c, d] }) => {
    if (a === undefined || b === undefined || c === undefined || d === undefined) return false
    return a < b && b < c && c < d && d > 2 * a
  })
  return episodes.length > 0 && growing.length >= episodes.length / 2
}
