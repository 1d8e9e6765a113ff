import { describe, expect, it } from 'vitest'
import {
  batchMeans,
  bootstrapInterval,
  clopperPearsonInterval,
  mean,
  meanInterval,
  momentsOf,
  mser5,
  pairedInterval,
  quantile,
  wilsonInterval,
} from '../../../src/analysis/index.ts'
import { Stream } from '../../../src/random/stream.ts'
import { readFixture } from './read-fixture.ts'

const scipy = readFixture('scipy.json')
const { a, b } = scipy.sample

describe('moments and quantiles', () => {
  it('are those of NumPy', () => {
    const moments = momentsOf(a)
    expect(moments.count).toBe(a.length)
    expect(moments.mean).toBeCloseTo(scipy.sample.mean, 12)
    expect(mean(a)).toBeCloseTo(scipy.sample.mean, 12)
    expect(moments.variance).toBeCloseTo(scipy.sample.variance, 12)
    expect(moments.populationVariance).toBeCloseTo(scipy.sample.populationVariance, 12)
    for (const [p, value] of scipy.sample.quantiles) expect(quantile(a, p)).toBeCloseTo(value, 12)
  })

  it('keep the variance of values far from 0', () => {
    expect(momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance).toBe(30)
  })

  it('are NaN where there is nothing to go by', () => {
    expect(momentsOf([]).mean).toBeNaN()
    expect(momentsOf([3]).variance).toBeNaN()
    expect(momentsOf([3]).populationVariance).toBe(0)
    expect(quantile([], 0.5)).toBeNaN()
  })

  it('interpolate towards an infinite value only past its neighbour', () => {
    expect(quantile([1, 2, Number.POSITIVE_INFINITY], 0.5)).toBe(2)
    expect(quantile([1, 2, Number.POSITIVE_INFINITY], 0.6)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('intervals of a mean', () => {
  it('are those of SciPy', () => {
    const interval = meanInterval(a)
    expect(interval.low).toBeCloseTo(scipy.sample.meanInterval95[0], 11)
    expect(interval.high).toBeCloseTo(scipy.sample.meanInterval95[1], 11)
    expect(interval).toMatchObject({ level: 0.95, n: a.length })
  })

  it('of pairs are those of the differences', () => {
    const interval = pairedInterval(a, b, 0.99)
    expect(interval.estimate).toBeCloseTo(scipy.sample.pairedMean, 12)
    expect(interval.low).toBeCloseTo(scipy.sample.pairedInterval99[0], 11)
    expect(interval.high).toBeCloseTo(scipy.sample.pairedInterval99[1], 11)
    expect(() => pairedInterval([1, 2], [1])).toThrow(/expected pairs, got 2 and 1/)
  })

  it('of one value are unbounded', () => {
    expect(meanInterval([5])).toMatchObject({ estimate: 5, low: -Infinity, high: Infinity })
  })

  it('by bootstrap agree with the percentile method of SciPy and repeat with their stream', () => {
    const options = () => ({ draws: Stream.derive(1, 'bootstrap'), resamples: 20_000 })
    const interval = bootstrapInterval(a, mean, options())
    expect(interval.estimate).toBe(mean(a))
    expect(interval.low).toBeCloseTo(scipy.bootstrapMean95[0], 1)
    expect(interval.high).toBeCloseTo(scipy.bootstrapMean95[1], 1)
    expect(bootstrapInterval(a, mean, options())).toEqual(interval)
  })
})

describe('intervals of a probability', () => {
  it('are those of SciPy', () => {
    for (const [name, interval] of [
      ['wilson', wilsonInterval],
      ['clopperPearson', clopperPearsonInterval],
    ] as const) {
      for (const [successes, trials, level, low, high] of scipy[name]) {
        const found = interval(successes, trials, level)
        expect(found.low, `${name} ${successes}/${trials}`).toBeCloseTo(low, 10)
        expect(found.high, `${name} ${successes}/${trials}`).toBeCloseTo(high, 10)
      }
    }
  })

  it('without trials are all of [0, 1]', () => {
    expect(wilsonInterval(0, 0)).toMatchObject({ low: 0, high: 1 })
  })
})

describe('one long series', () => {
  it('gives the interval of its batch means', () => {
    const found = batchMeans(scipy.series)
    expect(found.batchSize).toBe(20)
    expect(found.estimate).toBeCloseTo(scipy.batchMeans.estimate, 12)
    expect(found.low).toBeCloseTo(scipy.batchMeans.low, 11)
    expect(found.high).toBeCloseTo(scipy.batchMeans.high, 11)
    expect(found.correlation).toBeCloseTo(scipy.batchMeans.correlation, 12)
  })

  it('leaves out at its start what fills no batch', () => {
    expect(batchMeans([99, 1, 1, 3, 3], 2).means).toEqual([1, 3])
  })

  it('is cut by MSER-5 where its definition says', () => {
    const found = mser5(scipy.transient)
    expect(found.truncation).toBe(scipy.mser.truncation)
    expect(found.mean).toBeCloseTo(scipy.mser.mean, 12)
    expect(found.reliable).toBe(true)
  })

  it('that never settles is called unreliable', () => {
    expect(mser5(Array.from({ length: 200 }, (_, i) => i)).reliable).toBe(false)
    expect(mser5([1, 2, 3]).mean).toBeNaN()
  })
})
