import { createHistogram } from 'node:perf_hooks'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { momentsOf, quantile } from '../../../src/analysis/index.ts'
import { Gauges } from '../../../src/metrics/gauges.ts'
import { LatencyRecorder, RAW_CAP } from '../../../src/metrics/latency-recorder.ts'
import { LogHistogram, RELATIVE_ERROR } from '../../../src/metrics/log-histogram.ts'
import { MAX_POINTS, Sampler } from '../../../src/metrics/sampler.ts'
import { compileDistribution, Stream } from '../../../src/random/index.ts'

function lognormal(count: number, seed: number): Float64Array {
  const stream = Stream.derive(seed, 'test')
  const sampler = compileDistribution({ kind: 'lognormal', mean: 0.05, cv: 3 })
  return Float64Array.from({ length: count }, () => sampler.sample(stream))
}

describe('gauges', () => {
  test('hold value, maximum and the exact integral of a step function', () => {
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 9 }), by: fc.integer({ min: -5, max: 5 }) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(steps, fc.nat(50), (list, restartAt) => {
        const gauges = new Gauges(2)
        let now = 0
        let value = 0
        let integral = 0
        let sinceRestart = 0
        let restarted = 0
        let max = 0
        list.forEach(({ wait, by }, i) => {
          integral += wait * value
          sinceRestart += wait * value
          now += wait
          if (i === restartAt) {
            gauges.restart(now)
            sinceRestart = 0
            restarted = now
            max = value
          }
          value += by
          max = Math.max(max, value)
          gauges.add(1, by, now)
        })
        expect(gauges.value[1]).toBe(value)
        expect(gauges.max[1]).toBe(max)
        expect(gauges.total(1, now)).toBe(integral)
        if (now > restarted) expect(gauges.mean(1, now)).toBeCloseTo(sinceRestart / (now - restarted), 12)
        else expect(gauges.mean(1, now)).toBe(value)
        expect(gauges.total(0, now)).toBe(0)
      }),
      { seed: 1 },
    )
  })
})

describe('the log histogram', () => {
  test('is within half a percent of every order statistic', () => {
    expect(RELATIVE_ERROR).toBeLessThanOrEqual(0.005)
    const values = lognormal(50_000, 1)
    const histogram = new LogHistogram()
    for (const value of values) histogram.record(value)
    const sorted = values.slice().sort()
    for (const q of [0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1]) {
      const exact = sorted[Math.floor(q * (sorted.length - 1))]!
      expect(Math.abs(histogram.quantile(q) / exact - 1)).toBeLessThanOrEqual(RELATIVE_ERROR)
    }
  })

  test('agrees with the histogram of Node', () => {
    const histogram = new LogHistogram()
    const oracle = createHistogram({ figures: 4 })
    for (const value of lognormal(20_000, 2)) {
      const nanoseconds = Math.max(1, Math.round(value * 1e9))
      histogram.record(nanoseconds / 1e9)
      oracle.record(nanoseconds)
    }
    for (const q of [0.5, 0.9, 0.99, 0.999]) {
      expect(Math.abs(histogram.quantile(q) / (oracle.percentile(100 * q) / 1e9) - 1)).toBeLessThanOrEqual(
        RELATIVE_ERROR + 1e-3,
      )
    }
  })

  test('gives any value back within its error, zero exactly, and what is out of range at the ends', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -34, max: 2 ** 24, noNaN: true, maxExcluded: true }), (value) => {
        const histogram = new LogHistogram()
        histogram.record(value)
        expect(Math.abs(histogram.quantile(0.5) / value - 1)).toBeLessThanOrEqual(RELATIVE_ERROR)
      }),
      { seed: 1 },
    )
    const histogram = new LogHistogram()
    for (const value of [0, 0, 0, 1e-20, 1e20]) histogram.record(value)
    expect(histogram.quantile(0.5)).toBe(0)
    expect(histogram.quantile(1)).toBeGreaterThan(1e7)
    expect(new LogHistogram().quantile(0.5)).toBeNaN()
  })

  test('merges to the histogram of everything', () => {
    const [whole, left, right] = [new LogHistogram(), new LogHistogram(), new LogHistogram()]
    lognormal(3000, 3).forEach((value, i) => {
      whole.record(value)
      ;(i % 3 === 0 ? left : right).record(value)
    })
    left.merge(right)
    expect(left.save()).toEqual(whole.save())
  })
})

