import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { BUSY, LOAD, QUEUE_CPU, SERVICE_GAUGES } from '../../../src/model/service-gauges.ts'
import { loadScenario, parseScenario, type Scenario } from '../../../src/scenario/index.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'
import {
  anyScenario,
  anyScenarioWithSockets,
  HORIZON,
  withCache,
  withDatabase,
} from '../../support/any-scenario.ts'
import { expectConsistent, expectDrained } from '../../support/invariants.ts'
import { watchPhases } from '../../support/phase-vectors.ts'

/** The random scenarios are the same in every run of the tests. */
const SEED = 1

/** Runs with checks at the given shares of the horizon, then drains. */
function runChecked(scenario: Scenario, seed: number | string, shares: readonly number[]): Simulation {
  const records: RequestRecord[] = []
  const simulation = new Simulation(scenario, {
    seed,
    drain: true,
    onRequest: (record) => records.push(record),
  })
  watchPhases(simulation, (latency, phases) => {
    if (!(Math.abs(phases.total - latency) <= 1e-9 * Math.max(1, latency))) {
      throw new Error(`phases sum to ${phases.total}, the latency is ${latency}`)
    }
  })
  for (const share of [...shares].sort((a, b) => a - b)) {
    simulation.until(share * scenario.horizon)
    expectConsistent(simulation)
  }
  simulation.run()
  expectDrained(simulation)
  expectConsistent(simulation)

  // Little's law without any average: the integral of the number open is the sum of the times that they were open.
  const { requests, kernel } = simulation.world
  const residence = records.reduce((sum, { start, end }) => sum + end - start, 0)
  expect(requests.open.total(0, kernel.now)).toBeCloseTo(residence, 6)
  expect(records.length).toBe(requests.createdTotal)
  return simulation
}

const folders = ['../../../scenarios/', '../../../scenarios/asyncflow/']
const files = folders.flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ name, url: new URL(folder + name, import.meta.url) })),
)

describe('a scenario of scenarios/', () => {
  test.each(files)('$name conserves what it makes and drains', ({ url }) => {
    const scenario = loadScenario(readFileSync(url, 'utf8'))
    const horizon = Math.min(scenario.horizon, 120)
    const short = {
      ...scenario,
      horizon,
      warmup: Math.min(scenario.warmup, horizon / 4),
      samplePeriod: horizon / 100,
    }
    const events = short.events.filter((event) => event.at < horizon)
    runChecked({ ...short, events }, 1, [0.1, 0.33, 0.5, 0.77, 0.99])
  })
})

/** Checked at the instants, and taken up again from a snapshot at the first of them: the results are equal. */
function expectSameFromSnapshot(input: ScenarioInput, seed: number, instants: readonly number[]): void {
  const scenario = parseScenario(input)
  const bytes = JSON.stringify(runChecked(scenario, seed, instants).result())
  const first = new Simulation(scenario, { seed, drain: true })
  first.until(instants[0]! * HORIZON)
  const second = Simulation.restore(first.snapshot(), scenario, { drain: true })
  second.run()
  expect(JSON.stringify(second.result())).toBe(bytes)
}

