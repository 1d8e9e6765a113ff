/** Objects with one value of a space per key. Keys are kept in the order of their code units. */
import { reject } from '../../random/check.ts'
import { BaseSpace } from './base-space.ts'
import { describe } from './json-number.ts'
import { rejectBoth } from './mask.ts'
import type { SampleOptions, Space, SpaceJSON, SpaceMask, SpaceProbability } from './space.ts'

/** The type of the values of a space. */
export type ValueOf<S> = S extends Space<infer T> ? T : never

export type DictValue<S extends Record<string, Space>> = { [K in keyof S]: ValueOf<S[K]> }

export class Dict<S extends Record<string, Space> = Record<string, Space>> extends BaseSpace<DictValue<S>> {
  readonly kind = 'Dict'
  readonly shape: undefined
  readonly dtype: undefined
  readonly spaces: S
  /** Sorted, whatever the order they were given in. */
  readonly keys: readonly (keyof S & string)[]

  /** Takes the parts over: it seeds each with the container's seed (at first 0) and its key. */
  constructor(spaces: S) {
    super()
    this.keys = Object.keys(spaces).sort()
    this.spaces = Object.fromEntries(this.keys.map((key) => [key, spaces[key]])) as unknown as S
    this.seed(0)
  }

  contains(x: unknown): x is DictValue<S> {
    if (typeof x !== 'object' || x === null) return false
    if (Object.keys(x).length !== this.keys.length) return false
    return this.keys.every(
      (key) => Object.hasOwn(x, key) && this.spaces[key]!.contains((x as DictValue<S>)[key]),
    )
  }

  /** Mask and probabilities are objects with an entry for the keys that they concern. */
  sample(options?: SampleOptions): DictValue<S> {
    rejectBoth(options)
    const masks = this.parts(options?.mask, 'mask')
    const probabilities = this.parts(options?.probability, 'probability')
    return this.build((key, space) =>
      space.sample({
        mask: masks?.[key] as SpaceMask | undefined,
        probability: probabilities?.[key] as SpaceProbability | undefined,
        stream: options?.stream,
      }),
    )
  }

  override seed(seed: number | string): void {
    for (const key of this.keys) this.spaces[key]!.seed(`${seed}/${key}`)
  }

  toJSON(): SpaceJSON {
    return {
      type: 'Dict',
      spaces: Object.fromEntries(this.keys.map((key) => [key, this.spaces[key]!.toJSON()])),
    }
  }

  toJsonable(value: DictValue<S>): Record<string, unknown> {
    return Object.fromEntries(this.keys.map((key) => [key, this.spaces[key]!.toJsonable(value[key])]))
  }

  fromJsonable(data: unknown): DictValue<S> {
    const given = this.parts(data ?? null, 'Dict')
    return this.build((key, space) => space.fromJsonable(given?.[key]))
  }

  private build(part: (key: string, space: Space) => unknown): DictValue<S> {
    return Object.fromEntries(this.keys.map((key) => [key, part(key, this.spaces[key]!)])) as DictValue<S>
  }

  private parts(given: unknown, path: string): Record<string, unknown> | undefined {
    if (given === undefined) return undefined
    const plain =
      typeof given === 'object' && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given)
    if (!plain) return reject(`expected an object, got ${describe(given)}`, path, '')
    const stranger = Object.keys(given).find((key) => !Object.hasOwn(this.spaces, key))
    if (stranger !== undefined) {
      reject(`unknown key "${stranger}"`, path, '', `The keys are ${this.keys.join(', ')}.`)
    }
    return given as Record<string, unknown>
  }
}
