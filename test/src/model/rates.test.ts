/** Rates that move: profiles in pieces, modulated arrivals, sessions, traces of Azure Functions. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  loadScenario,
  parseScenario,
  type Result,
  type Scenario,
  Simulation,
  simulate,
} from '../../../src/index.ts'
import { equilibrium, mmppRate } from '../../../src/model/modulation.ts'
import { PiecewiseRate } from '../../../src/model/piecewise-rate.ts'
import type { RatePoint } from '../../../src/scenario/types.ts'

const anyFactor = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 4, noNaN: true }))

const anyCurve = fc
  .record({
    gaps: fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 6 }),
    values: fc.array(fc.tuple(anyFactor, anyFactor), {
      minLength: 7,
      maxLength: 7,
    }),
    periodic: fc.boolean(),
  })
  .map(({ gaps, values, periodic }) => {
    let at = 0
    const points: RatePoint[] = [{ at: 0, before: 1, after: values[0]![1] }]
    gaps.forEach((gap, i) => {
      at += gap
      points.push({ at, before: values[i + 1]![0], after: values[i + 1]![1] })
    })
    return new PiecewiseRate(points, periodic ? at + 1 : Number.POSITIVE_INFINITY)
  })

describe('a factor in pieces', () => {
  test('reaches an amount of its integral when the integral is that much more', () => {
    fc.assert(
      fc.property(
        anyCurve,
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 1e-6, max: 100, noNaN: true }),
        (curve, from, amount) => {
          const time = curve.reach(from, amount)
          if (!Number.isFinite(time)) return
          expect(time).toBeGreaterThanOrEqual(from)
          expect(Math.abs(curve.integral(time) - curve.integral(from) - amount)).toBeLessThan(
            1e-8 * (1 + amount + from),
          )
        },
      ),
      { seed: 1, numRuns: 500 },
    )
  })

  test('has the integral of its values', () => {
    fc.assert(
      fc.property(anyCurve, fc.double({ min: 0.5, max: 60, noNaN: true }), (curve, end) => {
        const steps = 20_000
        let sum = 0
        for (let i = 0; i < steps; i++) sum += curve.at(((i + 0.5) * end) / steps) * (end / steps)
        expect(Math.abs(curve.integral(end) - sum)).toBeLessThan(0.02)
      }),
      { seed: 2, numRuns: 30 },
    )
  })
})

function arrivals(workload: object, horizon = 1000): Scenario {
  return parseScenario({
    horizon,
    workloads: { users: { to: 'sink', ...workload } },
    services: { sink: { cores: 1000, endpoints: { e: [{ cpu: '1ms' }] } } },
  })
}

/** Arrivals per bin of `width` seconds. */
function bins(scenario: Scenario, width: number, seed = 1): number[] {
  const counts = new Array<number>(Math.ceil(scenario.horizon / width)).fill(0)
  simulate(scenario, { seed, series: false, onRequest: ({ start }) => counts[Math.floor(start / width)]!++ })
  return counts
}

describe('profiles move the rate', () => {
  const of = (profile: object): number[] =>
    bins(arrivals({ arrivals: { deterministic: { rate: 10 } }, profile }, 400), 100)

  test('steps', () =>
    expect(
      of({
        steps: {
          at: [
            [100, 2],
            [200, 0],
            [300, 0.5],
          ],
        },
      }),
    ).toEqual([1000, 2000, 0, 500].map(near)))
  test('steps that repeat', () =>
    expect(
      of({
        steps: {
          at: [
            [0, 2],
            [100, 1],
          ],
          period: 200,
        },
      }),
    ).toEqual([2000, 1000, 2000, 1000].map(near)))
  test('a ramp', () =>
    expect(of({ ramp: { to: 3, start: 100, end: 300 } })).toEqual([1000, 1500, 2500, 3000].map(near)))
  test('a spike', () =>
    expect(of({ spike: { factor: 5, at: 100, rise: 50, hold: 50, decay: 100 } })).toEqual(
      [1000, 4000, 3000, 1000].map(near),
    ))
  test('recorded rates', () =>
    expect(of({ rates: { values: [1, 3, 0, 2], interval: 100 } })).toEqual([1000, 3000, 0, 2000].map(near)))
  test('recorded rates, smooth and again and again', () => {
    const counts = of({ rates: { values: [0, 2], interval: 100, smooth: true, repeat: true } })
    expect(counts).toEqual([500, 1500, 500, 1500].map(near))
  })

  function near(count: number): number {
    return expect.closeTo(count, -0.9) as unknown as number
  }

  test('and surges come on top', () => {
    const scenario = arrivals(
      { arrivals: { deterministic: { rate: 10 } }, profile: { steps: { at: [[50, 2]] } } },
      100,
    )
    const surged = {
      ...scenario,
      events: [{ kind: 'surge', workload: 'users', factor: 3, at: 25, until: 75 }] as const,
    }
    expect(bins(surged, 25)).toEqual([250, 750, 1500, 500].map(near))
  })
})

