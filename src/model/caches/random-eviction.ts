/** Evicts any entry, each as likely as the others, from a stream of its own. */
import { Stream, type StreamState } from '../../random/index.ts'
import type { Eviction } from './eviction.ts'

export class RandomEviction implements Eviction {
  private readonly stream: Stream
  private slots = 0

  constructor(seed: number | string, name: string) {
    this.stream = Stream.derive(seed, `${name}.eviction`)
  }

  grow(slots: number): void {
    this.slots = slots
  }

  added(): void {}
  used(): void {}
  removed(): void {}

  victim(): number {
    return this.stream.int(this.slots)
  }

  clear(): void {}

  save(): unknown {
    return { stream: this.stream.save(), slots: this.slots }
  }

  load(state: unknown): void {
    const from = state as { stream: StreamState; slots: number }
    this.stream.load(from.stream)
    this.slots = from.slots
  }
}
