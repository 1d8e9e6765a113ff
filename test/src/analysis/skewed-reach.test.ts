import { expect, test } from 'vitest'
import { skewedReach, studentQuantile } from '../../../src/analysis/index.ts'
import { bandOf } from '../../../src/analysis/monte-carlo/bands.ts'
import { log, Stream } from '../../../src/random/index.ts'

test('without skewness, and of few observations, the reach is that of Student', () => {
  const t = (n: number): number => studentQuantile(0.975, n - 1)
  expect(skewedReach(40, 0, 0.95)).toEqual({ below: t(40), above: t(40) })
  expect(skewedReach(9, 3, 0.95)).toEqual({ below: t(9), above: t(9) })
})

test('its limits are those where the transformed statistic is at the quantile', () => {
  const [n, skewness, t] = [40, 2, studentQuantile(0.975, 39)]
  const g = (skewness * Math.sqrt(n * (n - 1))) / (n - 2)
  // Hall (1992), equation for g(T) with T = (mean - truth) / s.
  const transformed = (x: number): number => x + (g * x ** 2) / 3 + (g ** 2 * x ** 3) / 27 + g / (6 * n)
  const { below, above } = skewedReach(n, skewness, 0.95)
  expect(transformed(below / Math.sqrt(n)) * Math.sqrt(n)).toBeCloseTo(t, 9)
  expect(transformed(-above / Math.sqrt(n)) * Math.sqrt(n)).toBeCloseTo(-t, 9)
  expect(above).toBeGreaterThan(t)
  expect(below).toBeLessThan(t)
  // The mirror image of the observations has the mirror image of the interval.
  const mirrored = skewedReach(n, -skewness, 0.95)
  expect(mirrored.below).toBeCloseTo(above, 9)
  expect(mirrored.above).toBeCloseTo(below, 9)
})

test('covers the mean of skewed numbers more often than Student does, and misses it from both sides', () => {
  const draws = Stream.derive(1, 'skewed')
  // One replication less than a band of the whole curve takes, whose bootstrap is not needed here.
  const [experiments, n] = [2000, 39]
  let [hall, student, fromBelow] = [0, 0, 0]
  for (let e = 0; e < experiments; e++) {
    // Products of two exponential numbers: of mean 1 and skewness 8.
    const curves = Array.from({ length: n }, () => [log(1 - draws.next()) * log(1 - draws.next())])
    const { mean, low, high } = bandOf(curves, 0.95, draws)
    if (low[0]! <= 1 && 1 <= high[0]!) hall++
    else if (1 > high[0]!) fromBelow++
    const values = curves.map(([value]) => value!)
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean[0]!) ** 2, 0) / (n * (n - 1)))
    if (Math.abs(mean[0]! - 1) <= studentQuantile(0.975, n - 1) * error) student++
  }
  expect(hall).toBeGreaterThan(student + 0.02 * experiments)
  expect(hall / experiments).toBeGreaterThan(0.88)
  expect(experiments - hall - fromBelow).toBeGreaterThan(0)
})
