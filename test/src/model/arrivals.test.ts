import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArrivalClock } from '../../../src/model/arrivals.ts'
import { Stream } from '../../../src/random/index.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { ArrivalsInput } from '../../../src/scenario/schema/arrivals.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'

function integral(rate: number, amplitude: number, period: number, phase: number, time: number): number {
  const omega = (2 * Math.PI) / period
  return rate * (time - (amplitude / omega) * (Math.cos(omega * time + phase) - Math.cos(phase)))
}

test('a gap under a daily profile ends where the integral of the rate has grown by 1', () => {
  const some = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
  fc.assert(
    fc.property(
      some(0.01, 100),
      some(0, 1),
      some(0.1, 1000),
      some(-7, 7),
      (rate, amplitude, period, phase) => {
        const clock = new ArrivalClock(
          { kind: 'deterministic', rate },
          { kind: 'diurnal', amplitude, period, phase },
        )
        const stream = Stream.derive(1, 'test')
        let now = 0
        for (let n = 1; n <= 50; n++) {
          const next = clock.next(now, stream)
          expect(next).toBeGreaterThan(now)
          now = next
          expect(Math.abs(integral(rate, amplitude, period, phase, now) - n)).toBeLessThan(1e-6)
        }
      },
    ),
    { seed: 1 },
  )
})

test('a rate that changes in the middle of a gap leaves the rest of the gap to the new rate', () => {
  const clock = new ArrivalClock({ kind: 'deterministic', rate: 2 }, undefined)
  expect(clock.next(10, Stream.derive(1, 'test'))).toBe(10.5)
  expect(clock.change(0, 10.25)).toBe(Number.POSITIVE_INFINITY)
  expect(clock.change(0.5, 20)).toBe(21)
  expect(clock.change(1, 20)).toBe(20.5)
})

function starts(
  arrivals: ArrivalsInput,
  horizon: number,
  rest: Partial<ScenarioInput['workloads'][string]> = {},
  seed = 1,
): number[] {
  const times: number[] = []
  const simulation = new Simulation(
    parseScenario({
      name: 'Arrivals',
      horizon,
      workloads: { w: { to: 'web', arrivals, ...rest } },
      services: { web: { endpoints: { e: [] } } },
    }),
    { seed, onRequest: ({ start }) => times.push(start) },
  )
  simulation.run()
  return times
}

/** Squared coefficient of variation of the gaps, and their mean. */
function gapsOf(times: readonly number[]): { mean: number; cv2: number } {
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  return { mean, cv2: gaps.reduce((sum, gap) => sum + (gap / mean - 1) ** 2, 0) / gaps.length }
}

describe('arrivals', () => {
  test.each([
    [{ poisson: { rate: 10 } }, 1],
    [{ gamma: { rate: 10, cv: 0.5 } }, 0.25],
    [{ gamma: { rate: 10, cv: 2 } }, 4],
    [{ deterministic: { rate: 10 } }, 0],
  ] as [ArrivalsInput, number][])(
    'of %j have their rate and the variation of their gaps',
    (arrivals, cv2) => {
      const times = starts(arrivals, 10_000)
      const seen = gapsOf(times)
      // Five standard errors of the mean of 100 000 gaps.
      expect(Math.abs(seen.mean * 10 - 1)).toBeLessThan(5 * Math.sqrt(cv2 / 1e5) + 1e-4)
      expect(Math.abs(seen.cv2 - cv2)).toBeLessThan(0.1 * cv2 + 1e-9)
    },
  )

  test('under a profile come in proportion to its integral', () => {
    const profile = { diurnal: { amplitude: 0.8, period: 100, phase: 1 } }
    const times = starts({ poisson: { rate: 100 } }, 1000, { profile })
    let chi2 = 0
    for (let bin = 0; bin < 20; bin++) {
      const count = times.filter((time) => Math.floor((time % 100) / 5) === bin).length
      const expected = 10 * (integral(100, 0.8, 100, 1, 5 * (bin + 1)) - integral(100, 0.8, 100, 1, 5 * bin))
      chi2 += (count - expected) ** 2 / expected
    }
    // 20 bins: above 52.4 with probability 1e-4.
    expect(chi2).toBeLessThan(52.4)
  })

  test('of users change their rate with every window', () => {
    const times = starts(
      { users: { users: { uniform: { low: 10, high: 30 } }, perMinute: 60, window: 50 } },
      500,
    )
    const counts = Array.from(
      { length: 10 },
      (_, k) => times.filter((time) => Math.floor(time / 50) === k).length / 50,
    )
    for (const rate of counts) {
      expect(rate).toBeGreaterThan(7)
      expect(rate).toBeLessThan(33)
    }
    expect(Math.max(...counts) / Math.min(...counts)).toBeGreaterThan(1.5)
  })

  test('have the same gaps, in operational time, at any rate', () => {
    const slow = starts({ poisson: { rate: 5 } }, 100)
    const fast = starts({ poisson: { rate: 10 } }, 50)
    expect(fast).toEqual(slow.slice(0, fast.length).map((time) => expect.closeTo(time / 2, 9)))
  })
})
