/** Arrays of integers; coordinate i lies in `start[i] ... start[i] + nvec[i] - 1`. */
import { reject } from '../../random/check.ts'
import { BaseSpace } from './base-space.ts'
import { sizeOf } from './dtype.ts'
import { describe, readNumbers } from './json-number.ts'
import { drawIndex, rejectBoth } from './mask.ts'
import { checkShape } from './shape.ts'
import type { SampleOptions, SpaceJSON } from './space.ts'

export type MultiDiscreteOptions = {
  /** The smallest value of each coordinate. @default zeros */
  readonly start?: ArrayLike<number> | undefined
  /** Default: one dimension. */
  readonly shape?: readonly number[] | undefined
}

export class MultiDiscrete extends BaseSpace<Int32Array> {
  readonly kind = 'MultiDiscrete'
  readonly shape: readonly number[]
  readonly dtype = 'int32'
  readonly nvec: Int32Array
  readonly start: Int32Array

  constructor(nvec: ArrayLike<number>, options: MultiDiscreteOptions = {}) {
    super()
    this.shape = checkShape(options.shape ?? [nvec.length], 'MultiDiscrete.shape')
    const size = sizeOf(this.shape)
    this.nvec = integers(nvec, size, 'MultiDiscrete.nvec')
    this.start = integers(options.start ?? new Int32Array(size), size, 'MultiDiscrete.start')
    const small = this.nvec.findIndex((n) => n < 1)
    if (small >= 0) {
      reject(`expected an integer of at least 1, got ${this.nvec[small]}`, `MultiDiscrete.nvec[${small}]`, '')
    }
  }

  contains(x: unknown): x is Int32Array {
    if (!(x instanceof Int32Array) || x.length !== this.nvec.length) return false
    for (let i = 0; i < x.length; i++) {
      const index = x[i]! - this.start[i]!
      if (index < 0 || index >= this.nvec[i]!) return false
    }
    return true
  }

  /** One mask or one array of probabilities per coordinate, in a list; undefined leaves a coordinate free. */
  sample(options?: SampleOptions): Int32Array {
    rejectBoth(options)
    const stream = this.stream(options)
    const masks = perCoordinate(options?.mask, this.nvec.length, 'mask')
    const probabilities = perCoordinate(options?.probability, this.nvec.length, 'probability')
    return this.nvec.map((n, i) => this.start[i]! + drawIndex(n, masks?.[i], probabilities?.[i], stream))
  }

  toJSON(): SpaceJSON {
    return {
      type: 'MultiDiscrete',
      nvec: Array.from(this.nvec),
      start: Array.from(this.start),
      shape: this.shape,
    }
  }

  toJsonable(value: Int32Array): number[] {
    return Array.from(value)
  }

  fromJsonable(data: unknown): Int32Array {
    const out = new Int32Array(this.nvec.length)
    readNumbers(data, out, 'MultiDiscrete')
    return out
  }
}

function integers(values: ArrayLike<number>, size: number, path: string): Int32Array {
  if (values.length !== size) reject(`expected ${size} integers, got ${values.length}`, path, '')
  const out = new Int32Array(size)
  for (let i = 0; i < size; i++) {
    out[i] = values[i]!
    if (out[i] !== values[i]) reject(`expected an integer of 32 bits, got ${values[i]}`, `${path}[${i}]`, '')
  }
  return out
}

function perCoordinate(given: unknown, size: number, path: string): readonly unknown[] | undefined {
  if (given === undefined) return undefined
  if (Array.isArray(given) && given.length === size) return given
  return reject(`expected a list of ${size} arrays, got ${describe(given)}`, path, '')
}
