export type { ResourceProgress, RunProgress } from './progress.ts'
export { simulate } from './simulate.ts'
export { Simulation, type SimulationOptions, type Stop } from './simulation.ts'
