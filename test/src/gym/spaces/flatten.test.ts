import { describe, expect, it } from 'vitest'
import {
  Box,
  Dict,
  Discrete,
  flatten,
  flattenSpace,
  MultiDiscrete,
  unflatten,
} from '../../../../src/gym/index.ts'

describe('flatten', () => {
  const space = new Dict({ speed: new Box(-2, 2), mode: new Discrete(3, 1) })

  it('puts the parts in the order of their keys and Discrete values as one-hot blocks', () => {
    const flat = flatten(space, { speed: Float32Array.of(1.5), mode: 2 })
    expect(flat).toStrictEqual(Float32Array.of(0, 1, 0, 1.5))
    const box = flattenSpace(space)
    expect([...box.low]).toEqual([0, 0, 0, -2])
    expect([...box.high]).toEqual([1, 1, 1, 2])
  })

  it('uses float64 as soon as float32 would round', () => {
    const wide = new Dict({ a: new Box(0, 1, { dtype: 'float64' }), b: new Discrete(2) })
    expect(flattenSpace(wide).dtype).toBe('float64')
    expect(flatten(wide, { a: Float64Array.of(0.1), b: 1 })).toStrictEqual(Float64Array.of(0.1, 0, 1))
  })

  it('refuses a value that would spill into its neighbours', () => {
    expect(() => flatten(new MultiDiscrete([2, 2]), Int32Array.of(2, 0))).toThrow(/2 is not in 0 ... 1/)
  })

  it('reads a one-hot block by its largest entry', () => {
    expect(unflatten(space, [0.1, 0.2, 0.7, -1])).toStrictEqual({ mode: 3, speed: Float32Array.of(-1) })
    expect(() => unflatten(space, [1])).toThrow(/expected 4 numbers, got 1/)
  })
})
