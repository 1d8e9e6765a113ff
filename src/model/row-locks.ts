/**
 * Who has the lock of which row of a database: queries of one key run one after the other, in the order in which they
 * came, whatever the server could do at a time. A lock is held for the query, also within a transaction.
 */
import type { Legs } from './legs.ts'

export class RowLocks {
  private readonly legs: Legs
  /** Per database, by key that is locked: the last leg that waits for it; -1: none does. */
  private readonly tails: readonly Map<number, number>[]
  /** Per database, by key: the first leg that waits. */
  private readonly heads: readonly Map<number, number>[]

  constructor(legs: Legs, databases: number) {
    this.legs = legs
    this.tails = Array.from({ length: databases }, () => new Map<number, number>())
    this.heads = Array.from({ length: databases }, () => new Map<number, number>())
  }

  /** Takes the lock of a key; false: the leg waits for it. */
  acquire(d: number, key: number, leg: number): boolean {
    const tails = this.tails[d]!
    const last = tails.get(key)
    if (last === undefined) {
      tails.set(key, -1)
      return true
    }
    this.legs.next[leg] = -1
    if (last < 0) this.heads[d]!.set(key, leg)
    else this.legs.next[last] = leg
    tails.set(key, leg)
    return false
  }

  /** The lock of a key comes back. Who has it now; -1: nobody. */
  release(d: number, key: number): number {
    const heads = this.heads[d]!
    const next = heads.get(key)
    if (next === undefined) {
      this.tails[d]!.delete(key)
      return -1
    }
    const after = this.legs.next[next]!
    if (after >= 0) heads.set(key, after)
    else {
      heads.delete(key)
      this.tails[d]!.set(key, -1)
    }
    return next
  }

  clear(d: number): void {
    this.tails[d]!.clear()
    this.heads[d]!.clear()
  }

  save(): unknown {
    return { tails: this.tails.map((map) => [...map]), heads: this.heads.map((map) => [...map]) }
  }

  load(state: unknown): void {
    const from = state as { tails: [number, number][][]; heads: [number, number][][] }
    for (const name of ['tails', 'heads'] as const) {
      this[name].forEach((map, d) => {
        map.clear()
        for (const [key, leg] of from[name][d]!) map.set(key, leg)
      })
    }
  }
}
