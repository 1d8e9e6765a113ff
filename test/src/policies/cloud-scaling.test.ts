import { describe, expect, test } from 'vitest'
import { HoltWinters } from '../../../src/policies/scaling/holt-winters.ts'
import { createScalingPolicy } from '../../../src/policies/scaling/index.ts'
import type { ScalingPolicy, ScalingView } from '../../../src/policies/types.ts'
import { fakeScalingView } from './fake-view.ts'

const make = (name: string, params: Record<string, unknown> = {}): ScalingPolicy =>
  createScalingPolicy({ name, params }, 100)
const decide = (policy: ScalingPolicy, values: Partial<ScalingView>): number => {
  const view = fakeScalingView(values)
  return policy.decide(view, view.draws)
}

describe('hpa on other metrics', () => {
  test('holds requests per second or concurrency per ready replica at the target', () => {
    const rps = make('hpa', { metric: 'rps', target: 10, downStabilization: 0 })
    expect(decide(rps, { ready: 4, arrivalRate: 60 })).toBe(6)
    expect(decide(rps, { ready: 4, arrivalRate: 42 })).toBe(4)
    expect(decide(rps, { ready: 4, arrivalRate: 15 })).toBe(2)
    const concurrency = make('hpa', { metric: 'concurrency', target: 2 })
    expect(decide(concurrency, { ready: 4, meanInFlight: 13 })).toBe(7)
    expect(decide(concurrency, { ready: 4, starting: 4, meanInFlight: 13 })).toBe(8)
  })

  test('with a CPU initialisation period counts replicas with an incomplete sample as idle', () => {
    const values = { ready: 4, utilization: 0.9, readyWithin: (age: number) => (age === 300 ? 1 : 0) }
    expect(decide(make('hpa', { target: 0.5 }), values)).toBe(8)
    // 3 at 1.8 of the target: 5.4; with the fourth idle 5.4 / 4 and 6 replicas.
    expect(decide(make('hpa', { target: 0.5, cpuInitialization: '5min' }), values)).toBe(6)
    const low = { ...values, utilization: 0.25 }
    const policy = make('hpa', { target: 0.5, cpuInitialization: '5min', downStabilization: 0 })
    expect(decide(policy, low)).toBe(2)
    expect(decide(policy, { ...low, readyWithin: () => 4 })).toBe(4)
  })
})

describe('kpa', () => {
  /** Ticks of 2 s: the windows hold what the list says, the newest last. */
  const after = (loads: readonly number[], ready = 10): number => {
    const policy = make('kpa')
    return loads
      .map((meanInFlight, i) => decide(policy, { time: 2 * (i + 1), ready, interval: 2, meanInFlight }))
      .at(-1)!
  }
  const steady = (load: number): number[] => new Array(30).fill(load)

  test.each([
    [
      'a panic average of 1400 over a stable one of 700',
      [...new Array(27).fill(622.2222), ...new Array(3).fill(1400)],
      20,
    ],
    ['300 throughout', steady(300), 5],
    ['100 throughout, held by the rate of scaling down', steady(100), 5],
    ['700 throughout', steady(700), 10],
  ])('with target 70 and 10 ready: %s', (_, loads, expected) => {
    expect(after(loads)).toBe(expected)
  })

  test('never decreases in a panic and leaves it once 60 s have passed without cause', () => {
    const policy = make('kpa')
    const wanted: number[] = []
    for (let tick = 1; tick <= 40; tick++) {
      const meanInFlight = tick <= 3 ? 1400 : 70
      wanted.push(decide(policy, { time: 2 * tick, ready: 10, interval: 2, meanInFlight }))
    }
    expect(wanted.slice(0, 3)).toEqual([20, 20, 20])
    // The panic average of tick 4 asks for 14, no cause any more: the last one was at 6 s, more than 60 s before 68 s.
    expect(wanted.slice(3, 33)).toEqual(new Array(30).fill(20))
    expect(wanted.slice(33)).toEqual(new Array(7).fill(5))
  })

  test('takes the greatest number of the scale-down delay', () => {
    const policy = make('kpa', { scaleDownDelay: 10, stableWindow: 2, panicThreshold: 100 })
    const wanted = [700, 350, 350, 350, 350, 350, 350].map((meanInFlight, i) =>
      decide(policy, { time: 2 * (i + 1), ready: 10, interval: 2, meanInFlight }),
    )
    expect(wanted).toEqual([10, 10, 10, 10, 10, 5, 5])
  })

  test('sees each late measurement once, and keeps the target before the first', () => {
    const policy = make('kpa', { stableWindow: 4, panicThreshold: 100 })
    expect(decide(policy, { time: 2, metricAge: 2, ready: 3, meanInFlight: 0 })).toBe(3)
    expect(decide(policy, { time: 4, metricAge: 2, ready: 3, meanInFlight: 210 })).toBe(3)
    expect(decide(policy, { time: 6, metricAge: 4, ready: 3, meanInFlight: 210 })).toBe(3)
    expect(decide(policy, { time: 8, metricAge: 4, ready: 3, meanInFlight: 630 })).toBe(6)
  })

  test('has 200 requests a second as its default of rps', () => {
    expect(decide(make('kpa', { metric: 'rps' }), { time: 2, ready: 3, arrivalRate: 700 })).toBe(4)
  })
})

