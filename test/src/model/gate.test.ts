import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError, SimError } from '../../../src/errors.ts'
import { loadScenario, parseScenario } from '../../../src/scenario/index.ts'
import { Simulation } from '../../../src/simulation/index.ts'
import { anyScenario } from '../../support/any-scenario.ts'

const DOOR = `
name: Door
horizon: 100
workloads:
  w: { to: web, arrivals: { poisson: { rate: 20 } }, classes: { a: { priority: 5, deadline: 1s }, b: { priority: 2 } } }
services:
  web:
    cores: 2
    endpoints: { e: [{ cpu: { exponential: { mean: 90ms } } }] }
    overload: { queue: priority, rateLimit: { rate: 25, burst: 8 } }
`

function stopped(text = DOOR): Simulation {
  const simulation = new Simulation(loadScenario(text), {
    seed: 4,
    control: { admission: 'web' },
    series: false,
  })
  simulation.run()
  return simulation
}

describe('admission decided from outside', () => {
  test('changes nothing where everything is admitted', () => {
    fc.assert(
      fc.property(anyScenario(), fc.nat(), (input, seed) => {
        const scenario = parseScenario(input)
        const plain = new Simulation(scenario, { seed })
        plain.run()
        const asked = new Simulation(scenario, { seed, control: { admission: scenario.services[0]!.name } })
        let decisions = 0
        for (let stop = asked.run(); stop.reason === 'decision'; stop = asked.resume(1)) decisions++
        expect(asked.world.gate.admitted).toBe(decisions)
        expect(JSON.stringify(asked.result())).toBe(JSON.stringify(plain.result()))
      }),
      { numRuns: 15, seed: 2 },
    )
  })

  test('ends what is shed with the outcome shed, and asks about each attempt', () => {
    const simulation = stopped()
    let asked = 0
    while (simulation.resume(0).reason === 'decision') asked++
    const { requests, gate, services } = simulation.world
    expect(gate.shed).toBe(asked + 1)
    expect(simulation.result().requests.outcomes).toEqual({ shed: requests.createdTotal })
    expect(services.gauges.mean(0, simulation.now)).toBe(0)
  })

  test('shows the request and the replica that it is at', () => {
    const simulation = stopped()
    const { world } = simulation
    const { gate } = world
    expect(gate.levels).toBe(2)
    let queued = 0
    let low = 1
    for (let k = 0; k < 800; k++) {
      const cls = world.compiled.classes[gate.requestClass]!
      expect(gate.level).toBe(cls.priority === 2 ? 0 : 1)
      if (cls.priority === 5) expect(gate.timeToDeadline).toBeCloseTo(1, 12)
      else expect(gate.timeToDeadline).toBe(Number.POSITIVE_INFINITY)
      expect(gate.demand).toBeCloseTo(0.09, 12)
      expect(gate.busy + gate.waiting).toBe(gate.inFlight)
      expect(gate.waiting === 0 || gate.busy === 2).toBe(true)
      expect(gate.oldestWait > 0).toBe(gate.waiting > 0)
      expect(gate.readyCapacity).toBe(2)
      if (gate.waiting > 0) queued++
      low = Math.min(low, gate.tokens)
      simulation.resume(1)
    }
    expect(queued).toBeGreaterThan(100)
    // A request that the service's own limit then refuses may find no token.
    expect(low).toBeGreaterThanOrEqual(0)
    expect(low).toBeLessThan(0.5)
  })

  test('at a rate: never more than its bucket lets through, whatever the rate was before', () => {
    const simulation = new Simulation(loadScenario(DOOR), { seed: 1, series: false })
    const { gate } = simulation.world
    let admitted = 0
    for (const [k, rate] of [4, 12, 1, 100].entries()) {
      simulation.until(20 * k)
      gate.limit(0, rate, 2)
      simulation.until(20 * (k + 1))
      const passed = gate.admitted - admitted
      expect(passed).toBeLessThanOrEqual(20 * rate + 2)
      // Five requests for each token leave none unused.
      if (rate < 5) expect(passed).toBeGreaterThanOrEqual(20 * rate - 2)
      admitted = gate.admitted
    }
    expect(gate.shed + gate.admitted).toBe(simulation.world.services.arrivals[0])
    gate.askFor(-1)
    simulation.run()
    expect(gate.admitted).toBe(admitted)
  })

  test('refuses what is no decision and no service', () => {
    const simulation = stopped()
    for (const action of [2, -1, 0.5]) expect(() => simulation.decide(action)).toThrow(SimError)
    expect(() => simulation.decide(2)).toThrow(
      /2 is no decision on a request. Choose 1 to admit it, 0 to shed it/,
    )
    expect(simulation.resume(1).reason).toBe('decision')
    const attempt = (): unknown => new Simulation(loadScenario(DOOR), { control: { admission: 'db' } })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(/unknown service "db".*control.admission/)
  })
})
