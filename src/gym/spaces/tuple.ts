/** Lists with one value of a space per position. */
import { reject } from '../../random/check.ts'
import { BaseSpace } from './base-space.ts'
import type { ValueOf } from './dict.ts'
import { describe } from './json-number.ts'
import { rejectBoth } from './mask.ts'
import type { SampleOptions, Space, SpaceJSON, SpaceMask, SpaceProbability } from './space.ts'

export type TupleValue<S extends readonly Space[]> = { -readonly [K in keyof S]: ValueOf<S[K]> }

export class Tuple<const S extends readonly Space[] = readonly Space[]> extends BaseSpace<TupleValue<S>> {
  readonly kind = 'Tuple'
  readonly shape: undefined
  readonly dtype: undefined
  readonly spaces: S

  /** Takes the parts over: it seeds each with the container's seed (at first 0) and its position. */
  constructor(spaces: S) {
    super()
    this.spaces = Object.freeze([...spaces]) as unknown as S
    this.seed(0)
  }

  contains(x: unknown): x is TupleValue<S> {
    return (
      Array.isArray(x) &&
      x.length === this.spaces.length &&
      this.spaces.every((space, i) => space.contains(x[i]))
    )
  }

  /** Mask and probabilities are lists with an entry per position; undefined leaves one free. */
  sample(options?: SampleOptions): TupleValue<S> {
    rejectBoth(options)
    const masks = this.parts(options?.mask, 'mask')
    const probabilities = this.parts(options?.probability, 'probability')
    return this.spaces.map((space, i) =>
      space.sample({
        mask: masks?.[i] as SpaceMask | undefined,
        probability: probabilities?.[i] as SpaceProbability | undefined,
        stream: options?.stream,
      }),
    ) as TupleValue<S>
  }

  override seed(seed: number | string): void {
    this.spaces.forEach((space, i) => {
      space.seed(`${seed}/${i}`)
    })
  }

  toJSON(): SpaceJSON {
    return { type: 'Tuple', spaces: this.spaces.map((space) => space.toJSON()) }
  }

  toJsonable(value: TupleValue<S>): unknown[] {
    return this.spaces.map((space, i) => space.toJsonable(value[i]))
  }

  fromJsonable(data: unknown): TupleValue<S> {
    const given = this.parts(data ?? null, 'Tuple')
    return this.spaces.map((space, i) => space.fromJsonable(given?.[i])) as TupleValue<S>
  }

  private parts(given: unknown, path: string): readonly unknown[] | undefined {
    if (given === undefined) return undefined
    if (Array.isArray(given) && given.length === this.spaces.length) return given
    return reject(`expected a list of ${this.spaces.length}, got ${describe(given)}`, path, '')
  }
}
