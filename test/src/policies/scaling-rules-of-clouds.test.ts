import { describe, expect, test } from 'vitest'
import { createScalingPolicy } from '../../../src/policies/scaling/index.ts'
import type { ScalingPolicy, ScalingView } from '../../../src/policies/types.ts'
import { fakeScalingView } from './fake-view.ts'

const make = (name: string, params: Record<string, unknown> = {}): ScalingPolicy =>
  createScalingPolicy({ name, params }, 1000)
const decide = (policy: ScalingPolicy, values: Partial<ScalingView>): number => {
  const view = fakeScalingView({ max: 1000, ...values })
  return policy.decide(view, view.draws)
}

describe('kpa', () => {
  /** A decision every two seconds, as Knative makes it; `load(t)` is the concurrency of the interval that ends at t. */
  function follow(
    ready: (wanted: number) => number,
    load: (time: number) => number,
    until: number,
  ): number[] {
    const policy = make('kpa')
    let now = 10
    return Array.from({ length: until / 2 }, (_, i) => {
      const time = 2 * (i + 1)
      const wanted = decide(policy, { time, interval: 2, ready: now, target: now, meanInFlight: load(time) })
      now = ready(wanted)
      return wanted
    })
  }
  const tenReady = (): number => 10

  test('panics at twice what is ready, to what the panic window asks for', () => {
    // Stable 700, then 1400 in the panic window: 20 of 10 ready.
    const wanted = follow(tenReady, (time) => (time <= 60 ? 700 : 1400), 66)
    expect(wanted[29]).toBe(10)
    expect(wanted.at(-1)).toBe(20)
  })

  test('halves at most per decision', () => {
    expect(follow(tenReady, () => 300, 60).at(-1)).toBe(5)
    expect(follow(tenReady, () => 100, 60).at(-1)).toBe(5)
  })

  test('never goes down in panic mode, and leaves it a stable window after the peak', () => {
    const wanted = follow(
      (n) => n,
      (time) => (time > 60 && time <= 70 ? 3000 : 300),
      200,
    )
    const peak = Math.max(...wanted)
    const start = wanted.indexOf(peak)
    const end = wanted.lastIndexOf(peak)
    expect(peak).toBe(43)
    expect(new Set(wanted.slice(start, end + 1))).toEqual(new Set([peak]))
    // The last decision above the threshold is some seconds before the peak: from there it takes the window.
    const first = wanted.findIndex((n) => n >= 10)
    expect((end - first) * 2).toBeGreaterThanOrEqual(58)
    expect((end - start) * 2).toBeLessThanOrEqual(60)
    expect(wanted.at(-1)).toBe(5)
  })

  test('waits scaleDownDelay before it goes down', () => {
    const policy = make('kpa', { scaleDownDelay: 30 })
    const at = (time: number, load: number): number =>
      decide(policy, { time, interval: 20, ready: 4, target: 4, meanInFlight: load })
    expect(at(60, 280)).toBe(4)
    expect(at(80, 140)).toBe(4)
    expect(at(141, 140)).toBe(2)
  })
})

describe('hpa and keda on a value per replica', () => {
  test('take the total over the target, outside of the tolerance', () => {
    const one = { time: 15, ready: 5, target: 5 }
    expect(decide(make('hpa', { metric: 'rate', target: 10 }), { ...one, arrivalRate: 54 })).toBe(5)
    expect(decide(make('hpa', { metric: 'rate', target: 10 }), { ...one, arrivalRate: 56 })).toBe(6)
    expect(decide(make('keda', { threshold: 4 }), { ...one, meanInFlight: 33 })).toBe(9)
  })
})

