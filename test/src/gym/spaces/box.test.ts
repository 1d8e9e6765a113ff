import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../src/errors.ts'
import { Box, type Space } from '../../../../src/gym/index.ts'

const INF = Number.POSITIVE_INFINITY

/** Mean and variance of coordinate i over n samples. */
function moments(box: Space<ArrayLike<number>>, i: number, n: number): [mean: number, variance: number] {
  let sum = 0
  let squares = 0
  for (let k = 0; k < n; k++) {
    const x = box.sample()[i]!
    sum += x
    squares += x * x
  }
  const mean = sum / n
  return [mean, squares / n - mean * mean]
}

describe('Box', () => {
  it('has float32 values and the shape of its bounds by default', () => {
    const box: Space<Float32Array> = new Box([0, -1], 1)
    expect(box.sample()).toBeInstanceOf(Float32Array)
    expect(box.shape).toEqual([2])
    expect(box.dtype).toBe('float32')
    expect(new Box(0, 1).shape).toEqual([1])
  })

  it('includes its bounds and excludes NaN, other lengths and other arrays', () => {
    const box = new Box([0, -1], [1, 1])
    expect(box.contains(Float32Array.of(0, 1))).toBe(true)
    expect(box.contains(Float32Array.of(0, 1.001))).toBe(false)
    expect(box.contains(Float32Array.of(Number.NaN, 0))).toBe(false)
    expect(box.contains(Float32Array.of(0))).toBe(false)
    expect(box.contains(Float64Array.of(0, 0))).toBe(false)
    expect(box.contains([0, 0])).toBe(false)
  })

  it('samples uniformly between two bounds', () => {
    const [mean, variance] = moments(new Box(2, 6), 0, 20000)
    expect(mean).toBeCloseTo(4, 1)
    expect(variance).toBeCloseTo(16 / 12, 1)
  })

  it('samples a standard normal without bounds', () => {
    const [mean, variance] = moments(new Box(-INF, INF), 0, 20000)
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  })

  it('samples an exponential of mean 1 away from a single bound', () => {
    const box = new Box([3, -INF], [INF, -3])
    const [above, aboveVariance] = moments(box, 0, 20000)
    const [below] = moments(box, 1, 20000)
    expect(Math.abs(above - 4)).toBeLessThan(0.03)
    expect(Math.abs(aboveVariance - 1)).toBeLessThan(0.08)
    expect(Math.abs(below + 4)).toBeLessThan(0.03)
  })

  it('samples integers with both bounds included', () => {
    const box = new Box(3, 5, { dtype: 'uint8' })
    const seen = new Set(Array.from({ length: 100 }, () => box.sample()[0]))
    expect([...seen].sort()).toEqual([3, 4, 5])
  })

  it('limits the bounds of an integer type to its range', () => {
    const box = new Box(-INF, INF, { dtype: 'int8' })
    expect([box.low[0], box.high[0]]).toEqual([-128, 127])
    expect(box.isBounded()).toBe(true)
  })

  it('says on which side it is bounded', () => {
    const box = new Box(0, INF)
    expect([box.isBounded('below'), box.isBounded('above'), box.isBounded()]).toEqual([true, false, false])
  })

  it('refuses bounds that are reversed, NaN, too many, or a shape that is none', () => {
    expect(() => new Box(1, 0)).toThrow(ConfigError)
    expect(() => new Box(Number.NaN, 0)).toThrow(/expected a number, got NaN/)
    expect(() => new Box([0, 0], 1, { shape: [3] })).toThrow(/expected 3 bounds, got 2/)
    expect(() => new Box(0, 1, { shape: [0] })).toThrow(/integers of at least 1/)
    expect(() => new Box(0, 1, { dtype: 'float16' as 'float32' })).toThrow(/unknown dtype "float16"/)
  })

  it('takes neither mask nor probability', () => {
    expect(() => new Box(0, 1).sample({ mask: Uint8Array.of(1) })).toThrow(/takes neither/)
  })

  it('differs from a Box of other bounds, shape or type', () => {
    const box = new Box(0, 1, { shape: [4] })
    expect(box.equals(new Box([0, 0, 0, 0], 1))).toBe(true)
    expect(box.equals(new Box(0, 2, { shape: [4] }))).toBe(false)
    expect(box.equals(new Box(0, 1, { shape: [2, 2] }))).toBe(false)
    expect(box.equals(new Box(0, 1, { shape: [4], dtype: 'float64' }))).toBe(false)
  })

  it('keeps infinities, NaN and negative zero in JSON', () => {
    const box = new Box(-INF, INF, { shape: [5], dtype: 'float64' })
    const value = Float64Array.of(INF, -INF, Number.NaN, -0, 0.1)
    const text = JSON.stringify(box.toJsonable(value))
    expect(text).toBe('["inf","-inf","nan","-0",0.1]')
    expect(box.fromJsonable(JSON.parse(text))).toStrictEqual(value)
    expect(() => box.fromJsonable([1, 2])).toThrow(/list of 5 numbers/)
    expect(() => box.fromJsonable([1, 2, 3, 4, 'x'])).toThrow(/expected a number, got "x" \(Box\[4\]\)/)
  })
})
