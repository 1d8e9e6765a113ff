/** What all spaces share: the random stream, and equality of their descriptions. */
import { Stream } from '../../random/stream.ts'
import type { DType, SampleOptions, Space, SpaceJSON, SpaceKind } from './space.ts'

export abstract class BaseSpace<T> implements Space<T> {
  abstract readonly kind: SpaceKind
  abstract readonly shape: readonly number[] | undefined
  abstract readonly dtype: DType | undefined
  private own: Stream | undefined

  abstract contains(x: unknown): x is T
  abstract sample(options?: SampleOptions): T
  abstract toJSON(): SpaceJSON
  abstract toJsonable(value: T): unknown
  abstract fromJsonable(data: unknown): T

  seed(seed: number | string): void {
    this.own = Stream.derive(seed, 'space')
  }

  equals(other: Space): boolean {
    return JSON.stringify(this) === JSON.stringify(other)
  }

  /** The caller's stream, else the space's own. */
  protected stream(options: SampleOptions | undefined): Stream {
    if (options?.stream !== undefined) return options.stream
    if (this.own === undefined) this.own = Stream.derive(0, 'space')
    return this.own
  }
}
