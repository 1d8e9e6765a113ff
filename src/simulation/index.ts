export { simulate } from './simulate.ts'
export { Simulation, type SimulationOptions, type Stop } from './simulation.ts'
