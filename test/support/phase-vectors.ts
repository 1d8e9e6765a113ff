/** Looks at the phases of every request that is measured: what records them sees their vectors. */
import type { Phase } from '../../src/model/compile/compiled.ts'
import type { Simulation } from '../../src/simulation/index.ts'

export type PhaseVector = {
  /** Seconds over all components. */
  of(phase: Phase): number
  readonly total: number
}

/** Calls `see` for every measured request with its latency and phases, before it is recorded. */
export function watchPhases(
  simulation: Simulation,
  see: (latency: number, phases: PhaseVector) => void,
): void {
  const { cells } = simulation.world.compiled
  const { latencies } = simulation.world.requests
  const record = latencies.record.bind(latencies)
  latencies.record = (cls, latency, vector, from) => {
    const sum = (phase: Phase | undefined): number => {
      let total = 0
      for (let i = 0; i < cells.length; i++) {
        if (phase === undefined || cells[i]!.phase === phase) total += vector[from + i]!
      }
      return total
    }
    see(latency, {
      of: sum,
      get total() {
        return sum(undefined)
      },
    })
    record(cls, latency, vector, from)
  }
}
