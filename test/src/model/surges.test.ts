/** Surges: at a time, in spells, announced by a rise, and false alarms. */
import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { EventInput } from '../../../src/scenario/schema/event.ts'
import { Simulation } from '../../../src/simulation/index.ts'

function scenarioOf(events: EventInput[], horizon = 1000) {
  return parseScenario({
    horizon,
    samplePeriod: 1,
    workloads: { w: { to: 's', arrivals: { poisson: { rate: 1 } } } },
    services: { s: { endpoints: { e: [] } } },
    events,
  })
}

/** The factor on the rate just before each of the times. */
function factors(events: EventInput[], times: readonly number[], seed = 1): number[] {
  const simulation = new Simulation(scenarioOf(events), { seed })
  return times.map((time) => {
    simulation.until(time)
    return simulation.world.workloads.rateAt(0, time)
  })
}

describe('a surge with a precursor', () => {
  const surge = { surge: 'w', factor: 3, at: 200, for: 50, precursor: { lead: 64 } }

  test('is preceded by a rise to 1.3 in equal steps', () => {
    expect(factors([surge], [135, 139, 168.5, 199.9, 201, 251])).toEqual([
      1,
      expect.closeTo(1 + (0.3 * 1) / 32, 12),
      expect.closeTo(1.15, 12),
      expect.closeTo(1 + (0.3 * 31) / 32, 12),
      3,
      1,
    ])
  })

  test('that would have begun to rise before the run is in the middle of it', () => {
    expect(factors([{ ...surge, at: 32 }], [0.5, 17, 33])).toEqual([
      expect.closeTo(1.15, 12),
      expect.closeTo(1.225, 2),
      3,
    ])
  })

  test('may be a false alarm', () => {
    const alarm = { ...surge, precursor: { lead: 64, factor: 1.5, falseAlarms: 1 } }
    expect(factors([alarm], [199.9, 201])).toEqual([expect.closeTo(1 + (0.5 * 31) / 32, 12), 1])
  })

  test('multiplies with others', () => {
    const other = { surge: 'w', factor: 2, at: 190, for: 20 }
    expect(factors([surge, other], [189, 195, 205, 215])).toEqual([
      expect.closeTo(1 + (0.3 * 26) / 32, 12),
      expect.closeTo(2 * (1 + (0.3 * 29) / 32), 12),
      6,
      3,
    ])
  })
})

describe('surges in spells', () => {
  test('come and go until their event ends', () => {
    const spells = { for: 10, gap: 30 }
    expect(factors([{ surge: 'w', factor: 3, spells }], [29, 31, 39, 41, 69, 71, 81])).toEqual([
      1, 3, 3, 1, 1, 3, 1,
    ])
    const ended = { surge: 'w', factor: 3, at: 100, for: 75, spells }
    expect(factors([ended], [29, 99, 129, 131, 141, 171, 176, 211])).toEqual([1, 1, 1, 3, 1, 3, 1, 1])
  })

  test('announce themselves', () => {
    const event = { surge: 'w', factor: 3, spells: { for: 10, gap: 30 }, precursor: { lead: 16, factor: 2 } }
    expect(factors([event], [29, 38.1, 45.9, 47, 55, 57, 85, 94.1, 103])).toEqual([
      1, 1.5, 1.96875, 3, 3, 1, 1, 1.5, 3,
    ])
  })

  test('of which a share are false alarms, after leads of their own', () => {
    const event: EventInput = {
      surge: 'w',
      factor: 3,
      spells: { for: 20, gap: { exponential: { mean: 60 } } },
      precursor: { lead: { uniform: { low: 60, high: 90 } }, falseAlarms: 0.2 },
    }
    const simulation = new Simulation(scenarioOf([event], 100_000), { seed: 5, series: false })
    let before = 1
    let rises = 0
    let surges = 0
    let since = 0
    const leads: number[] = []
    for (let time = 1; time < 100_000; time++) {
      simulation.until(time)
      const now = simulation.world.workloads.rateAt(0, time)
      if (before === 1 && now > 1) {
        rises++
        since = time
      }
      if (now === 3 && before < 3) {
        surges++
        leads.push(time - since)
      }
      before = now
    }
    expect(rises).toBeGreaterThan(500)
    // Three standard errors of a share of 0.8.
    expect(Math.abs(surges / rises - 0.8)).toBeLessThan(3 * Math.sqrt(0.16 / rises))
    expect(Math.min(...leads)).toBeGreaterThan(55)
    expect(Math.max(...leads)).toBeLessThan(91)
    expect(leads.reduce((sum, lead) => sum + lead, 0) / leads.length).toBeCloseTo(75 * (31 / 32), -1)
  })

  test('go on from a snapshot in the middle of a rise', () => {
    const event: EventInput = {
      surge: 'w',
      factor: 3,
      spells: { for: 20, gap: { exponential: { mean: 30 } } },
      precursor: { lead: { exponential: { mean: 40 } }, falseAlarms: 0.5 },
    }
    const scenario = scenarioOf([event])
    const whole = new Simulation(scenario)
    whole.run()
    for (const time of [40, 75, 120, 333]) {
      const first = new Simulation(scenario)
      first.until(time)
      const second = Simulation.restore(first.snapshot(), scenario)
      second.run()
      expect(second.result()).toEqual(whole.result())
    }
  })
})

test.each<[object, RegExp]>([
  [{ surge: 'w', factor: 2 }, /missing field "at"/],
  [{ surge: 'w', factor: 2, spells: { for: 0, gap: 1 } }, /expected a duration above 0, got 0/],
  [{ surge: 'w', factor: 2, at: 1, precursor: {} }, /missing field "lead"/],
  [{ surge: 'w', factor: 2, at: 1, precursor: { lead: 1, falseAlarms: 2 } }, /of at most 1, got 2/],
])('%j is refused', (event, message) => {
  expect(() => scenarioOf([event as EventInput])).toThrow(message)
})
