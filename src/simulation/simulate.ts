import type { Result } from '../results/types.ts'
import type { Scenario } from '../scenario/types.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

/** Runs the scenario from start to end. @throws ConfigError on options that do not fit it. */
export function simulate(scenario: Scenario, options: Omit<SimulationOptions, 'control'> = {}): Result {
  const simulation = new Simulation(scenario, options)
  simulation.run()
  return simulation.result()
}
