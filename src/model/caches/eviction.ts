/** What every way of evicting is told, and asked for: entries are slots 0, 1, ... of a cache, keys whole numbers. */

export const EVICTIONS = ['lru', 'fifo', 'random', 'lfu', 'sieve'] as const
export type EvictionName = (typeof EVICTIONS)[number]

export interface Eviction {
  /** There are that many slots from now on; what is known of the ones before stays. */
  grow(slots: number): void
  /** The value of a key was stored in a free slot. */
  added(slot: number, key: number): void
  /** The entry was asked for and found. */
  used(slot: number, key: number): void
  /** The entry is gone: evicted or expired. */
  removed(slot: number, key: number): void
  /** The slot to free; only asked where every slot is taken. */
  victim(): number
  /** Every entry is gone. */
  clear(): void
  save(): unknown
  load(state: unknown): void
}