describe('modulated Poisson arrivals', () => {
  test('have the equilibrium of their chain', () => {
    expect(
      equilibrium([
        [0, 1],
        [3, 0],
      ]),
    ).toEqual([0.75, 0.25])
    const three = [
      [0, 2, 1],
      [1, 0, 1],
      [4, 0, 0],
    ]
    const shares = equilibrium(three)
    expect(shares.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12)
    three.forEach((_, j) => {
      const into = three.reduce((sum, row, i) => sum + (i === j ? 0 : shares[i]! * row[j]!), 0)
      const out = shares[j]! * three[j]!.reduce((sum, rate, k) => sum + (k === j ? 0 : rate), 0)
      expect(into).toBeCloseTo(out, 12)
    })
  })

  test('have the mean and the index of dispersion of theory', () => {
    // W. Fischer and K. Meier-Hellstern (1993): IDC = 1 + 2 s1 s2 (l1 - l2)^2 / ((s1 + s2)^2 (l1 s2 + l2 s1)).
    const [l1, l2, s1, s2] = [30, 5, 0.5, 0.25]
    const scenario = arrivals({ arrivals: { mmpp: { rates: [l1, l2], holding: [1 / s1, 1 / s2] } } }, 40_000)
    const mean = (l1 * s2 + l2 * s1) / (s1 + s2)
    const idc = 1 + (2 * s1 * s2 * (l1 - l2) ** 2) / ((s1 + s2) ** 2 * (l1 * s2 + l2 * s1))
    const counts = bins(scenario, 100)
    const average = counts.reduce((sum, n) => sum + n, 0) / counts.length
    const variance = counts.reduce((sum, n) => sum + (n - average) ** 2, 0) / (counts.length - 1)
    expect(mmppRate(scenario.workloads[0]!.arrivals as never)).toBeCloseTo(mean, 12)
    // 400 bins: the mean within 4 standard errors; the variance within 4 of its own, sqrt(2 / n) of it.
    expect(Math.abs(average / 100 - mean)).toBeLessThan((4 * Math.sqrt((idc * mean) / 100)) / 20)
    // Of a bin of 100 s, some 75 switching times, the index is its limit to 2 %.
    expect(Math.abs(variance / average / idc - 1)).toBeLessThan(0.02 + 4 * Math.sqrt(2 / 400))
  })

  test('go on exactly after a snapshot', () => {
    const scenario = arrivals(
      {
        arrivals: {
          mmpp: {
            rates: [50, 0],
            switching: [
              [0, 1],
              [1, 0],
            ],
          },
        },
      },
      60,
    )
    const whole = simulate(scenario, { seed: 4 })
    const first = new Simulation(scenario, { seed: 4 })
    first.until(31)
    const second = Simulation.restore(first.snapshot(), scenario)
    second.run()
    expect(second.result()).toEqual(whole)
  })
})

