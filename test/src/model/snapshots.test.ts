import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../../src/scenario/index.ts'
import { Simulation, type Stop } from '../../../src/simulation/index.ts'
import { anyScenario, HORIZON } from '../../support/any-scenario.ts'

const SEED = 2

/** An available slot, or a possible target, that depends on nothing but the number of the decision. */
function actionFor(stop: Stop, number: number): number {
  if (stop.reason !== 'decision') throw new Error('no decision')
  if (stop.kind === 'admission') return number % 5 === 0 ? 0 : 1
  if (stop.kind === 'scaler') return stop.view.min + (number % (stop.view.max - stop.view.min + 1))
  const free = [...stop.view.available].flatMap((available, slot) => (available === 1 ? [slot] : []))
  return free[(number * 7) % free.length]!
}

/** Takes every decision; `visit` may put another simulation in the place of the one that is stopped at one. */
function play(
  simulation: Simulation,
  visit: (simulation: Simulation, number: number) => Simulation = (same) => same,
): Simulation {
  let current = simulation
  let stop = current.run()
  for (let number = 0; stop.reason === 'decision'; number++) {
    const action = actionFor(stop, number)
    current = visit(current, number)
    stop = current.resume(action)
  }
  return current
}

describe('a snapshot', () => {
  test('at a decision goes on as the run that was stopped there', () => {
    fc.assert(
      fc.property(anyScenario(), fc.nat(), fc.nat(200), (input, seed, when) => {
        const scenario = parseScenario(input)
        const scaled = scenario.services.find((service) => service.autoscaler !== undefined)?.name
        const control = {
          balancers: 'all' as const,
          admission: scenario.services[0]!.name,
          ...(scaled === undefined ? {} : { scaler: scaled }),
        }
        const straight = play(new Simulation(scenario, { seed, control }))
        const restored = play(new Simulation(scenario, { seed, control }), (simulation, number) =>
          number % 200 === when ? Simulation.restore(simulation.snapshot(), scenario) : simulation,
        )
        expect(JSON.stringify(restored.result())).toBe(JSON.stringify(straight.result()))
      }),
      { numRuns: 40, seed: SEED },
    )
  })

  test('without metrics goes on as the same run, and measures from there on', () => {
    fc.assert(
      fc.property(
        anyScenario(),
        fc.nat(),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (input, seed, share) => {
          const scenario = parseScenario(input)
          const whole = new Simulation(scenario, { seed })
          whole.until(share * HORIZON)
          const bytes = whole.snapshot({ metrics: false })
          const taken = whole.result().series.time.length
          const before = whole.result().latency.count
          whole.run()
          const all = whole.result()
          const other = Simulation.restore(bytes, scenario)
          for (let again = 0; again < 2; again++) {
            other.run()
            const rest = other.result()
            expect(rest.requests.created).toBe(all.requests.created)
            expect(rest.requests.outcomes).toEqual(all.requests.outcomes)
            expect(rest.components).toEqual(all.components)
            expect(other.world.kernel.processed).toBe(whole.world.kernel.processed)
            expect(rest.latency.count).toBe(all.latency.count - before)
            expect(rest.series.time).toEqual(all.series.time.slice(taken))
            for (const [name, values] of Object.entries(all.series.values)) {
              expect(rest.series.values[name]).toEqual(values.slice(taken))
              expect(rest.series.means[name]).toEqual(all.series.means[name]?.slice(taken))
            }
            other.restore(bytes)
          }
        },
      ),
      { numRuns: 40, seed: SEED },
    )
  })

  const scenario = parseScenario({
    name: 'Small',
    horizon: 60,
    workloads: { w: { to: 'edge', arrivals: { poisson: { rate: 10 } }, timeout: 0.5 } },
    balancers: { edge: { policy: 'random', to: 'web' } },
    services: {
      web: {
        replicas: 2,
        endpoints: { e: [{ cpu: { exponential: { mean: 0.15 } } }] },
        autoscaler: { policy: 'fixed', min: 1, max: 4, interval: 5 },
      },
    },
  })

  test('keeps the policies that were set after the start', () => {
    const make = (): Simulation => {
      const simulation = new Simulation(scenario, { seed: 1 })
      simulation.until(10)
      simulation.world.balancers.all[0]!.setPolicy({ name: 'weighted', params: {} })
      simulation.world.scalers.all[0]!.setPolicy({ name: 'threshold', params: {} })
      simulation.until(20)
      return simulation
    }
    const straight = make()
    const restored = Simulation.restore(make().snapshot(), scenario)
    for (const simulation of [straight, restored]) simulation.run()
    expect(JSON.stringify(restored.result())).toBe(JSON.stringify(straight.result()))
  })

  test('keeps the outcomes of the last requests', () => {
    const simulation = new Simulation(scenario, { seed: 1 })
    simulation.until(30)
    const restored = Simulation.restore(simulation.snapshot(), scenario)
    expect(restored.world.requests.recent).toEqual(simulation.world.requests.recent)
    expect(simulation.world.requests.recent.some((outcome) => outcome !== 0)).toBe(true)
  })

  test('of another scenario, of another seed or of no simulation is refused', () => {
    const bytes = new Simulation(scenario, { seed: 1 }).snapshot()
    expect(() => Simulation.restore(bytes, { ...scenario, warmup: 1 })).toThrow('snapshot is of scenario')
    expect(() => new Simulation(scenario, { seed: 2 }).restore(bytes)).toThrow('with seed 1')
    expect(() => Simulation.restore(new Uint8Array([1, 2, 3]), scenario)).toThrow('no snapshot')
  })
})
