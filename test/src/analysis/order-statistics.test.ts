import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderStatistics } from '../../../src/analysis/order-statistics.ts'
import { quantileSorted } from '../../../src/analysis/quantile.ts'

test('gives what sorting gives, in whatever order it is asked', () => {
  const values = fc.array(
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 3 })),
    {
      minLength: 1,
      maxLength: 300,
    },
  )
  const questions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
  fc.assert(
    fc.property(values, questions, (list, quantiles) => {
      const sorted = Float64Array.from(list, (value) => value + 0).sort()
      const selected = new OrderStatistics(Float64Array.from(list, (value) => value + 0))
      for (const q of quantiles) {
        expect(selected.quantile(q)).toBe(quantileSorted(sorted, q))
        const k = Math.floor(q * (list.length - 1))
        expect(selected.at(k)).toBe(sorted[k]!)
      }
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('knows no quantile of nothing', () => {
  expect(new OrderStatistics(new Float64Array(0)).quantile(0.5)).toBeNaN()
})
