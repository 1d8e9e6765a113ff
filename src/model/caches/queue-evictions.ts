/** Evictions that keep entries in one line: in order of storing (FIFO), or of the last use (LRU). */
import type { Eviction } from './eviction.ts'
import { SlotList } from './slot-list.ts'

/** Evicts what was stored first. */
export class Fifo implements Eviction {
  protected readonly list: SlotList = new SlotList()

  grow(slots: number): void {
    this.list.grow(slots)
  }

  added(slot: number): void {
    this.list.push(slot)
  }

  used(_slot: number): void {}

  removed(slot: number): void {
    this.list.remove(slot)
  }

  victim(): number {
    return this.list.oldest
  }

  clear(): void {
    this.list.clear()
  }

  save(): unknown {
    return this.list.save()
  }

  load(state: unknown): void {
    this.list.load(state)
  }
}

/** Evicts what was not asked for the longest. */
export class Lru extends Fifo {
  override used(slot: number): void {
    this.list.remove(slot)
    this.list.push(slot)
  }
}
