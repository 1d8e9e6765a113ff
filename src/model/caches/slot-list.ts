/** Slots in a doubly linked list from the oldest to the newest, every change in constant time. */
import { grown, loadFields, saveFields } from '../../engine/typed.ts'

export class SlotList {
  /** The two ends; -1 where the list is empty. */
  oldest = -1
  newest = -1
  /** Neighbours; -1 at the ends. */
  newer: Int32Array = new Int32Array(0)
  older: Int32Array = new Int32Array(0)

  grow(slots: number): void {
    this.newer = grown(this.newer, slots)
    this.older = grown(this.older, slots)
  }

  push(slot: number): void {
    this.older[slot] = this.newest
    this.newer[slot] = -1
    if (this.newest >= 0) this.newer[this.newest] = slot
    else this.oldest = slot
    this.newest = slot
  }

  remove(slot: number): void {
    const newer = this.newer[slot]!
    const older = this.older[slot]!
    if (older >= 0) this.newer[older] = newer
    else this.oldest = newer
    if (newer >= 0) this.older[newer] = older
    else this.newest = older
  }

  clear(): void {
    this.oldest = -1
    this.newest = -1
  }

  save(): Record<string, unknown> {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['oldest', 'newest', 'newer', 'older']
