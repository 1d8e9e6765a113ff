/**
 * Who waits, where that is not first come, first served everywhere: queues of rows, each in its own order, threaded through the `next` column and one of its own. Every operation is O(1), or O(levels).
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import type { CoreOrder } from '../scenario/overload-types.ts'
import type { ClassSpec } from './compile/compiled.ts'
import type { Legs } from './legs.ts'
import { LEG } from './legs.ts'

/** What `FifoCores` needs of a queue; `Fifo` is another one. */
export interface RowQueue {
  readonly length: Int32Array
  push(queue: number, row: number): void
  /** The row that has waited longest; -1 when there is none. */
  first(queue: number): number
  /** Takes the next row out; there must be one. */
  pop(queue: number): number
  remove(queue: number, row: number): void
  clear(queue: number): void
  save(): unknown
  load(state: unknown): void
}

const OLDEST = 0
const NEWEST = 1
const ADAPTIVE = 2
const PRIORITY = 3
const ORDERS: Readonly<Record<CoreOrder, number>> = {
  fifo: OLDEST,
  lifo: NEWEST,
  'adaptive-lifo': ADAPTIVE,
  priority: PRIORITY,
}

/** Seconds without an empty queue after which there is a backlog. */
export const BACKLOG_AFTER = 0.1

export class CoreQueue implements RowQueue {
  readonly length: Int32Array
  private readonly head: Int32Array
  private readonly tail: Int32Array
  private readonly order: Uint8Array
  /** When the queue was empty last. */
  private readonly emptyAt: Float64Array
  /** Level of each class: 0 for the most important. */
  private readonly levelOf: Int32Array
  private readonly levels: number
  private readonly legs: Legs
  private readonly kernel: Kernel
  private prev: Int32Array = new Int32Array(0)

  /** `orders`: that of each queue. */
  constructor(legs: Legs, kernel: Kernel, classes: readonly ClassSpec[], orders: readonly CoreOrder[]) {
    this.legs = legs
    this.kernel = kernel
    const priorities = [...new Set(classes.map((item) => item.priority))].sort((a, b) => a - b)
    this.levelOf = Int32Array.from(classes, (item) => priorities.indexOf(item.priority))
    this.levels = priorities.length
    this.length = new Int32Array(orders.length)
    this.head = new Int32Array(orders.length * this.levels).fill(-1)
    this.tail = new Int32Array(orders.length * this.levels).fill(-1)
    this.order = Uint8Array.from(orders, (order) => ORDERS[order]!)
    this.emptyAt = new Float64Array(orders.length)
    legs.int32((array) => {
      this.prev = array
    })
  }

  private listOf(queue: number, row: number): number {
    const level = this.order[queue] === PRIORITY ? this.levelOf[this.legs.cls[row]!]! : 0
    return queue * this.levels + level
  }

  push(queue: number, row: number): void {
    const { next } = this.legs
    const { prev, head, tail } = this
    if (this.length[queue]!++ === 0) this.emptyAt[queue] = this.kernel.now
    const list = this.listOf(queue, row)
    const last = tail[list]!
    next[row] = -1
    prev[row] = last
    if (last < 0) head[list] = row
    else next[last] = row
    tail[list] = row
  }

  first(queue: number): number {
    const { head, levels, legs } = this
    let oldest = -1
    for (let level = 0; level < levels; level++) {
      const row = head[queue * levels + level]!
      if (row >= 0 && (oldest < 0 || legs.since[row]! < legs.since[oldest]!)) oldest = row
    }
    return oldest
  }

  pop(queue: number): number {
    const { order, levels, head, tail } = this
    let list = queue * levels
    let row = head[list]!
    if (order[queue] === PRIORITY) {
      while (row < 0) row = head[++list]!
    } else if (
      order[queue] === NEWEST ||
      (order[queue] === ADAPTIVE && this.kernel.now - this.emptyAt[queue]! > BACKLOG_AFTER)
    ) {
      row = tail[list]!
    }
    this.remove(queue, row)
    return row
  }

  remove(queue: number, row: number): void {
    const { next } = this.legs
    const { prev, head, tail } = this
    const list = this.listOf(queue, row)
    const before = prev[row]!
    const after = next[row]!
    if (before < 0) head[list] = after
    else next[before] = after
    if (after < 0) tail[list] = before
    else prev[after] = before
    this.length[queue]!--
  }

  /** The newest of the least important rows that wait, if it is less important than class `cls` and `may` go; -1. */
  lessImportant(queue: number, cls: number, may: (row: number) => boolean): number {
    const { prev, tail, levels } = this
    for (let level = levels - 1; level > this.levelOf[cls]!; level--) {
      for (let row = tail[queue * levels + level]!; row >= 0; row = prev[row]!) {
        if (may(row)) return row
      }
    }
    return -1
  }

  clear(queue: number): void {
    this.length[queue] = 0
    const first = queue * this.levels
    this.head.fill(-1, first, first + this.levels)
    this.tail.fill(-1, first, first + this.levels)
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['length', 'head', 'tail', 'emptyAt']

/** A leg that has waited for nothing and done nothing at its service before: it may still be refused. */
export function isFresh(legs: Legs, row: number): boolean {
  return legs.kind[row] === LEG && legs.since[row] === legs.start[row]
}
