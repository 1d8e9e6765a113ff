/**
 * Replays a recorded run of AsyncFlow: its scenario, its arrivals and its draws, through this engine. What then
 * differs is a difference of the two models, since nothing is left to chance.
 */
import { ConfigError } from '../../src/errors.ts'
import { type DrawSite, type Draws, RecordedDraws, type Recording } from '../../src/random/index.ts'
import { importAsyncFlow, type Scenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { sampledGauges } from './gauges.ts'
import type { Trace } from './trace.ts'

export type Replay = {
  /** Finish time by id, in the order of completion. */
  readonly finished: ReadonlyMap<number, number>
  /** By AsyncFlow's names of metric and component, at AsyncFlow's sample instants. */
  readonly sampled: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>
  /** Draws that the engine asked for and the trace does not have. */
  readonly missingDraws: number
}

/** @throws ConfigError where the scenario cannot be imported or the trace does not fit it. */
export function replayTrace(trace: Trace, file?: string): Replay {
  const imported = importAsyncFlow(trace.scenario, { file })
  const requests = [...trace.requests].sort((a, b) => a.start - b.start || a.id - b.id)
  const [workload] = imported.workloads
  const times = requests.map(({ start }) => start)
  const scenario = {
    ...imported,
    workloads: [{ ...workload!, arrivals: { kind: 'trace', times } }],
  } satisfies Scenario
  const recording = recordingOf(scenario, requests, file)
  let draws: RecordedDraws | undefined
  const finished = new Map<number, number>()
  const simulation = new Simulation(scenario, {
    series: false,
    draws: (sites: readonly DrawSite[], counter: Draws) => {
      draws = new RecordedDraws(sites, counter, recording)
      return draws
    },
    onRequest: ({ number, end, outcome }) => {
      if (outcome === 'ok') finished.set(requests[number]!.id, end)
    },
  })
  const gauges = sampledGauges(simulation.world)
  const sampled: Record<string, Record<string, number[]>> = {}
  for (const { metric, component } of gauges) (sampled[metric] ??= {})[component] = []
  // Added up, not multiplied: these are the instants of AsyncFlow's samples, to the last bit.
  for (let time = scenario.samplePeriod; time < scenario.horizon; time += scenario.samplePeriod) {
    simulation.until(time)
    for (const { metric, component, read } of gauges) sampled[metric]![component]!.push(read())
  }
  simulation.run()
  return { finished, sampled, missingDraws: draws!.missing }
}

function recordingOf(scenario: Scenario, requests: Trace['requests'], file: string | undefined): Recording {
  const recording = new Map<string, Map<number, number>>()
  const record = (site: string, request: number, value: number): void => {
    const known = recording.get(site)
    if (known === undefined) recording.set(site, new Map([[request, value]]))
    else known.set(request, value)
  }
  const endpoints = new Map(scenario.services.map(({ name, endpoints }) => [name, endpoints.length]))
  requests.forEach(({ id, edges, endpoint }, number) => {
    for (const [edge, latency] of Object.entries(edges)) {
      // Any number below the probability of loss loses the message, and 1 never does.
      record(`${edge}.loss.there`, number, latency === null ? 0 : 1)
      if (latency !== null) record(`${edge}.latency.there`, number, latency)
    }
    for (const [server, index] of Object.entries(endpoint)) {
      const count = endpoints.get(server) ?? 0
      if (index >= count) {
        const what = `request ${id} takes endpoint ${index} of ${count} at "${server}"`
        throw new ConfigError([{ what, path: 'requests', file }])
      }
      record(`${server}.endpoint`, number, (index + 0.5) / count)
    }
  })
  return recording
}
