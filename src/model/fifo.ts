/** First-in first-out queues of rows, one per replica, threaded through the `next` column: a row waits once. */
import { loadFields, saveFields } from '../engine/typed.ts'
import type { Legs } from './legs.ts'

export class Fifo {
  readonly length: Int32Array
  private readonly head: Int32Array
  private readonly tail: Int32Array
  private readonly legs: Legs

  constructor(legs: Legs, count: number) {
    this.legs = legs
    this.length = new Int32Array(count)
    this.head = new Int32Array(count).fill(-1)
    this.tail = new Int32Array(count).fill(-1)
  }

  push(queue: number, row: number): void {
    const { next } = this.legs
    next[row] = -1
    if (this.length[queue]!++ === 0) this.head[queue] = row
    else next[this.tail[queue]!] = row
    this.tail[queue] = row
  }

  /** The first row; -1 when there is none. */
  first(queue: number): number {
    return this.length[queue] === 0 ? -1 : this.head[queue]!
  }

  /** Takes the first row out; there must be one. */
  pop(queue: number): number {
    const row = this.head[queue]!
    this.head[queue] = this.legs.next[row]!
    this.length[queue]!--
    return row
  }

  /** Takes `row` out, wherever it stands: O(length). */
  remove(queue: number, row: number): void {
    const { next } = this.legs
    if (this.head[queue] === row) {
      this.pop(queue)
      return
    }
    let before = this.head[queue]!
    while (next[before] !== row) before = next[before]!
    next[before] = next[row]!
    if (this.tail[queue] === row) this.tail[queue] = before
    this.length[queue]!--
  }

  clear(queue: number): void {
    this.length[queue] = 0
    this.head[queue] = -1
    this.tail[queue] = -1
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['length', 'head', 'tail']
