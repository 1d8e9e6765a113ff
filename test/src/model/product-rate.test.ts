/** Profiles that multiply each other. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseScenario, Simulation } from '../../../src/index.ts'
import { PiecewiseRate } from '../../../src/model/piecewise-rate.ts'
import { ProductRate } from '../../../src/model/product-rate.ts'
import type { ProfileInput } from '../../../src/scenario/schema/arrivals.ts'
import type { SimpleProfile } from '../../../src/scenario/types.ts'

function profilesOf(profile: ProfileInput[]): SimpleProfile[] {
  const scenario = parseScenario({
    horizon: 10,
    workloads: { w: { to: 's', arrivals: { poisson: { rate: 1 } }, profile } },
    services: { s: { endpoints: { e: [] } } },
  })
  const loaded = scenario.workloads[0]!.profile!
  return loaded.kind === 'product' ? [...loaded.factors] : [loaded]
}

const some = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const anyProfile: fc.Arbitrary<ProfileInput> = fc.oneof(
  fc
    .record({ amplitude: some(0, 1), period: some(1, 50), phase: some(-4, 4) })
    .map((diurnal) => ({ diurnal })),
  fc.record({ to: some(0, 3), start: some(0, 10), end: some(10.5, 30) }).map((ramp) => ({ ramp })),
  fc
    .record({
      values: fc.array(some(0, 3), { minLength: 2, maxLength: 5 }),
      smooth: fc.boolean(),
      repeat: fc.boolean(),
    })
    .map((rates) => ({ rates: { ...rates, interval: 7 } })),
  fc.record({ factor: some(0, 5), at: some(0, 20), hold: some(0.1, 5) }).map((spike) => ({ spike })),
)

/** The integral by many small steps. */
function summed(curve: ProductRate, from: number, to: number): number {
  const n = 20_000
  let sum = 0
  for (let i = 0; i < n; i++) sum += curve.at(from + ((i + 0.5) / n) * (to - from))
  return (sum * (to - from)) / n
}

describe('a product of profiles', () => {
  test('integrates to what small steps sum to, and is reached where its integral is that much', () => {
    fc.assert(
      fc.property(
        fc.array(anyProfile, { minLength: 2, maxLength: 3 }),
        some(0, 40),
        some(0.1, 60),
        (profiles, from, length) => {
          const curve = new ProductRate(profilesOf(profiles), 1000)
          const area = curve.between(from, from + length)
          expect(area).toBeCloseTo(summed(curve, from, from + length), 1)
          expect(
            curve.between(from, from + length / 3) + curve.between(from + length / 3, from + length),
          ).toBeCloseTo(area, 9)
          if (area < 1e-3) return
          const time = curve.reach(from, area / 2)
          expect(curve.between(from, time)).toBeCloseTo(area / 2, 8)
        },
      ),
      { seed: 1, numRuns: 60 },
    )
  })

  test('of one profile in pieces is that profile', () => {
    const [profile] = profilesOf([{ spike: { factor: 4, at: 3, rise: 1, hold: 1, decay: 2 } }])
    if (profile?.kind !== 'pieces') throw new Error('not in pieces')
    const single = new PiecewiseRate(profile.points, profile.period)
    const curve = new ProductRate([profile], 100)
    for (const [from, amount] of [
      [0, 1],
      [2.5, 3],
      [3.5, 6],
      [0, 50],
    ] as const)
      expect(curve.reach(from, amount)).toBeCloseTo(single.reach(from, amount), 9)
  })

  test('is exact where it has a closed form', () => {
    // (1 + sin(2 pi t / 10)) t / 10 over [0, 10]: 5 - 10 / (2 pi).
    const curve = new ProductRate(
      profilesOf([
        { diurnal: { amplitude: 1, period: 10 } },
        { ramp: { from: 0, to: 1, start: 0, end: 10 } },
      ]),
      100,
    )
    expect(curve.between(0, 10)).toBeCloseTo(5 - 10 / (2 * Math.PI), 12)
    // t^2 / 100.
    const square = new ProductRate(
      profilesOf([
        { ramp: { from: 0, to: 1, start: 0, end: 10 } },
        { ramp: { from: 0, to: 1, start: 0, end: 10 } },
      ]),
      100,
    )
    expect(square.between(0, 10)).toBeCloseTo(10 / 3, 13)
    expect(square.reach(0, 1)).toBeCloseTo(300 ** (1 / 3), 11)
  })

  test('that is zero from some time on is never reached', () => {
    const ends = new ProductRate(
      profilesOf([{ steps: { at: [[10, 0]] } }, { diurnal: { amplitude: 0.5, period: 5 } }]),
      1000,
    )
    expect(ends.reach(0, 8)).toBeLessThan(10)
    expect(ends.reach(0, 50)).toBe(Number.POSITIVE_INFINITY)
    const never = new ProductRate(
      profilesOf([
        { steps: { at: [[5, 0]], period: 10 } },
        { rates: { values: [0, 1], interval: 5, repeat: true } },
      ]),
      1e4,
    )
    expect(never.reach(0, 1)).toBe(Number.POSITIVE_INFINITY)
  })
})

test('arrivals come in proportion to the product, also across a surge and a snapshot', () => {
  const scenario = parseScenario({
    horizon: 400,
    workloads: {
      w: {
        to: 's',
        arrivals: { deterministic: { rate: 20 } },
        profile: [{ steps: { at: [[200, 3]] } }, { ramp: { to: 2, start: 0, end: 400 } }],
      },
    },
    services: { s: { endpoints: { e: [] } } },
    events: [{ surge: 'w', factor: 2, at: 100, for: 100 }],
  })
  const starts: number[] = []
  const whole = new Simulation(scenario, { onRequest: ({ start }) => starts.push(start) })
  whole.run()
  const quarter = (i: number): number => starts.filter((time) => Math.floor(time / 100) === i).length
  // Mean of the ramp over each quarter: 1.125, 1.375, 1.625, 1.875.
  expect([0, 1, 2, 3].map(quarter)).toEqual(
    [2250, 5500, 9750, 11250].map((count) => expect.closeTo(count, -1)),
  )
  const first = new Simulation(scenario)
  first.until(150)
  const second = Simulation.restore(first.snapshot(), scenario)
  second.run()
  expect(second.result()).toEqual(whole.result())
})

test('an empty list is refused, one profile is itself', () => {
  expect(() => profilesOf([])).toThrow('expected at least one profile, got none')
  expect(profilesOf([{ diurnal: { amplitude: 0.5, period: 5 } }])).toEqual([
    { kind: 'diurnal', amplitude: 0.5, period: 5, phase: 0 },
  ])
})