describe('keda', () => {
  test('asks for the total over the threshold, outside of the tolerance', () => {
    const wanted = (ready: number, meanInFlight: number): number =>
      decide(make('keda', { threshold: 10, downStabilization: 0 }), { ready, meanInFlight })
    expect([wanted(3, 45), wanted(3, 32), wanted(3, 34), wanted(6, 21)]).toEqual([5, 3, 4, 3])
  })

  test('asks for none after the cooldown without activity, and for one as soon as there is some', () => {
    const policy = make('keda', { threshold: 10, activation: 2, downStabilization: 0 })
    const at = (time: number, meanInFlight: number, target: number): number =>
      decide(policy, { time, meanInFlight, ready: target, min: 0 })
    expect([at(30, 5, 1), at(60, 2, 1), at(300, 2, 1), at(330, 2, 1)]).toEqual([1, 1, 1, 0])
    expect([at(360, 2, 0), at(390, 500, 0), at(420, 45, 1)]).toEqual([0, 1, 5])
  })
})

describe('target-tracking', () => {
  /** One decision a minute, replicas are there at once. */
  function follow(policy: ScalingPolicy, values: readonly number[], ready: number, interval = 60): number[] {
    let current = ready
    return values.map((utilization, i) => {
      current = decide(policy, { time: interval * (i + 1), interval, ready: current, utilization })
      return current
    })
  }

  test('goes out after three datapoints above the target, in proportion', () => {
    const policy = make('target-tracking', { target: 0.5, outCooldown: 0 })
    expect(follow(policy, [0.8, 0.8, 0.5, 0.8, 0.8, 0.8], 4)).toEqual([4, 4, 4, 4, 4, 7])
  })

  test('goes in after fifteen datapoints below nine tenths of it', () => {
    const policy = make('target-tracking', { target: 0.5 })
    expect(follow(policy, [0.45, ...new Array(15).fill(0.4)], 10)).toEqual([...new Array(15).fill(10), 8])
  })

  test('averages the looks of a minute into a datapoint', () => {
    const policy = make('target-tracking', { target: 0.5, outAfter: 1 })
    expect(follow(policy, [0.2, 0.2, 0.2, 1, 0.7, 0.7, 0.7, 0.7], 4, 15)).toEqual([4, 4, 4, 4, 4, 4, 4, 6])
  })

  test('adds only the excess within the cooldown of a scale-out', () => {
    const policy = make('target-tracking', { target: 0.5, outAfter: 1, outCooldown: 150 })
    // 4 to 6; of 4 again: 7, then at 240 s 6 is no more than there is; after the cooldown that began then, of 7.
    expect(follow(policy, [0.75, 0.8, 0.7, 0.6, 0.6], 4)).toEqual([6, 7, 7, 7, 9])
  })

  test('waits for the cooldown of a scale-in, which a scale-out ends', () => {
    const policy = make('target-tracking', { target: 0.5, outAfter: 1, inAfter: 1, inCooldown: 600 })
    expect(follow(policy, [0.25, 0.25, 1, 0.25], 8)).toEqual([4, 4, 8, 4])
  })
})