describe('the recorder of latencies', () => {
  const vector = new Float64Array([9, 0.25, 0.5, 9])

  test('has mean, deviations, extremes and phase sums, also of values far from zero', () => {
    const recorder = new LatencyRecorder(2)
    const values = lognormal(5000, 4).map((value) => 1e6 + value)
    for (const value of values) recorder.record(value, vector, 1)
    const expected = momentsOf(values)
    const { moments } = recorder
    expect(moments.mean).toBeCloseTo(expected.mean, 6)
    expect(moments.deviations / recorder.count / expected.populationVariance).toBeCloseTo(1, 6)
    expect([moments.min, moments.max]).toEqual([Math.min(...values), Math.max(...values)])
    expect([...recorder.phaseSums]).toEqual([1250, 2500])
    expect(recorder.tailCounts.reduce((sum, count) => sum + count, 0)).toBe(5000)
    expect(recorder.tailSums.reduce((sum, time) => sum + time, 0)).toBe(3750)
  })

  test('keeps values up to its cap, in order, and counts the others', () => {
    const recorder = new LatencyRecorder(0)
    for (let i = 0; i < RAW_CAP; i++) recorder.record(i, vector, 0)
    expect(recorder.exact).toBe(true)
    expect(quantile(recorder.raw.subarray(0, recorder.count), 0.5)).toBe((RAW_CAP - 1) / 2)
    recorder.record(7, vector, 0)
    expect(recorder.exact).toBe(false)
    expect(recorder.moments.histogram.total).toBe(RAW_CAP + 1)
  })

  test('has the same moments whenever it is asked for them', () => {
    const [often, once] = [new LatencyRecorder(2), new LatencyRecorder(2)]
    lognormal(RAW_CAP + 500, 5).forEach((value, i) => {
      for (const recorder of [often, once]) recorder.record(value, vector, 1)
      if (i % 997 === 0) expect(often.moments.count).toBe(i + 1)
    })
    expect(once.save()).toEqual(often.save())
  })

  test('starts anew after clear', () => {
    const recorder = new LatencyRecorder(2)
    for (const value of [3, 1, 2]) recorder.record(value, vector, 1)
    recorder.clear()
    const fresh = new LatencyRecorder(2)
    for (const other of [recorder, fresh]) other.record(5, vector, 1)
    expect(recorder.save()).toEqual(fresh.save())
  })
})

describe('the sampler', () => {
  test('labels points k x period, the one at the horizon excluded, and merges above its limit', () => {
    expect(new Sampler(1, 10)).toMatchObject({ period: 1, points: 9 })
    expect(new Sampler(0.1, 1)).toMatchObject({ period: 0.1, points: 9 })
    expect(new Sampler(0.1, 0.95)).toMatchObject({ points: 9 })
    expect(new Sampler(1, MAX_POINTS)).toMatchObject({ period: 1, points: MAX_POINTS - 1 })
    expect(new Sampler(1, MAX_POINTS + 1)).toMatchObject({ period: 2, points: MAX_POINTS / 2 })
    expect(new Sampler(1, 3 * MAX_POINTS)).toMatchObject({ period: 3, points: MAX_POINTS - 1 })
  })

  test('reads values, exact means over the period, and increments', () => {
    const gauges = new Gauges(1)
    let count = 0
    const sampler = new Sampler(2, 7)
    sampler.gauge('g', gauges, 0)
    sampler.counter('c', () => count)
    sampler.start()
    gauges.add(0, 4, 1)
    count = 3
    sampler.sample(2)
    gauges.add(0, -1, 3.5)
    count = 10
    sampler.sample(4)
    sampler.sample(6)
    expect(sampler.series()).toEqual({
      time: [2, 4, 6],
      values: { g: [4, 3, 3], c: [3, 7, 0] },
      means: { g: [2, 3.75, 3] },
    })
  })
})