describe('any scenario', () => {
  const shares = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 6 })

  test('conserves requests and legs, sums phases to latency and drains', () => {
    fc.assert(
      fc.property(anyScenario(), fc.nat(), shares, (input, seed, instants) => {
        runChecked(parseScenario(input), seed, instants)
      }),
      { numRuns: 150, seed: SEED },
    )
  })

  test('does so with a database, and goes on from a snapshot', () => {
    fc.assert(fc.property(withDatabase(anyScenario()), fc.nat(), shares, expectSameFromSnapshot), {
      numRuns: 50,
      seed: SEED,
    })
  })

  test('does so with a cache before a database, and goes on from a snapshot', () => {
    fc.assert(fc.property(withCache(withDatabase(anyScenario())), fc.nat(), shares, expectSameFromSnapshot), {
      numRuns: 40,
      seed: SEED,
    })
  })

  test('does so with all of that and sockets', () => {
    const everything = withCache(withDatabase(anyScenarioWithSockets()))
    fc.assert(fc.property(everything, fc.nat(), shares, expectSameFromSnapshot), { numRuns: 40, seed: SEED })
  })

  test('leaks no socket, memory or port where components declare sockets', () => {
    fc.assert(
      fc.property(anyScenarioWithSockets(), fc.nat(), shares, (input, seed, instants) => {
        runChecked(parseScenario(input), seed, instants)
      }),
      { numRuns: 150, seed: SEED },
    )
  })

  test('goes on from a snapshot with its connections as if it had not stopped', () => {
    fc.assert(
      fc.property(
        anyScenarioWithSockets(),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (input, seed, share) => {
          const scenario = parseScenario(input)
          const whole = new Simulation(scenario, { seed, drain: true })
          whole.until(share * HORIZON)
          const taken = whole.snapshot()
          whole.run()
          const bytes = JSON.stringify(whole.result())
          const second = Simulation.restore(taken, scenario, { drain: true })
          expectConsistent(second)
          second.run()
          expect(JSON.stringify(second.result())).toBe(bytes)
          whole.restore(taken)
          whole.run()
          expect(JSON.stringify(whole.result())).toBe(bytes)
        },
      ),
      { numRuns: 60, seed: SEED },
    )
  })

  test('gives the same bytes for the same seed, in one run or in many small steps', () => {
    fc.assert(
      fc.property(anyScenario(), fc.nat(), shares, (input, seed, instants) => {
        const scenario = parseScenario(input)
        const whole = new Simulation(scenario, { seed })
        whole.run()
        const bytes = JSON.stringify(whole.result())
        const again = new Simulation(scenario, { seed })
        for (const share of [...instants].sort((a, b) => a - b)) again.until(share * HORIZON)
        again.run()
        expect(JSON.stringify(again.result())).toBe(bytes)
        expect(again.world.kernel.processed).toBe(whole.world.kernel.processed)
      }),
      { numRuns: 60, seed: SEED },
    )
  })

  test('goes on from a snapshot as if it had not stopped', () => {
    fc.assert(
      fc.property(
        anyScenario(),
        fc.nat(),
        fc.double({ min: 0, max: 1.2, noNaN: true }),
        (input, seed, share) => {
          const scenario = parseScenario(input)
          const options = { seed, drain: true }
          const whole = new Simulation(scenario, options)
          whole.run()
          const bytes = JSON.stringify(whole.result())
          const first = new Simulation(scenario, options)
          if (share <= 1) first.until(share * HORIZON)
          else first.run()
          const taken = first.snapshot()
          const second = Simulation.restore(taken, scenario, { drain: true })
          expectConsistent(second)
          second.run()
          expect(JSON.stringify(second.result())).toBe(bytes)
          // Taking the snapshot changed nothing, and putting the first one back into its own past does neither.
          first.run()
          expect(JSON.stringify(first.result())).toBe(bytes)
          first.restore(taken)
          first.run()
          expect(JSON.stringify(first.result())).toBe(bytes)
        },
      ),
      { numRuns: 60, seed: SEED },
    )
  })

  test('has the integrals of its gauges in its phases where nothing fails', () => {
    fc.assert(
      fc.property(anyScenario({ calm: true }), fc.nat(), (input, seed) => {
        const scenario = parseScenario({
          ...input,
          // One branch at a time, so that all time is on the critical path; speeds that stay.
          services: withoutParallel(input.services as Services),
          events: [],
        })
        const simulation = new Simulation(scenario, { seed, drain: true, series: false })
        simulation.run()
        const { world } = simulation
        const { compiled, requests, network, services, kernel } = world
        const time = (phase: string, component: string): number => {
          const cell = compiled.cells.findIndex(
            (item) => item.phase === phase && item.component === component,
          )
          return cell < 0
            ? 0
            : requests.recorders.reduce((sum, recorder) => sum + recorder.phaseSums[cell]!, 0)
        }
        expect(requests.errorTotal).toBe(0)
        scenario.links.forEach(({ name }, i) => {
          expect(network.inTransit.total(i, kernel.now)).toBeCloseTo(time('network', name), 6)
        })
        compiled.services.forEach(({ name, discipline }, s) => {
          const total = (gauge: number): number =>
            services.gauges.total(s * SERVICE_GAUGES + gauge, kernel.now)
          const cpu = time('cpu', name)
          const wait = time('cpu-wait', name)
          expect(total(BUSY) + total(QUEUE_CPU)).toBeCloseTo(cpu + wait, 6)
          if (discipline === 'fifo') expect(total(BUSY)).toBeCloseTo(cpu, 6)
          const here = cpu + wait + time('io', name) + time('memory-wait', name) + time('worker-wait', name)
          // A caller is at its service while it waits for the callee.
          expect(total(LOAD)).toBeGreaterThanOrEqual(here - 1e-6)
        })
      }),
      { numRuns: 60, seed: SEED },
    )
  })
})

type Steps = readonly Record<string, unknown>[]
type Services = Readonly<Record<string, { readonly endpoints: Readonly<Record<string, Steps>> }>>

/** The branches of parallel steps one after the other. */
function inSequence(list: Steps): Record<string, unknown>[] {
  return list.flatMap((step): Record<string, unknown>[] => {
    if ('parallel' in step) return (step.parallel as Steps[]).flatMap(inSequence)
    if ('repeat' in step) {
      const { times, steps } = step.repeat as { times: number; steps: Steps }
      return [{ repeat: { times, steps: inSequence(steps) } }]
    }
    if ('choose' in step) {
      const options = step.choose as { weight: number; steps: Steps }[]
      return [{ choose: options.map(({ weight, steps }) => ({ weight, steps: inSequence(steps) })) }]
    }
    return [step]
  })
}

function withoutParallel(services: Services): Services {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const endpoints = Object.entries(service.endpoints).map(([endpoint, list]) => [
        endpoint,
        inSequence(list),
      ])
      return [name, { ...service, endpoints: Object.fromEntries(endpoints) }]
    }),
  )
}
