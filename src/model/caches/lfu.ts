/**
 * Perfect LFU (Breslau, Cao, Fan, Phillips and Shenker, INFOCOM 1999): evicts the entry that was asked for the least,
 * among equals the one not asked for the longest. A key's count outlives its entry, so that with keys of constant
 * popularity the most popular ones stay. O(log n) in a binary heap of slots.
 */
import { grown, loadFields, saveFields } from '../../engine/typed.ts'
import type { Eviction } from './eviction.ts'

export class Lfu implements Eviction {
  /** Requests by key, of all keys that ever were in the cache. */
  private readonly counts = new Map<number, number>()
  private count: Float64Array = new Float64Array(0)
  /** Number of the last request for the entry: breaks ties. */
  private last: Float64Array = new Float64Array(0)
  private heap: Int32Array = new Int32Array(0)
  /** Where in the heap a slot is. */
  private place: Int32Array = new Int32Array(0)
  private length = 0
  private clock = 0

  grow(slots: number): void {
    this.count = grown(this.count, slots)
    this.last = grown(this.last, slots)
    this.heap = grown(this.heap, slots)
    this.place = grown(this.place, slots)
  }

  added(slot: number, key: number): void {
    this.asked(slot, key)
    this.put(this.length++, slot)
    this.up(this.length - 1)
  }

  used(slot: number, key: number): void {
    this.asked(slot, key)
    this.down(this.place[slot]!)
  }

  removed(slot: number): void {
    const hole = this.place[slot]!
    const moved = this.heap[--this.length]!
    if (moved === slot) return
    this.put(hole, moved)
    this.up(hole)
    this.down(this.place[moved]!)
  }

  victim(): number {
    return this.heap[0]!
  }

  /** Counts stay: they are of the keys, not of the entries. */
  clear(): void {
    this.length = 0
  }

  private asked(slot: number, key: number): void {
    const count = (this.counts.get(key) ?? 0) + 1
    this.counts.set(key, count)
    this.count[slot] = count
    this.last[slot] = ++this.clock
  }

  private before(a: number, b: number): boolean {
    const { count, last } = this
    return count[a]! < count[b]! || (count[a] === count[b] && last[a]! < last[b]!)
  }

  private put(at: number, slot: number): void {
    this.heap[at] = slot
    this.place[slot] = at
  }

  private up(from: number): void {
    let at = from
    const slot = this.heap[at]!
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.before(slot, this.heap[parent]!)) break
      this.put(at, this.heap[parent]!)
      at = parent
    }
    this.put(at, slot)
  }

  private down(from: number): void {
    let at = from
    const slot = this.heap[at]!
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.length) break
      if (child + 1 < this.length && this.before(this.heap[child + 1]!, this.heap[child]!)) child++
      if (!this.before(this.heap[child]!, slot)) break
      this.put(at, this.heap[child]!)
      at = child
    }
    this.put(at, slot)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      keys: Float64Array.from(this.counts.keys()),
      counts: Float64Array.from(this.counts.values()),
    }
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    const from = state as { keys: Float64Array; counts: Float64Array }
    this.counts.clear()
    for (let i = 0; i < from.keys.length; i++) this.counts.set(from.keys[i]!, from.counts[i]!)
  }
}

const FIELDS = ['count', 'last', 'heap', 'place', 'length', 'clock']
