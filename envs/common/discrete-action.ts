import { InvalidActionError, ResetNeededError } from '../../src/errors.ts'

/** Where an episode is; `step` is refused outside of it. */
export type EpisodePhase = 'new' | 'running' | 'ended'

/** @throws ResetNeededError before the first reset, InvalidActionError after the end. The environment stays usable. */
export function checkRunning(phase: EpisodePhase, action: unknown): void {
  if (phase === 'new') throw new ResetNeededError()
  if (phase === 'ended') throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
}

/** @throws InvalidActionError unless `action` is one of 0 ... n - 1. */
export function checkAction(action: number, n: number): void {
  if (Number.isInteger(action) && action >= 0 && action < n) return
  throw new InvalidActionError(
    action,
    `expected an integer from 0 to ${n - 1}, got ${String(action)}. Take one of those.`,
  )
}
