/** What an episode gave, at its end. */
import { OUTCOMES, type OutcomeCounts } from '../../src/results/types.ts'
import type { Simulation } from '../../src/simulation/index.ts'

export type Summary = {
  readonly decisions: number
  /** Simulated seconds of the episode. */
  readonly seconds: number
  readonly outcomes: OutcomeCounts
  /** Mean latency of requests that ended ok, seconds; null if there was none. */
  readonly meanLatency: number | null
}

/** Counts of requests by (class, outcome) since the last look. */
export class OutcomeTracker {
  private readonly before: Float64Array
  private readonly start: Float64Array
  private total = -1
  private readonly simulation: Simulation

  constructor(simulation: Simulation) {
    this.simulation = simulation
    this.before = simulation.world.requests.outcomes.slice()
    this.start = this.before.slice()
    this.total = this.ended()
  }

  private ended(): number {
    const { okTotal, errorTotal } = this.simulation.world.requests
    return okTotal + errorTotal
  }

  /** Class -> outcome -> count; one frozen empty object when nothing ended. */
  step(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    const total = this.ended()
    if (total === this.total) return NOTHING
    this.total = total
    const { outcomes } = this.simulation.world.requests
    const { before } = this
    const { classes } = this.simulation.world.compiled
    const result: Record<string, Record<string, number>> = {}
    for (let i = 0; i < outcomes.length; i++) {
      const count = outcomes[i]! - before[i]!
      if (count === 0) continue
      before[i] = outcomes[i]!
      const cls = Math.floor(i / OUTCOMES.length)
      const { name } = classes[cls]!
      const own = (result[name] ??= {})
      own[OUTCOMES[i - cls * OUTCOMES.length]!] = count
    }
    return result
  }

  summary(decisions: number, seconds: number): Summary {
    const { outcomes, recorders } = this.simulation.world.requests
    const counts: OutcomeCounts = {}
    for (let i = 0; i < outcomes.length; i++) {
      const count = outcomes[i]! - this.start[i]!
      const outcome = OUTCOMES[i % OUTCOMES.length]!
      if (count > 0) counts[outcome] = (counts[outcome] ?? 0) + count
    }
    const answered = recorders.reduce((sum, recorder) => sum + recorder.count, 0)
    const latency = recorders.reduce((sum, recorder) => sum + recorder.sum, 0)
    return { decisions, seconds, outcomes: counts, meanLatency: answered > 0 ? latency / answered : null }
  }
}

const NOTHING = Object.freeze({})
