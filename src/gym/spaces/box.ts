/**
 * Arrays of numbers within bounds, each side of each coordinate bounded or not.
 * A value is a typed array, flat in row-major order; the dimensions are the space's `shape`.
 */
import { reject } from '../../random/check.ts'
import { normalQuantile } from '../../random/normal-quantile.ts'
import type { Stream } from '../../random/stream.ts'
import { BaseSpace } from './base-space.ts'
import {
  ARRAY_BY_DTYPE,
  type ArrayByDType,
  type ArrayDType,
  integerRange,
  newArray,
  sizeOf,
} from './dtype.ts'
import { numberToJson, readNumbers } from './json-number.ts'
import { rejectBoth } from './mask.ts'
import { checkShape } from './shape.ts'
import type { JsonNumber, SampleOptions, SpaceJSON } from './space.ts'

export type BoxOptions<D extends ArrayDType> = {
  /** Default: one dimension, as long as the bounds. */
  readonly shape?: readonly number[] | undefined
  /** @default 'float32' */
  readonly dtype?: D | undefined
}

export type Bound = number | ArrayLike<number>

export class Box<D extends ArrayDType = 'float32'> extends BaseSpace<ArrayByDType[D]> {
  readonly kind = 'Box'
  readonly shape: readonly number[]
  // NoInfer: else `const s: Space<Float32Array> = new Box(0, 1)` would not find the default of D.
  readonly dtype: NoInfer<D>
  /** Inclusive; -Infinity where there is none. */
  readonly low: ArrayByDType[D] | Float64Array
  /** Inclusive; Infinity where there is none. */
  readonly high: ArrayByDType[D] | Float64Array

  /**
   * A bound is one number for all coordinates or one per coordinate; for integer types an infinite one
   * becomes the type's limit. Throws ConfigError for bounds that are NaN or reversed.
   */
  constructor(low: Bound, high: Bound, options: BoxOptions<D> = {}) {
    super()
    const dtype = options.dtype ?? ('float32' as D)
    this.dtype = dtype
    if (!Object.hasOwn(ARRAY_BY_DTYPE, dtype)) reject(`unknown dtype "${dtype}"`, 'Box.dtype', '')
    this.shape = checkShape(options.shape ?? [lengthOf(low) ?? lengthOf(high) ?? 1], 'Box.shape')
    const size = sizeOf(this.shape)
    this.low = bounds(low, size, dtype, 'Box.low')
    this.high = bounds(high, size, dtype, 'Box.high')
    for (let i = 0; i < size; i++) {
      if (this.low[i]! > this.high[i]!) {
        reject(`low ${this.low[i]} is above high ${this.high[i]}`, `Box[${i}]`, '')
      }
    }
  }

  contains(x: unknown): x is ArrayByDType[D] {
    if (!(x instanceof ARRAY_BY_DTYPE[this.dtype])) return false
    const values = x as Float64Array
    if (values.length !== this.low.length) return false
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (!(value >= this.low[i]! && value <= this.high[i]!)) return false
    }
    return true
  }

  /** Whether every coordinate has a finite bound on this side. */
  isBounded(side: 'below' | 'above' | 'both' = 'both'): boolean {
    const below = side === 'above' || this.low.every((x) => Number.isFinite(x))
    const above = side === 'below' || this.high.every((x) => Number.isFinite(x))
    return below && above
  }

  /**
   * Coordinates are independent: uniform between two bounds (integers: both included), standard normal
   * without bounds, one bound plus or minus an exponential of mean 1. A Box takes no mask.
   */
  sample(options?: SampleOptions): ArrayByDType[D] {
    rejectBoth(options)
    if (options?.mask !== undefined || options?.probability !== undefined) {
      reject('a Box takes neither mask nor probability', 'sample', '')
    }
    const stream = this.stream(options)
    const integer = integerRange(this.dtype) !== undefined
    const out = newArray(this.dtype, this.low.length)
    for (let i = 0; i < out.length; i++) {
      const low = this.low[i]!
      const high = this.high[i]!
      out[i] = integer ? low + stream.int(high - low + 1) : sampleReal(low, high, stream)
    }
    return out
  }

  toJSON(): SpaceJSON {
    return {
      type: 'Box',
      low: boundsToJson(this.low),
      high: boundsToJson(this.high),
      shape: this.shape,
      dtype: this.dtype,
    }
  }

  toJsonable(value: ArrayByDType[D]): JsonNumber[] {
    return Array.from(value, numberToJson)
  }

  fromJsonable(data: unknown): ArrayByDType[D] {
    const out = newArray(this.dtype, this.low.length)
    readNumbers(data, out, 'Box')
    return out
  }
}

function lengthOf(bound: Bound): number | undefined {
  return typeof bound === 'number' ? undefined : bound.length
}

function bounds<D extends ArrayDType>(bound: Bound, size: number, dtype: D, path: string): ArrayByDType[D] {
  const range = integerRange(dtype)
  const length = lengthOf(bound)
  if (length !== undefined && length !== size) reject(`expected ${size} bounds, got ${length}`, path, '')
  const out = newArray(dtype, size)
  for (let i = 0; i < size; i++) {
    const value = typeof bound === 'number' ? bound : bound[i]!
    if (Number.isNaN(value)) reject('expected a number, got NaN', path, '')
    out[i] = range === undefined ? value : Math.min(range[1], Math.max(range[0], value))
    // A negative zero, perhaps from rounding to float32, becomes zero: equal spaces have equal descriptions.
    out[i] = out[i]! + 0
  }
  return out
}

function sampleReal(low: number, high: number, stream: Stream): number {
  if (low === Number.NEGATIVE_INFINITY) {
    return high === Number.POSITIVE_INFINITY ? sampleNormal(stream) : high - stream.exponential(1)
  }
  if (high === Number.POSITIVE_INFINITY) return low + stream.exponential(1)
  const u = stream.next()
  // Neither overflows for huge bounds nor leaves them by rounding.
  return Math.min(high, Math.max(low, low * (1 - u) + high * u))
}

function sampleNormal(stream: Stream): number {
  let u = stream.next()
  while (u === 0) u = stream.next()
  return normalQuantile(u)
}

function boundsToJson(array: ArrayLike<number>): JsonNumber | JsonNumber[] {
  const first = array[0]
  for (let i = 1; i < array.length; i++) if (array[i] !== first) return Array.from(array, numberToJson)
  return first === undefined ? [] : numberToJson(first)
}
