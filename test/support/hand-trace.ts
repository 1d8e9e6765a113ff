/** Runs of small systems with constant durations, for tests whose times are worked out by hand. */
import { parseScenario } from '../../src/scenario/index.ts'
import type { WorkloadInput } from '../../src/scenario/schema/workload.ts'
import type { ScenarioInput } from '../../src/scenario/schema.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { watchPhases } from './phase-vectors.ts'

export type Line = readonly [start: number, end: number, outcome: string, attempts?: number]

/** What became of each request, in the order of ends; `phases` of the measured ones in the same order. */
export function run(input: Omit<ScenarioInput, 'name'>): {
  lines: Line[]
  phases: Record<string, number>[]
  simulation: Simulation
} {
  const lines: Line[] = []
  const phases: Record<string, number>[] = []
  const simulation = new Simulation(parseScenario({ name: 'Trace', ...input }), {
    drain: true,
    onRequest: ({ start, end, outcome, attempts }) =>
      lines.push([
        round(start),
        round(end),
        outcome,
        ...(attempts === 1 ? [] : [attempts]),
      ] as unknown as Line),
  })
  watchPhases(simulation, (_, vector) => {
    const all = simulation.world.compiled.cells.map(({ phase }) => phase)
    const positive = [...new Set(all)].flatMap((phase) =>
      vector.of(phase) > 0 ? [[phase, round(vector.of(phase))] as const] : [],
    )
    phases.push(Object.fromEntries(positive))
  })
  simulation.run()
  return { lines, phases, simulation }
}

export const round = (seconds: number): number => Math.round(seconds * 1e9) / 1e9

export function at(times: readonly number[], rest: Partial<WorkloadInput> = {}): WorkloadInput {
  return { to: 'web', arrivals: { trace: { times: [...times] } }, ...rest }
}
