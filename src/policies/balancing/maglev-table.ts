/**
 * The lookup table of Maglev (D. Eisenbud et al., NSDI 2016): each slot walks over the table in an order of its own,
 * and in turn, by weight, they take the next free entry of their walks. So shares are nearly exact, and few keys move
 * when a slot leaves.
 */
import { hashPair } from './hashing.ts'

const OFFSET = 0x4f464653
const SKIP = 0x534b4950

/** `slots`: those that take part, at least one with a weight above 0; `size` is prime. The slot of each entry. */
export function maglevTable(slots: readonly number[], weights: Float64Array, size: number): Int32Array {
  const table = new Int32Array(size).fill(-1)
  const heaviest = Math.max(...slots.map((slot) => weights[slot]!))
  const walks = slots
    .filter((slot) => weights[slot]! > 0)
    .map((slot) => ({
      slot,
      weight: weights[slot]! / heaviest,
      at: hashPair(slot, OFFSET) % size,
      skip: (hashPair(slot, SKIP) % (size - 1)) + 1,
      /** Entries that it should have, when its turn is one. */
      target: 0,
    }))
  let filled = 0
  for (let turn = 1; filled < size; turn++) {
    for (const walk of walks) {
      if (filled === size) break
      // As in Envoy: a lighter slot leaves turns out.
      if (turn * walk.weight < walk.target) continue
      walk.target++
      while (table[walk.at] !== -1) walk.at = (walk.at + walk.skip) % size
      table[walk.at] = walk.slot
      filled++
    }
  }
  return table
}