describe('step-scaling', () => {
  const steps = {
    high: 0.6,
    low: 0.4,
    up: [
      { from: 0, change: 1 },
      { from: 0.2, change: 3 },
    ],
    down: [
      { from: 0, change: -1 },
      { from: 0.2, change: -2 },
    ],
    upAfter: 1,
    downAfter: 1,
    warmup: 0,
  }
  const at = (policy: ScalingPolicy, time: number, utilization: number, target = 5): number =>
    decide(policy, { time, utilization, ready: target, interval: 60 })

  test('changes by the step that the breach reaches', () => {
    const policy = make('step-scaling', steps)
    const wanted = [0.6, 0.65, 0.8, 0.95, 0.4, 0.39, 0.2].map((value, i) => at(policy, 60 * (i + 1), value))
    expect(wanted).toEqual([5, 6, 8, 8, 5, 4, 3])
  })

  test('takes percentages, at least one replica, and exact numbers', () => {
    const percent = make('step-scaling', {
      ...steps,
      adjustment: 'percent',
      up: [
        { from: 0, change: 10 },
        { from: 0.2, change: 50 },
      ],
      down: [{ from: 0, change: -50 }],
    })
    expect([at(percent, 60, 0.7), at(percent, 120, 0.9), at(percent, 180, 0.1)]).toEqual([6, 7, 3])
    const exact = make('step-scaling', {
      ...steps,
      adjustment: 'exact',
      up: [{ from: 0, change: 9 }],
      down: [{ from: 0, change: 2 }],
    })
    expect([at(exact, 60, 0.7), at(exact, 120, 0.1)]).toEqual([9, 2])
  })

  test('adds the excess and takes nothing away while replicas warm up', () => {
    const policy = make('step-scaling', { ...steps, warmup: 300 })
    expect(at(policy, 60, 0.7, 5)).toBe(6)
    expect(at(policy, 120, 0.7, 6)).toBe(6)
    expect(at(policy, 180, 0.9, 6)).toBe(8)
    expect(at(policy, 240, 0.1, 8)).toBe(8)
    // The warm-up that began at 180 s.
    expect(at(policy, 480, 0.1, 8)).toBe(6)
  })
})

describe('schedule', () => {
  const entries = [
    { at: '6h', replicas: 10 },
    { at: 72_000, replicas: 3 },
  ]
  const hours = (policy: ScalingPolicy, list: readonly number[]): number[] =>
    list.map((hour) => decide(policy, { time: hour * 3600, ready: 5 }))

  test('follows the clock, every day again', () => {
    const policy = make('schedule', { entries, period: '24h' })
    expect(hours(policy, [0, 5.99, 6, 19, 20, 24, 30, 45])).toEqual([3, 3, 10, 10, 3, 3, 10, 3])
  })

  test('without a period keeps the target before the first entry, and anticipates by the lead', () => {
    expect(hours(make('schedule', { entries }), [5, 6, 20, 50])).toEqual([5, 10, 3, 3])
    expect(hours(make('schedule', { entries, lead: '1h' }), [4.9, 5, 19])).toEqual([5, 10, 3])
  })
})

