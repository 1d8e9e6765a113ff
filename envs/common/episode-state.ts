import { FLOAT_ZERO, loadFields, saveFields } from '../../src/engine/typed.ts'

/** How far the episode of an environment around a simulation has come. */
export class EpisodeState {
  decisions = 0
  /** Simulated seconds: when the first decision was due, and the one that is due or was the last. */
  startedAt: number = FLOAT_ZERO
  decidedAt: number = FLOAT_ZERO
  /** False before the first episode and after the end of one. */
  running = false

  /** The first decision of an episode is due; or, if not `running`, there is none. */
  begin(now: number, running = true): void {
    this.decisions = 0
    this.startedAt = now
    this.decidedAt = now
    this.running = running
  }

  /** A decision was taken, and the simulation has run on to `now`; gives the seconds from the decision before. */
  decided(now: number): number {
    const elapsed = now - this.decidedAt
    this.decisions++
    this.decidedAt = now
    return elapsed
  }

  save(): unknown {
    return saveFields(this, FIELDS)
  }

  load(state: unknown): void {
    loadFields(this, FIELDS, state)
  }
}

const FIELDS = ['decisions', 'startedAt', 'decidedAt', 'running'] as const
