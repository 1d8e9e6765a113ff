/** What an episode gave, at its end. */
import { RECENT } from '../../src/model/requests.ts'
import { OUTCOMES, type OutcomeCounts } from '../../src/results/types.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { NOTHING, type StepOutcomes, StepOutcomesMaker } from './step-outcomes.ts'

export type Summary = {
  readonly decisions: number
  /** Simulated seconds of the episode. */
  readonly seconds: number
  readonly outcomes: OutcomeCounts
  /** Mean latency of requests that ended ok, seconds; null if there was none. */
  readonly meanLatency: number | null
}

type OutcomeTrackerState = {
  readonly before: Float64Array
  readonly start: Float64Array
  readonly total: number
}

/** Counts of requests by (class, outcome) since the last look. */
export class OutcomeTracker {
  private readonly before: Float64Array
  private readonly start: Float64Array
  private total = -1
  private readonly simulation: Simulation
  /** Of the requests of a step, class x outcomes in rising order. */
  private readonly keys: Int32Array = new Int32Array(RECENT)
  private readonly maker: StepOutcomesMaker

  constructor(simulation: Simulation) {
    this.simulation = simulation
    this.maker = StepOutcomesMaker.of(simulation.world.compiled.classes)
    this.before = simulation.world.requests.outcomes.slice()
    this.start = this.before.slice()
    this.total = this.ended()
  }

  private ended(): number {
    const { okTotal, errorTotal } = this.simulation.world.requests
    return okTotal + errorTotal
  }

  /** The outcomes since the last call, frozen. */
  step(): StepOutcomes {
    const from = this.total
    const total = this.ended()
    if (total === from) return NOTHING
    this.total = total
    return total - from <= RECENT ? this.few(from, total) : this.many()
  }

  /** Of a few requests, which is nearly always. */
  private few(from: number, total: number): StepOutcomes {
    const { recent } = this.simulation.world.requests
    const { keys, before } = this
    const count = total - from
    for (let i = 0; i < count; i++) {
      const key = recent[(from + i) & (RECENT - 1)]!
      before[key]!++
      let at = i
      for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!
      keys[at] = key
    }
    return this.maker.get(keys, count)
  }

  private many(): StepOutcomes {
    const { outcomes } = this.simulation.world.requests
    const { before } = this
    const keys: number[] = []
    for (let key = 0; key < outcomes.length; key++) {
      for (; before[key]! < outcomes[key]!; before[key]!++) keys.push(key)
    }
    return this.maker.make(keys, keys.length)
  }

  summary(decisions: number, seconds: number): Summary {
    const { outcomes, answered, answeredSeconds } = this.simulation.world.requests
    const counts: OutcomeCounts = {}
    for (let i = 0; i < outcomes.length; i++) {
      const count = outcomes[i]! - this.start[i]!
      const outcome = OUTCOMES[i % OUTCOMES.length]!
      if (count > 0) counts[outcome] = (counts[outcome] ?? 0) + count
    }
    const count = answered.reduce((sum, one) => sum + one, 0)
    const latency = answeredSeconds.reduce((sum, one) => sum + one, 0)
    return { decisions, seconds, outcomes: counts, meanLatency: count > 0 ? latency / count : null }
  }

  save(): OutcomeTrackerState {
    return { before: this.before.slice(), start: this.start.slice(), total: this.total }
  }

  /** Of a tracker of the same scenario. */
  load(state: OutcomeTrackerState): void {
    this.before.set(state.before)
    this.start.set(state.start)
    this.total = state.total
  }
}
