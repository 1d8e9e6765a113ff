/** Looks at the phases of every request that is measured: the recorders of a simulation see their vectors. */
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
  for (const recorder of simulation.world.requests.recorders) {
    const record = recorder.record.bind(recorder)
    recorder.record = (latency, vector, from) => {
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
      record(latency, vector, from)
    }
  }
}
