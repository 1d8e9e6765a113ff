/** A simulation that lets the process breathe: progress is shown, and Ctrl-C is heard. The result is `simulate`'s. */
import { setImmediate } from 'node:timers/promises'
import type { Result } from '../../src/results/types.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import { Simulation, type SimulationOptions } from '../../src/simulation/index.ts'

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

/** @throws StoppedError once the signal is aborted. */
export async function simulateWatched(
  scenario: Scenario,
  options: Omit<SimulationOptions, 'control'>,
  signal: AbortSignal,
  onProgress: (seconds: number) => void,
): Promise<Result> {
  const simulation = new Simulation(scenario, options)
  const { horizon } = simulation.scenario
  let last = performance.now()
  for (let slice = 1; slice <= SLICES; slice++) {
    simulation.until((horizon * slice) / SLICES)
    if (performance.now() - last < BREATHE_EVERY_MS) continue
    await setImmediate()
    if (signal.aborted) throw new StoppedError((horizon * slice) / SLICES)
    onProgress(Math.floor(simulation.now))
    last = performance.now()
  }
  simulation.run()
  return simulation.result()
}
