/**
 * The pending events, smallest time first and, at equal times, in the order in which they were
 * scheduled. A binary heap over typed arrays; an event is (time, sequence, kind, a, b), numbers only.
 * Popping leaves a hole at the root that the next push fills: most handlers schedule one successor,
 * which then costs a single sift.
 */
import { grown } from './typed.ts'

/** Sequence numbers below this belong to events that run before all others of their instant. */
const FIRST = -9007199254740991

export class EventQueue {
  size = 0
  private capacity = 64
  private hole = false
  private sequence = 0
  private firstSequence = FIRST
  private time = new Float64Array(this.capacity)
  private order = new Float64Array(this.capacity)
  private slot = new Int32Array(this.capacity)
  private kind = new Uint8Array(this.capacity)
  private a = new Int32Array(this.capacity)
  private b = new Int32Array(this.capacity)
  private freeSlot = new Int32Array(this.capacity)
  private freeCount = 0
  private slotCount = 0

  /** The event that `pop` took out. */
  poppedTime = 0
  poppedKind = 0
  poppedA = 0
  poppedB = 0

  push(time: number, kind: number, a: number, b: number): void {
    this.insert(time, this.sequence++, kind, a, b)
  }

  /** Like `push`, but before every event pushed for the same instant by `push`. */
  pushFirst(time: number, kind: number, a: number, b: number): void {
    this.insert(time, this.firstSequence++, kind, a, b)
  }

  private insert(time: number, order: number, kind: number, a: number, b: number): void {
    const slot = this.freeCount > 0 ? this.freeSlot[--this.freeCount]! : this.newSlot()
    this.kind[slot] = kind
    this.a[slot] = a
    this.b[slot] = b
    if (this.hole) {
      this.hole = false
      this.size++
      this.siftDown(time, order, slot)
    } else {
      this.siftUp(this.size++, time, order, slot)
    }
  }

  /** Time of the first event; Infinity when there is none. */
  peekTime(): number {
    if (this.hole) this.fill()
    return this.size > 0 ? this.time[0]! : Number.POSITIVE_INFINITY
  }

  /** The same as `peekTime`, but leaves the hole to be filled by the next push. */
  nextTime(): number {
    const { size, time } = this
    if (size === 0) return Number.POSITIVE_INFINITY
    if (!this.hole) return time[0]!
    return size > 1 && time[2]! < time[1]! ? time[2]! : time[1]!
  }

  /** Takes the first event out into `popped*`; there must be one and `peekTime` must have been called. */
  pop(): void {
    const slot = this.slot[0]!
    this.poppedTime = this.time[0]!
    this.poppedKind = this.kind[slot]!
    this.poppedA = this.a[slot]!
    this.poppedB = this.b[slot]!
    this.freeSlot[this.freeCount++] = slot
    this.hole = true
    this.size--
  }

  private fill(): void {
    this.hole = false
    const last = this.size
    if (last > 0) this.siftDown(this.time[last]!, this.order[last]!, this.slot[last]!)
  }

  private siftUp(start: number, time: number, order: number, slot: number): void {
    const times = this.time
    const orders = this.order
    const slots = this.slot
    let i = start
    while (i > 0) {
      const parent = (i - 1) >> 1
      const parentTime = times[parent]!
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break
      times[i] = parentTime
      orders[i] = orders[parent]!
      slots[i] = slots[parent]!
      i = parent
    }
    times[i] = time
    orders[i] = order
    slots[i] = slot
  }

  private siftDown(time: number, order: number, slot: number): void {
    const times = this.time
    const orders = this.order
    const slots = this.slot
    const size = this.size
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= size) break
      let childTime = times[child]!
      const right = child + 1
      if (right < size) {
        const rightTime = times[right]!
        if (rightTime < childTime || (rightTime === childTime && orders[right]! < orders[child]!)) {
          child = right
          childTime = rightTime
        }
      }
      if (time < childTime || (time === childTime && order < orders[child]!)) break
      times[i] = childTime
      orders[i] = orders[child]!
      slots[i] = slots[child]!
      i = child
    }
    times[i] = time
    orders[i] = order
    slots[i] = slot
  }

  private newSlot(): number {
    if (this.slotCount === this.capacity) {
      this.capacity *= 2
      this.time = grown(this.time, this.capacity)
      this.order = grown(this.order, this.capacity)
      this.slot = grown(this.slot, this.capacity)
      this.kind = grown(this.kind, this.capacity)
      this.a = grown(this.a, this.capacity)
      this.b = grown(this.b, this.capacity)
      this.freeSlot = grown(this.freeSlot, this.capacity)
    }
    return this.slotCount++
  }

  /** Bytes held. */
  get bytes(): number {
    return this.capacity * (8 + 8 + 4 + 1 + 4 + 4 + 4)
  }

  /** Plain data: the pending events as columns, in heap order. */
  save(): EventQueueState {
    if (this.hole) this.fill()
    const slots = this.slot.slice(0, this.size)
    return {
      sequence: this.sequence,
      firstSequence: this.firstSequence,
      time: this.time.slice(0, this.size),
      order: this.order.slice(0, this.size),
      kind: Uint8Array.from(slots, (slot) => this.kind[slot]!),
      a: Int32Array.from(slots, (slot) => this.a[slot]!),
      b: Int32Array.from(slots, (slot) => this.b[slot]!),
    }
  }

  load(state: EventQueueState): void {
    this.size = 0
    this.hole = false
    this.freeCount = 0
    this.slotCount = 0
    // Heap order is already a heap, and columns in heap order need no sifting: slots are 0, 1, 2, ...
    for (let i = 0; i < state.time.length; i++) {
      const slot = this.newSlot()
      this.time[i] = state.time[i]!
      this.order[i] = state.order[i]!
      this.slot[i] = slot
      this.kind[slot] = state.kind[i]!
      this.a[slot] = state.a[i]!
      this.b[slot] = state.b[i]!
    }
    this.size = state.time.length
    this.sequence = state.sequence
    this.firstSequence = state.firstSequence
  }
}

export type EventQueueState = {
  sequence: number
  firstSequence: number
  time: Float64Array
  order: Float64Array
  kind: Uint8Array
  a: Int32Array
  b: Int32Array
}
