import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MinIndex } from '../../../src/policies/min-index.ts'

/** Few distinct keys, so that ties are common. */
const key = fc.oneof(fc.nat(3), fc.constantFrom(-1.5, Number.POSITIVE_INFINITY))

function expectLike(index: MinIndex, keys: readonly number[]): void {
  const min = Math.min(...keys)
  const tied = keys.flatMap((k, i) => (k === min && k < Number.POSITIVE_INFINITY ? [i] : []))
  expect(index.min).toBe(min)
  expect(index.count()).toBe(tied.length)
  expect(index.first()).toBe(tied[0] ?? -1)
  expect(tied.map((_, k) => index.nth(k))).toEqual(tied)
  const visited: number[] = []
  index.forEachMin((slot) => visited.push(slot))
  expect(visited).toEqual(tied)
  for (let slot = -1; slot < keys.length; slot++) {
    expect(index.after(slot)).toBe(tied.find((other) => other > slot) ?? tied[0] ?? -1)
  }
}

describe('MinIndex', () => {
  test('agrees with a scan of the keys after any sequence of changes', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 20 })
          .chain((n) => fc.tuple(fc.constant(n), fc.array(fc.tuple(fc.nat(n - 1), key), { maxLength: 40 }))),
        ([n, changes]) => {
          const index = new MinIndex(n)
          const keys = new Array<number>(n).fill(Number.POSITIVE_INFINITY)
          expectLike(index, keys)
          for (const [i, value] of changes) {
            index.set(i, value)
            keys[i] = value
            expect(index.get(i)).toBe(value)
            expectLike(index, keys)
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    )
  })

  test('agrees with a scan of a thousand keys', () => {
    const index = new MinIndex(1000)
    const keys = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 5)
    keys.forEach((value, i) => {
      index.set(i, value)
    })
    expectLike(index, keys)
    for (let i = 0; i < 1000; i += 3) {
      keys[i] = Number.POSITIVE_INFINITY
      index.set(i, Number.POSITIVE_INFINITY)
    }
    expectLike(index, keys)
  })
})
