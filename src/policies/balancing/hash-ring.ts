/**
 * A ring of hashes (D. Karger et al., 1997) with Envoy's sizes: every slot has points in proportion to its weight, at
 * least `minSize` in all so that the lightest has whole ones; a key belongs to the first point from its hash on.
 */
import { hashPair } from './hashing.ts'

const POINTS_OF_SLOT = 0x52494e47

export class HashRing {
  /** Hashes in rising order, and whose they are. */
  private readonly hashes: Float64Array
  private readonly slots: Int32Array

  constructor(weights: Float64Array, minSize: number, maxSize: number) {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const positive = [...weights].filter((weight) => weight > 0)
    const least = Math.min(...positive) / total
    const scale = Math.min(Math.ceil(least * minSize) / least, maxSize)
    const points: { hash: number; slot: number }[] = []
    let wanted = 0
    weights.forEach((weight, slot) => {
      wanted += (scale * weight) / total
      for (let i = 0; points.length < wanted - 1e-9; i++) {
        points.push({ hash: hashPair(hashPair(slot, POINTS_OF_SLOT), i), slot })
      }
    })
    points.sort((a, b) => a.hash - b.hash || a.slot - b.slot)
    this.hashes = Float64Array.from(points, ({ hash }) => hash)
    this.slots = Int32Array.from(points, ({ slot }) => slot)
  }

  get size(): number {
    return this.slots.length
  }

  /** The slot of the first point from `hash` on whose slot is available; -1 when no slot with a point is. */
  find(hash: number, available: Uint8Array): number {
    const { hashes, slots } = this
    const n = slots.length
    let low = 0
    let high = n
    while (low < high) {
      const middle = (low + high) >> 1
      if (hashes[middle]! < hash) low = middle + 1
      else high = middle
    }
    for (let i = 0; i < n; i++) {
      const slot = slots[(low + i) % n]!
      if (available[slot] === 1) return slot
    }
    return -1
  }
}