describe('target tracking', () => {
  const step = (
    policy: ScalingPolicy,
    minute: number,
    utilization: number,
    ready: number,
    target = ready,
  ): number =>
    decide(policy, { time: 60 * minute, interval: 60, utilization, ready, starting: target - ready, target })

  test('grows in proportion at the third datapoint in a row above the target', () => {
    const policy = make('target-tracking', { target: 0.5 })
    expect([1, 2].map((m) => step(policy, m, 0.8, 10))).toEqual([10, 10])
    expect(step(policy, 3, 0.8, 10)).toBe(16)
    // During the cooldown a larger need is met by its excess, the same need by nothing more.
    expect(step(policy, 4, 0.8, 10, 16)).toBe(16)
    expect(step(policy, 5, 1, 10, 16)).toBe(20)
  })

  test('shrinks at the fifteenth in a row below nine tenths, after the cooldown', () => {
    const policy = make('target-tracking', { target: 0.5 })
    const wanted = Array.from({ length: 16 }, (_, m) => step(policy, m + 1, 0.3, 10))
    expect(wanted.slice(0, 14).every((n) => n === 10)).toBe(true)
    expect(wanted[14]).toBe(6)
    expect(step(make('target-tracking', { target: 0.5 }), 1, 0.46, 10)).toBe(10)
  })
})

describe('step scaling', () => {
  const policy = (): ScalingPolicy =>
    make('step-scaling', {
      high: 0.7,
      up: [
        [0, 1],
        [0.1, 3],
      ],
      low: 0.3,
    })

  test('changes more the further the metric is beyond its alarm', () => {
    const at = (utilization: number, starting = 0): number =>
      decide(policy(), { utilization, ready: 10, starting, target: 10 + starting })
    expect([0.5, 0.75, 0.85, 0.2].map((u) => at(u))).toEqual([10, 11, 13, 9])
    // Two are starting: the step of three needs one more.
    expect(at(0.85, 2)).toBe(13)
    expect(at(0.75, 2)).toBe(12)
  })
})

describe('schedule', () => {
  test('follows the clock, early by its lead, over the end of the period', () => {
    const policy = make('schedule', {
      entries: [
        [3600, 4],
        [7200, 9],
      ],
      period: '3h',
      lead: '10min',
    })
    expect([0, 3000, 6599, 6600, 10_800, 13_800].map((time) => decide(policy, { time }))).toEqual([
      9, 4, 4, 9, 9, 4,
    ])
  })

  test('refuses entries that are out of order or beyond the period', () => {
    expect(() =>
      make('schedule', {
        entries: [
          [10, 1],
          [5, 2],
        ],
      }),
    ).toThrow(/expected more than 10, got 5/)
    expect(() =>
      make('schedule', {
        entries: [
          [0, 1],
          [90, 2],
        ],
        period: 60,
      }),
    ).toThrow(/below the period of 60 s/)
  })
})

describe('holt-winters', () => {
  const feed = (policy: ScalingPolicy, loads: readonly number[], startup: number): number =>
    loads
      .map((load, i) =>
        decide(policy, { time: 10 * (i + 1), interval: 10, startup, offered: [load, load, load, load] }),
      )
      .at(-1)!

  test('goes by the recursion: level, trend, and the forecast for when a replica is ready', () => {
    // l: 4, then 0.5 x 6 + 0.5 x 4 = 5 with trend 0.5 x 1 = 0.5; then 0.5 x 8 + 0.5 x 5.5 = 6.75, trend 0.5 x 1.75 + 0.25 = 1.125.
    const params = { alpha: 0.5, beta: 0.5, staffing: 0 }
    // One step ahead 7.875, three ahead 10.125.
    expect(feed(make('holt-winters', params), [4, 6, 8], 0)).toBe(8)
    expect(feed(make('holt-winters', params), [4, 6, 8], 20)).toBe(11)
  })

  test('learns a season', () => {
    const season = [2, 2, 10, 10]
    const loads = Array.from({ length: 83 }, (_, i) => season[i % 4]!)
    // The last observation is of the third of the season (10): two steps ahead it is the first (2).
    const policy = make('holt-winters', { season: 40, staffing: 0, beta: 0, quantile: 0 })
    const wanted = feed(policy, loads, 10)
    expect(wanted).toBeLessThanOrEqual(3)
    const without = feed(make('holt-winters', { staffing: 0, beta: 0, quantile: 0 }), loads, 10)
    expect(without).toBeGreaterThan(5)
  })
})
