import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decay } from '../../envs/common/decay.ts'

test('is e^-x to 3e-9 of itself, and 0 where a float32 is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 104, maxExcluded: true, noNaN: true }), (x) => {
      expect(Math.abs(decay(x) / Math.exp(-x) - 1)).toBeLessThan(3e-9)
    }),
    { numRuns: 2000, seed: 1 },
  )
  expect(decay(0)).toBe(1)
  expect(decay(104)).toBe(Math.fround(Math.exp(-104)))
  expect(decay(Number.POSITIVE_INFINITY)).toBe(0)
})
