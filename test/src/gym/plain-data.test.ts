import { describe, expect, it } from 'vitest'
import { copyData, firstDifference } from '../../../src/gym/plain-data.ts'

describe('firstDifference', () => {
  it.each([
    [1, 1 + 2 ** -52, 'x is 1 against 1.0000000000000002'],
    [0, -0, 'x is 0 against -0'],
    [Float32Array.of(1, 2), Float32Array.of(1, 3), 'x[1] is 2 against 3'],
    [Float32Array.of(1), Float64Array.of(1), 'x is Float32Array(1) against Float64Array(1)'],
    [[1], [1, 2], 'x has 1 elements against 2'],
    [{ a: { b: [1] } }, { a: { b: [2] } }, 'x.a.b[0] is 1 against 2'],
    [{ a: 1 }, {}, 'x.a is only in the first'],
    [{}, { a: undefined }, 'x.a is only in the second'],
    [new Map([['k', 1]]), new Map([['k', 2]]), 'x[0][1] is 1 against 2'],
    [new Set([1]), new Set([2]), 'x[0] is 1 against 2'],
    [new Date(1), new Date(2), 'x is 1 against 2'],
    [null, {}, 'x is null against Object'],
    ['a', 'b', 'x is "a" against "b"'],
  ])('tells %o from %o', (a, b, message) => {
    expect(firstDifference(a, b, 'x')).toBe(message)
  })

  it('finds none between equal data, with NaN and properties that are not enumerable', () => {
    const make = (view: number) =>
      Object.defineProperty({ a: [Number.NaN, new Map([[1, { b: null }]])] }, 'view', { value: view })
    expect(firstDifference(make(1), make(2), 'x')).toBeUndefined()
  })
})

describe('copyData', () => {
  it('makes plain objects of instances, and leaves those without data of their own', () => {
    class Info {
      mask = Int8Array.of(1)
    }
    const info = new Info()
    const copy = copyData(info) as Info
    expect(copy).not.toBe(info)
    copy.mask[0] = 0
    expect(info.mask[0]).toBe(1)
    const date = new Date(0)
    expect(copyData(date)).toBe(date)
  })

  it('copies deeply, without properties that are not enumerable', () => {
    const original = { a: Float32Array.of(1), b: [{ c: 1 }], m: new Map([[1, [2]]]), s: new Set([3]) }
    const copy = copyData(Object.defineProperty(original, 'view', { value: 1 })) as typeof original
    expect(copy).toEqual({ ...original })
    expect(Object.hasOwn(copy, 'view')).toBe(false)
    copy.a[0] = 5
    copy.b[0]!.c = 5
    copy.m.get(1)![0] = 5
    expect([original.a[0], original.b[0]!.c, original.m.get(1)![0]]).toEqual([1, 1, 2])
  })
})
