/** The integers `start ... start + n - 1`, as plain numbers. */
import { reject } from '../../random/check.ts'
import { BaseSpace } from './base-space.ts'
import { describe } from './json-number.ts'
import { drawIndex, rejectBoth } from './mask.ts'
import type { SampleOptions, SpaceJSON } from './space.ts'

export class Discrete extends BaseSpace<number> {
  readonly kind = 'Discrete'
  readonly shape: readonly number[] = Object.freeze([])
  readonly dtype = 'int64'
  readonly n: number
  /** @default 0 */
  readonly start: number

  constructor(n: number, start = 0) {
    super()
    if (!(Number.isSafeInteger(n) && n >= 1))
      reject(`expected an integer of at least 1, got ${n}`, 'Discrete.n', '')
    if (!Number.isSafeInteger(start + n)) reject(`expected an integer, got ${start}`, 'Discrete.start', '')
    this.n = n
    this.start = start
  }

  contains(x: unknown): x is number {
    return Number.isInteger(x) && (x as number) >= this.start && (x as number) < this.start + this.n
  }

  /** The mask and the probabilities have n entries; a mask without a valid value gives `start`. */
  sample(options?: SampleOptions): number {
    rejectBoth(options)
    return this.start + drawIndex(this.n, options?.mask, options?.probability, this.stream(options))
  }

  toJSON(): SpaceJSON {
    return { type: 'Discrete', n: this.n, start: this.start }
  }

  toJsonable(value: number): number {
    return value
  }

  fromJsonable(data: unknown): number {
    return Number.isSafeInteger(data)
      ? (data as number)
      : reject(`expected an integer, got ${describe(data)}`, 'Discrete', '')
  }
}
