/** The typed arrays behind the element types. */
import type { DType } from './space.ts'

export type ArrayByDType = {
  float32: Float32Array
  float64: Float64Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
}

export type ArrayDType = keyof ArrayByDType

type Constructors = {
  readonly [D in ArrayDType]: {
    readonly BYTES_PER_ELEMENT: number
    new (length: number): ArrayByDType[D]
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayByDType[D]
  }
}

export const ARRAY_BY_DTYPE: Constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
}

/** Smallest and largest value of the integer types; undefined for floats. */
export function integerRange(dtype: DType): readonly [number, number] | undefined {
  switch (dtype) {
    case 'int8':
      return [-128, 127]
    case 'uint8':
      return [0, 255]
    case 'int16':
      return [-32768, 32767]
    case 'uint16':
      return [0, 65535]
    case 'int32':
      return [-2147483648, 2147483647]
    case 'int64':
      return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
    default:
      return undefined
  }
}

export function newArray<D extends ArrayDType>(dtype: D, length: number): ArrayByDType[D] {
  return new ARRAY_BY_DTYPE[dtype](length)
}

/** Elements of an array of this shape; 1 for `[]`. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const side of shape) size *= side
  return size
}
