import { SimError } from '../../src/errors.ts'
import type { CostKind } from '../types.ts'
import type { EpisodeRecord } from './types.ts'

/** `auto` made definite: `episode` where an episode ended by itself, else `decision`. */
export function resolveCost(kind: CostKind, episodes: Iterable<EpisodeRecord>): Exclude<CostKind, 'auto'> {
  if (kind !== 'auto') return kind
  for (const { terminated } of episodes) if (terminated) return 'episode'
  return 'decision'
}

/** J of an episode, in reward units. */
export function costOf(episode: EpisodeRecord, kind: Exclude<CostKind, 'auto'>): number {
  // Not -0, which reads badly.
  const sum = 0 - episode.return
  if (kind === 'episode') return sum
  if (kind === 'decision') return sum / episode.decisions
  if (episode.elapsed === null) {
    throw new SimError(
      'no-time',
      'a cost per time needs an environment that tells info.time. Use cost: decision.',
    )
  }
  return sum / episode.elapsed
}
