/** Looks at the phases of every request that is measured: the recorders of a simulation see their vectors. */
import type { Phase } from '../../src/model/compile/compiled.ts'
import type { Simulation } from '../../src/simulation/index.ts'

export type PhaseVector = {
  /** Seconds over all components. */
  of(phase: Phase): number
  readonly total: number
}

/** Calls `see` for every measured request with its latency and phases, before it is recorded. */
export function watchPhases(simulation: Simulation, see: (latency: number, phases: PhaseVector) => void): void {
  const { cells } = simulation.world.compiled
  for (const recorder of simulation.world.requests.recorders) {
    const record = recorder.record.bind(recorder)
    recorder.record = (latency, vector, from) => {
      const sum = (wanted: (phase: Phase) => boolean): number =>
        cells.reduce((total, { phase }, i) => total + (wanted(phase) ? vector[from + i]! : 0), 0)
      see(latency, { of: (phase) => sum((other) => other === phase), total: sum(() => true) })
      record(latency, vector, from)
    }
  }
}