describe('sessions', () => {
  const scenario = arrivals(
    { arrivals: { sessions: { rate: 2, requests: 3, think: { exponential: { mean: 5 } } } } },
    4000,
  )

  test('send their requests one after the other', () => {
    const { requests } = simulate(scenario, { seed: 1 })
    expect(requests.created / (2 * 3 * 4000)).toBeCloseTo(1, 1)
    const slow = parseScenario({
      horizon: 50,
      workloads: { users: { to: 's', arrivals: { sessions: { rate: 1, requests: 4, think: 0 } } } },
      services: { s: { cores: 1000, endpoints: { e: [{ cpu: 2 }] } } },
    })
    const starts: number[] = []
    simulate(slow, { seed: 2, onRequest: ({ start }) => starts.push(start) })
    // A think time of zero: the next request starts when the answer to the one before comes, 2 s later.
    const first = Math.min(...starts)
    expect([2, 4, 6].every((later) => starts.some((start) => Math.abs(start - first - later) < 1e-9))).toBe(
      true,
    )
  })

  test('have a declared rate of requests, not of users', () => {
    const { world } = new Simulation(scenario)
    expect(world.workloads.rateAt(0, 10)).toBe(6)
  })

  test('go on exactly after a snapshot, and leave nothing behind', () => {
    const short = { ...scenario, horizon: 60 }
    const whole: Result = simulate(short, { seed: 4, drain: true })
    const first = new Simulation(short, { seed: 4, drain: true })
    first.until(31)
    const second = Simulation.restore(first.snapshot(), short)
    second.run()
    expect(second.result()).toEqual(whole)
    expect(whole.requests.inFlight).toBe(0)
  })
})

