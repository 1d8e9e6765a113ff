/** A simulation that lets the process breathe: progress is shown, and Ctrl-C is heard. The result is `simulate`'s. */
import { setImmediate } from 'node:timers/promises'
import type { Result } from '../../src/results/types.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import { type RunProgress, Simulation, type SimulationOptions } from '../../src/simulation/index.ts'

const SLICES = 500
const BREATHE_EVERY_MS = 50

export class StoppedError extends Error {
  override readonly name = 'AbortError'
  /** Simulated seconds that were done. */
  readonly at: number

  constructor(at: number) {
    super(`Stopped. --horizon ${at} gives the result up to here`)
    this.at = at
  }
}

/**
 * @param onProgress is told now and then, between events, and may ask how the run stands.
 * @throws StoppedError once the signal is aborted.
 */
export async function simulateWatched(
  scenario: Scenario,
  options: Omit<SimulationOptions, 'control'>,
  signal: AbortSignal,
  onProgress: (progress: () => RunProgress) => void,
): Promise<Result> {
  const simulation = new Simulation(scenario, options)
  const { horizon } = simulation.scenario
  const progress = (): RunProgress => simulation.progress()
  let last = performance.now()
  for (let slice = 1; slice <= SLICES; slice++) {
    simulation.until((horizon * slice) / SLICES)
    if (performance.now() - last < BREATHE_EVERY_MS) continue
    await setImmediate()
    if (signal.aborted) throw new StoppedError((horizon * slice) / SLICES)
    onProgress(progress)
    last = performance.now()
  }
  simulation.run()
  return simulation.result()
}
