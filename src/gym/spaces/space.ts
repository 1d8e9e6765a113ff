/**
 * A set of values that an observation or an action may take, after Gymnasium's `spaces`.
 * A space describes and samples; it is not asked anything on the path of a step.
 */
import type { Stream } from '../../random/stream.ts'

/** Element types, named as in NumPy; `int64` (of `Discrete` alone) is an integer in a plain number. */
export type DType = 'float32' | 'float64' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'int64'

/** 1 = valid. One per `Discrete`; arrays of them for `MultiDiscrete` and `Tuple`, objects for `Dict`. */
export type SpaceMask =
  | Uint8Array
  | Int8Array
  | readonly (SpaceMask | undefined)[]
  | { readonly [key: string]: SpaceMask | undefined }

/** Probabilities that sum to 1, in the same structure as a mask. */
export type SpaceProbability =
  | Float64Array
  | readonly (SpaceProbability | undefined)[]
  | { readonly [key: string]: SpaceProbability | undefined }

export type SampleOptions = {
  /** Restricts the sample to the valid values. Not together with `probability`. */
  readonly mask?: SpaceMask | undefined
  /** Draws each value with its probability instead of uniformly. */
  readonly probability?: SpaceProbability | undefined
  /** Draws from this stream instead of the space's own: what a caller that saves its state needs. */
  readonly stream?: Stream | undefined
}

/** A number as JSON can hold it: the strings stand for what JSON has no number for. */
export type JsonNumber = number | 'inf' | '-inf' | 'nan' | '-0'

/** Bounds are one number where all coordinates agree. */
export type SpaceJSON =
  | {
      readonly type: 'Box'
      readonly low: JsonNumber | readonly JsonNumber[]
      readonly high: JsonNumber | readonly JsonNumber[]
      readonly shape: readonly number[]
      readonly dtype: DType
    }
  | { readonly type: 'Discrete'; readonly n: number; readonly start: number }
  | {
      readonly type: 'MultiDiscrete'
      readonly nvec: readonly number[]
      readonly start: readonly number[]
      readonly shape: readonly number[]
    }
  | { readonly type: 'MultiBinary'; readonly shape: readonly number[] }
  | { readonly type: 'Dict'; readonly spaces: { readonly [key: string]: SpaceJSON } }
  | { readonly type: 'Tuple'; readonly spaces: readonly SpaceJSON[] }

export type SpaceKind = SpaceJSON['type']

export interface Space<T = unknown> {
  readonly kind: SpaceKind
  /** Of the array that a value is, flat in row-major order; `[]` for a number; undefined for `Dict` and `Tuple`. */
  readonly shape: readonly number[] | undefined
  readonly dtype: DType | undefined
  contains(x: unknown): x is T
  /** A fresh value. Throws ConfigError for a mask that does not fit or for a mask together with probabilities. */
  sample(options?: SampleOptions): T
  /** Restarts the space's own stream. A space that was never seeded behaves as after `seed(0)`. */
  seed(seed: number | string): void
  equals(other: Space): boolean
  toJSON(): SpaceJSON
  /** A value as plain data that `JSON.stringify` keeps exactly. */
  toJsonable(value: T): unknown
  /** The inverse of `toJsonable`. Throws ConfigError for data of another structure. */
  fromJsonable(data: unknown): T
}

const METHODS = ['contains', 'sample', 'seed', 'equals', 'toJSON', 'toJsonable', 'fromJsonable'] as const

/** Whether `x` has a space's kind and methods; a copy of this package loaded twice makes no difference. */
export function isSpace(x: unknown): x is Space {
  if (typeof x !== 'object' || x === null) return false
  const space = x as Record<string, unknown>
  return typeof space.kind === 'string' && METHODS.every((name) => typeof space[name] === 'function')
}
