/**
 * SIEVE (Zhang, Yang, Yue, Vigfusson and Rashmi, NSDI 2024): a line in order of storing, in which hits move nothing but
 * mark. A hand goes from the oldest to the newest and round again, takes marks away as it passes, and evicts the first
 * entry without one; the next time it begins where it stopped.
 */
import { grown } from '../../engine/typed.ts'
import type { Eviction } from './eviction.ts'
import { SlotList } from './slot-list.ts'

export class Sieve implements Eviction {
  private readonly list: SlotList = new SlotList()
  private visited: Uint8Array = new Uint8Array(0)
  /** Where the hand stands; -1: it begins with the oldest. */
  private hand = -1

  grow(slots: number): void {
    this.list.grow(slots)
    this.visited = grown(this.visited, slots)
  }

  added(slot: number): void {
    this.visited[slot] = 0
    this.list.push(slot)
  }

  used(slot: number): void {
    this.visited[slot] = 1
  }

  removed(slot: number): void {
    if (slot === this.hand) this.hand = this.list.newer[slot]!
    this.list.remove(slot)
  }

  victim(): number {
    const { list, visited } = this
    let slot = this.hand < 0 ? list.oldest : this.hand
    while (visited[slot] === 1) {
      visited[slot] = 0
      slot = list.newer[slot]! < 0 ? list.oldest : list.newer[slot]!
    }
    this.hand = slot
    return slot
  }

  clear(): void {
    this.list.clear()
    this.hand = -1
  }

  save(): unknown {
    return { list: this.list.save(), visited: this.visited.slice(), hand: this.hand }
  }

  load(state: unknown): void {
    const from = state as { list: unknown; visited: Uint8Array; hand: number }
    this.list.load(from.list)
    this.visited = from.visited.slice()
    this.hand = from.hand
  }
}