describe('traces of Azure Functions', () => {
  const load = (format: string, text: string, more = ''): Scenario =>
    loadScenario(
      `horizon: 300\nworkloads: { f: { to: s, arrivals: { trace: { file: azure.csv, format: ${format}${more} } } } }\nservices: { s: { cores: 1000, endpoints: { e: [{ cpu: 1ms }] } } }`,
      { file: 'azure.yml', resolve: () => text },
    )
  const minutes = Array.from({ length: 1440 }, (_, i) => i + 1).join(',')
  const day = (first: readonly number[]): string =>
    [...first, ...new Array(1440 - first.length).fill(0)].join(',')
  const file = `HashOwner,HashApp,HashFunction,Trigger,${minutes}\no,a,f1,http,${day([600, 0, 1200])}\no,a,f2,timer,${day([60, 60])}\n`

  test('of 2019: counts per minute, Poisson within', () => {
    const counts = bins(load('azure2019', file), 60)
    expect(counts[0]).toBeGreaterThan(660 - 4 * 26)
    expect(counts[0]).toBeLessThan(660 + 4 * 26)
    expect(counts[1]).toBeGreaterThan(30)
    expect(counts[2]).toBeGreaterThan(1200 - 4 * 35)
    expect(counts.slice(3)).toEqual([0, 0])
    expect(bins(load('azure2019', file, ', function: f2'), 60)[2]).toBe(0)
  })

  test('of 2021: ends less durations', () => {
    const scenario = load('azure2021', 'app,func,end_timestamp,duration\na,f,12.5,2.5\na,g,11,4\na,f,20,0\n')
    expect(scenario.workloads[0]!.arrivals).toEqual({
      kind: 'trace',
      times: [0, 3, 13],
      durations: [4, 2.5, 0],
    })
  })

  test('of 2019, exactly: as many in each minute as the file says, uniform within', () => {
    const scenario = load('azure2019', file, ', exact: true')
    expect(bins(scenario, 60)).toEqual([660, 60, 1200, 0, 0])
    const starts: number[] = []
    simulate(scenario, { seed: 3, onRequest: ({ start }) => starts.push(start) })
    expect(starts.every((time, i) => i === 0 || time >= starts[i - 1]!)).toBe(true)
    // Of 1200 in the third minute, in 12 bins: above 37.4 with probability 1e-4.
    let chi2 = 0
    for (let bin = 0; bin < 12; bin++) {
      const count = starts.filter((time) => Math.floor((time - 120) / 5) === bin).length
      chi2 += (count - 100) ** 2 / 100
    }
    expect(chi2).toBeLessThan(37.4)
    expect(chi2).toBeGreaterThan(1)
    // The seed moves them, within their minutes.
    const others: number[] = []
    simulate(scenario, { seed: 9, onRequest: ({ start }) => others.push(start) })
    expect(others[0]).not.toBe(starts[0])
    expect(others.length).toBe(starts.length)
    const first = new Simulation(scenario, { seed: 3 })
    first.until(131)
    const second = Simulation.restore(first.snapshot(), scenario)
    second.run()
    expect(second.result()).toEqual(simulate(scenario, { seed: 3 }))
  })

  test('of 2021: durations are the demands of the steps that say so, and of nobody else', () => {
    const text = 'app,func,end_timestamp,duration\na,f,12.5,2.5\na,g,11,4\na,f,20,0.25\n'
    const scenario = loadScenario(
      `horizon: 100
workloads:
  f: { to: s, arrivals: { trace: { file: azure.csv, format: azure2021 } } }
  other: { to: s, arrivals: { deterministic: { rate: 1 } } }
services: { s: { cores: 1000, endpoints: { e: [{ recorded: f }] } } }`,
      { file: 'azure.yml', resolve: () => text },
    )
    const seen: [number, number][] = []
    const others: number[] = []
    simulate(scenario, {
      onRequest: ({ workload, number, start, end }) => {
        if (workload === 'f') seen.push([number, Number((end - start).toFixed(9))])
        else others.push(Number((end - start).toFixed(9)))
      },
    })
    expect(seen.sort(([a], [b]) => a - b)).toEqual([
      [0, 4],
      [1, 2.5],
      [2, 0.25],
    ])
    expect([...new Set(others)].sort()).toEqual([0.25, 2.5, 4])
  })

  test.each([
    ['recorded: g', 'unknown workload "g" (azure.yml:'],
    ['recorded: other', 'the arrivals of "other" record no durations (azure.yml:'],
  ])('%s is refused', (step, message) => {
    expect(() =>
      loadScenario(
        `horizon: 100
workloads: { other: { to: s, arrivals: { deterministic: { rate: 1 } } } }
services: { s: { endpoints: { e: [{ ${step} }] } } }`,
        { file: 'azure.yml' },
      ),
    ).toThrow(message)
  })

  test.each([
    ['azure2019', 'x,y\no,a,f,t,1\n', '', /expected 1444 columns.*\(azure\.csv:2:1/],
    ['azure2019', file, ', function: nobody', /no invocations of function "nobody"/],
    ['azure2021', file, ', exact: true', /exact is of counts per minute.*\(azure\.yml:2:/],
    [
      'azure2021',
      'app,func,end_timestamp,duration\na,f,12,-1\n',
      '',
      /expected a duration of at least 0, got "-1" \(azure\.csv:2:1/,
    ],
  ])('are refused with file and line where they are wrong: %s', (format, text, more, message) => {
    expect(() => load(format, text, more)).toThrow(message)
  })
})

describe('rates that make no sense are refused', () => {
  test.each<[object, RegExp]>([
    [{ arrivals: { mmpp: { rates: [1], holding: [1] } } }, /at least two rates/],
    [{ arrivals: { mmpp: { rates: [1, 2] } } }, /holding or switching, got neither/],
    [{ arrivals: { mmpp: { rates: [1, 2], holding: [1, 2, 3] } } }, /expected 2 times/],
    [
      {
        arrivals: {
          mmpp: {
            rates: [1, 2],
            switching: [
              [0, 1],
              [0, 0],
            ],
          },
        },
      },
      /state 1 cannot reach/,
    ],
    [{ arrivals: { mmpp: { rates: [0, 0], holding: [1, 2] } } }, /every rate is 0/],
    [
      {
        arrivals: { poisson: { rate: 1 } },
        profile: {
          steps: {
            at: [
              [5, 1],
              [4, 2],
            ],
          },
        },
      },
      /expected a time after 5/,
    ],
    [
      { arrivals: { poisson: { rate: 1 } }, profile: { steps: { at: [[5]] } } },
      /a pair of a time and a factor/,
    ],
    [
      { arrivals: { poisson: { rate: 1 } }, profile: { ramp: { to: 2, start: 9, end: 8 } } },
      /expected a time after the start/,
    ],
  ])('%o', (workload, message) => {
    expect(() => arrivals(workload)).toThrow(message)
  })
})
