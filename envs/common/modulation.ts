/** Phases of the modulating chains (`mmpp` arrivals) of a run, one-hot, in the order of the workloads. */
import type { Scenario } from '../../src/scenario/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'

/** How many numbers they are: 0 where no workload is modulated. */
export function modulationSize({ workloads }: Scenario): number {
  return workloads.reduce(
    (sum, { arrivals }) => sum + (arrivals.kind === 'mmpp' ? arrivals.rates.length : 0),
    0,
  )
}

/** Writes them from index `at` on, into zeros. */
export function writeModulation(out: Float32Array, at: number, simulation: Simulation): void {
  let start = at
  simulation.scenario.workloads.forEach(({ arrivals }, w) => {
    if (arrivals.kind !== 'mmpp') return
    out[start + simulation.world.workloads.phaseOf(w)] = 1
    start += arrivals.rates.length
  })
}
