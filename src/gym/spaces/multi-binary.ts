/** Arrays of zeros and ones. */
import { reject } from '../../random/check.ts'
import { BaseSpace } from './base-space.ts'
import { sizeOf } from './dtype.ts'
import { readNumbers } from './json-number.ts'
import { checkBits, checkProbabilities, rejectBoth } from './mask.ts'
import { checkShape } from './shape.ts'
import type { SampleOptions, SpaceJSON } from './space.ts'

export class MultiBinary extends BaseSpace<Int8Array> {
  readonly kind = 'MultiBinary'
  readonly shape: readonly number[]
  readonly dtype = 'int8'

  /** The number of bits, or the dimensions of an array of them. */
  constructor(n: number | readonly number[]) {
    super()
    this.shape = checkShape(typeof n === 'number' ? [n] : n, 'MultiBinary.n')
  }

  contains(x: unknown): x is Int8Array {
    return (
      x instanceof Int8Array && x.length === sizeOf(this.shape) && x.every((bit) => bit === 0 || bit === 1)
    )
  }

  /** A mask holds 0 or 1 where the bit is fixed and 2 where it is free; `probability[i]` is that of a 1. */
  sample(options?: SampleOptions): Int8Array {
    rejectBoth(options)
    const size = sizeOf(this.shape)
    const stream = this.stream(options)
    const out = new Int8Array(size)
    if (options?.mask !== undefined) {
      const mask = checkBits(options.mask, size, 2)
      for (let i = 0; i < size; i++) out[i] = mask[i] === 2 ? stream.int(2) : mask[i]!
    } else if (options?.probability !== undefined) {
      const ones = checkProbabilities(options.probability, size)
      for (let i = 0; i < size; i++) out[i] = stream.next() < ones[i]! ? 1 : 0
    } else {
      for (let i = 0; i < size; i++) out[i] = stream.int(2)
    }
    return out
  }

  toJSON(): SpaceJSON {
    return { type: 'MultiBinary', shape: this.shape }
  }

  toJsonable(value: Int8Array): number[] {
    return Array.from(value)
  }

  fromJsonable(data: unknown): Int8Array {
    const out = new Int8Array(sizeOf(this.shape))
    readNumbers(data, out, 'MultiBinary')
    for (let i = 0; i < out.length; i++) {
      if ((data as unknown[])[i] !== out[i]) reject('expected zeros and ones', `MultiBinary[${i}]`, '')
    }
    return out
  }
}