describe('holt-winters', () => {
  const parts = { alpha: 0.5, beta: 0.5, gamma: 0.5, quantile: 1, residuals: 10, staffing: 0 }
  const observe = (policy: ScalingPolicy, i: number, load: number, startup = 15): number =>
    decide(policy, { time: 15 * (i + 1), offered: [load, 0, 0, 0], startup })

  test('follows its recursion, computed by hand', () => {
    const policy = new HoltWinters({ ...parts, period: 30 })
    observe(policy, 0, 10)
    // l = 10, b = 0, s = [0, 0]. Then 16: l = .5 16 + .5 10 = 13, b = 1.5, s1 = .5 (16 - 13) = 1.5.
    observe(policy, 1, 16)
    expect(policy.save()).toMatchObject({ level: 13, trend: 1.5, season: [0, 1.5] })
    expect([policy.forecast(1), policy.forecast(2)]).toEqual([14.5, 17.5])
    // 12: l = .5 12 + .5 14.5 = 13.25, b = .5 .25 + .5 1.5 = .875, s0 = .5 (12 - 13.25) = -.625.
    observe(policy, 2, 12)
    expect(policy.save()).toMatchObject({ level: 13.25, trend: 0.875, season: [-0.625, 1.5] })
    // 18: l = .5 (18 - 1.5) + .5 14.125 = 15.3125, b = .5 2.0625 + .4375 = 1.46875, s1 = .5 2.6875 + .75 = 2.09375.
    observe(policy, 3, 18)
    expect(policy.save()).toMatchObject({ level: 15.3125, trend: 1.46875, season: [-0.625, 2.09375] })
    expect(policy.forecast(3)).toBe(15.3125 + 3 * 1.46875 - 0.625)
  })

  test('adds the quantile of its errors at the horizon of a start', () => {
    const policy = make('holt-winters', { ...parts, period: 0, beta: 0 })
    expect(observe(policy, 0, 10, 30)).toBe(10)
    expect(observe(policy, 1, 14, 30)).toBe(12)
    // The forecast of 10 was for the third measurement: 20, an error of 10; level 16.
    expect(observe(policy, 2, 20, 30)).toBe(26)
    // Errors 10 and 16 - 12 = 4.
    expect(observe(policy, 3, 16, 30)).toBe(26)
    const median = make('holt-winters', { ...parts, period: 0, beta: 0, quantile: 0.5, staffing: 1 })
    ;[10, 14, 20].forEach((load, i) => observe(median, i, load, 30))
    // Level 16 and 7: 23 + sqrt 23.
    expect(observe(median, 3, 16, 30)).toBe(28)
  })

  test('keeps the target until there is a measurement', () => {
    expect(decide(make('holt-winters'), { time: 15, metricAge: 15, ready: 7 })).toBe(7)
  })
})

test('rate-oracle staffs the greatest declared load until a replica asked for next would be ready', () => {
  const declaredLoad = (time: number): number => (time >= 165 && time < 180 ? 25 : 4)
  const wanted = [75, 90, 150, 165, 180].map((time) =>
    decide(make('rate-oracle'), { time, declaredLoad, startup: 60, interval: 15 }),
  )
  expect(wanted).toEqual([6, 30, 30, 30, 6])
})

describe('parameters', () => {
  test.each([
    ['kpa', { metric: 'cpu' }, 'kpa.metric'],
    ['kpa', { panicWindow: 2 }, 'kpa.panicWindow'],
    ['keda', { threshold: 0 }, 'keda.threshold'],
    ['target-tracking', { target: 1.5 }, 'target-tracking.target'],
    ['step-scaling', { low: 0.8 }, 'step-scaling.low'],
    ['step-scaling', { up: [] }, 'step-scaling.up'],
    ['step-scaling', { up: [{ from: 0.1, change: 1 }] }, 'step-scaling.up[0].from'],
    ['step-scaling', { up: [{ from: 0, change: -1 }] }, 'step-scaling.up[0]'],
    [
      'step-scaling',
      {
        down: [
          { from: 0, change: -1 },
          { from: 0, change: -2 },
        ],
      },
      'step-scaling.down[1].from',
    ],
    ['schedule', { entries: [{ at: 'noon', replicas: 3 }] }, 'schedule.entries[0]'],
    [
      'schedule',
      {
        entries: [
          { at: 5, replicas: 3 },
          { at: 5, replicas: 4 },
        ],
      },
      'schedule.entries[1].at',
    ],
    ['schedule', { entries: [{ at: 70, replicas: 3 }], period: '1min' }, 'schedule.entries[0].at'],
    ['holt-winters', { alpha: 0 }, 'holt-winters.alpha'],
    ['rate-oracle', { beta: -1 }, 'rate-oracle.beta'],
  ])('%s refuses %j at %s', (name, params, path) => {
    expect(() => make(name, params)).toThrow(`policy.${path}`)
  })
})
