/** The entries of one cache: which keys have a value, until when, and which one goes when there is no room. */
import { grown, loadFields, saveFields } from '../../engine/typed.ts'
import { log } from '../../random/index.ts'
import type { Eviction, EvictionName } from './eviction.ts'
import { Lfu } from './lfu.ts'
import { Fifo, Lru } from './queue-evictions.ts'
import { RandomEviction } from './random-eviction.ts'
import { Sieve } from './sieve.ts'

/** What `find` says of a key. */
export const HIT = 0
export const ABSENT = 1
/** It was there and is not any more. */
export const EXPIRED = 2
/** It is there, and should be fetched anew. */
export const EARLY = 3

const FIRST_SLOTS = 16

export type StoreOptions = {
  /** Entries; Infinity: no limit. */
  readonly capacity: number
  readonly eviction: EvictionName
  /** Seconds that a value lives; Infinity: for ever. */
  readonly ttl: number
  /** Whether its life begins anew when it is asked for. */
  readonly ttlReset: boolean
  /**
   * Beta of XFetch: A. Vattani, F. Chierichetti and K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention"
   * (VLDB 2015). Absent: values are used to their end.
   */
  readonly earlyRecompute?: number | undefined
}

export class Store {
  size = 0
  private readonly options: StoreOptions
  private readonly eviction: Eviction
  private readonly slotOf = new Map<number, number>()
  private keys: Int32Array = new Int32Array(0)
  private expires: Float64Array = new Float64Array(0)
  /** Seconds that it took to get the value, where that matters. */
  private efforts: Float64Array = new Float64Array(0)
  /** Slots below `used` that are free again, as a stack. */
  private free: Int32Array = new Int32Array(0)
  private freed = 0
  private used = 0

  /** @param name of the cache, for the stream of a random eviction. */
  constructor(options: StoreOptions, seed: number | string, name: string) {
    this.options = options
    this.eviction = createEviction(options.eviction, seed, name)
  }

  /** Asks for the value of a key; one whose time is over is dropped. `u`: uniform in (0, 1], for early recomputation. */
  find(key: number, now: number, u = 1): number {
    const slot = this.slotOf.get(key)
    if (slot === undefined) return ABSENT
    if (now >= this.expires[slot]!) {
      this.drop(slot)
      return EXPIRED
    }
    const beta = this.options.earlyRecompute
    if (beta !== undefined && now - beta * this.efforts[slot]! * log(u) >= this.expires[slot]!) return EARLY
    this.use(slot, key, now)
    return HIT
  }

  /** The value of a key is used although it should be fetched anew; it must be there. */
  useAnyway(key: number, now: number): void {
    this.use(this.slotOf.get(key)!, key, now)
  }

  private use(slot: number, key: number, now: number): void {
    if (this.options.ttlReset) this.expires[slot] = now + this.options.ttl
    this.eviction.used(slot, key)
  }

  /** Stores the value of a key, got in `effort` seconds, anew where it has one; true where another had to go for it. */
  put(key: number, now: number, effort = 0): boolean {
    const { slotOf, eviction, options } = this
    const known = slotOf.get(key)
    if (known !== undefined) {
      this.expires[known] = now + options.ttl
      this.efforts[known] = effort
      eviction.used(known, key)
      return false
    }
    const full = this.size === options.capacity
    if (full) this.drop(eviction.victim())
    let slot = this.used
    if (this.freed > 0) slot = this.free[--this.freed]!
    else if (this.used++ === this.keys.length) this.grow()
    slotOf.set(key, slot)
    this.keys[slot] = key
    this.expires[slot] = now + options.ttl
    this.efforts[slot] = effort
    this.size++
    eviction.added(slot, key)
    return full
  }

  clear(): void {
    this.slotOf.clear()
    this.eviction.clear()
    this.size = 0
    this.freed = 0
    this.used = 0
  }

  private drop(slot: number): void {
    const key = this.keys[slot]!
    this.slotOf.delete(key)
    this.eviction.removed(slot, key)
    this.free[this.freed++] = slot
    this.size--
  }

  private grow(): void {
    const slots = Math.min(this.options.capacity, Math.max(FIRST_SLOTS, 2 * this.keys.length))
    this.keys = grown(this.keys, slots)
    this.expires = grown(this.expires, slots)
    this.efforts = grown(this.efforts, slots)
    this.free = grown(this.free, slots)
    this.eviction.grow(slots)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      slots: Int32Array.from(this.slotOf.values()),
      eviction: this.eviction.save(),
    }
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    const from = state as { slots: Int32Array; eviction: unknown }
    this.slotOf.clear()
    for (const slot of from.slots) this.slotOf.set(this.keys[slot]!, slot)
    this.eviction.load(from.eviction)
  }
}

const FIELDS = ['size', 'keys', 'expires', 'efforts', 'free', 'freed', 'used']

function createEviction(kind: EvictionName, seed: number | string, name: string): Eviction {
  switch (kind) {
    case 'lru':
      return new Lru()
    case 'fifo':
      return new Fifo()
    case 'random':
      return new RandomEviction(seed, name)
    case 'lfu':
      return new Lfu()
    case 'sieve':
      return new Sieve()
  }
}
