/** From the hash of a key to an available slot, by a ring or by a Maglev table, for one view at a time. */
import type { BalancerView } from '../types.ts'
import { HashRing } from './hash-ring.ts'
import { maglevTable } from './maglev-table.ts'

export type KeyLookup = { find(view: BalancerView, hash: number): number }

export class RingLookup implements KeyLookup {
  private readonly minSize: number
  private readonly maxSize: number
  private view: BalancerView | undefined
  private ring: HashRing | undefined

  constructor(minSize: number, maxSize: number) {
    this.view = undefined
    this.ring = undefined
    this.minSize = minSize
    this.maxSize = maxSize
  }

  find(view: BalancerView, hash: number): number {
    if (view !== this.view || this.ring === undefined) {
      this.view = view
      this.ring = new HashRing(view.weight, this.minSize, this.maxSize)
    }
    const slot = this.ring.find(hash, view.available)
    return slot >= 0 ? slot : view.available.indexOf(1)
  }
}

/** The table is made anew when slots come or go. */
export class MaglevLookup implements KeyLookup {
  private readonly size: number
  private rotation: readonly number[] | undefined
  private table: Int32Array = new Int32Array(0)

  constructor(size: number) {
    this.rotation = undefined
    this.size = size
  }

  find(view: BalancerView, hash: number): number {
    if (view.rotation !== this.rotation) {
      this.rotation = view.rotation
      const slots = [...view.available.keys()].filter((slot) => view.available[slot] === 1)
      const weighty = slots.some((slot) => view.weight[slot]! > 0)
      this.table = weighty
        ? maglevTable(slots, view.weight, this.size)
        : new Int32Array(this.size).fill(slots[0]!)
    }
    return this.table[hash % this.size]!
  }
}
