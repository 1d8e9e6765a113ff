/**
 * The pending events, smallest time first and, at equal times, in the order in which they were scheduled. An event
 * is (time, sequence, kind, a, b), numbers only. Up to some dozens of events lie in a list in falling order, whose
 * last one is next: moving a few numbers costs less than the mispredicted branches of a heap. More of them are a
 * binary heap. There, popping leaves a hole at the root that the next push fills: most handlers schedule one
 * successor, which then costs a single sift.
 */
import { FLOAT_ZERO, grown } from './typed.ts'

/** Sequence numbers below this belong to events that run before all others of their instant. */
const FIRST = -9007199254740991
/** A list that grows above the first becomes a heap, a heap that shrinks below the second a list. */
const LONGEST_LIST = 64
const SMALLEST_HEAP = 32

export class EventQueue {
  size = 0
  private capacity = 64
  private isHeap = false
  private hole = false
  private sequence = 0
  private firstSequence = FIRST
  /** In the order of the list or heap: the time, and the slot of everything else. */
  private time = new Float64Array(this.capacity)
  private slot = new Int32Array(this.capacity)
  /** By slot. */
  private order = new Float64Array(this.capacity)
  private kind = new Uint8Array(this.capacity)
  private a = new Int32Array(this.capacity)
  private b = new Int32Array(this.capacity)
  private freeSlot = new Int32Array(this.capacity)
  private freeCount = 0
  private slotCount = 0

  /** The event that `pop` took out. */
  poppedTime: number = FLOAT_ZERO
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
    this.order[slot] = order
    this.kind[slot] = kind
    this.a[slot] = a
    this.b[slot] = b
    const size = this.size++
    if (!this.isHeap) {
      this.insertIntoList(size, time, order, slot)
      if (size === LONGEST_LIST) this.becomeHeap()
    } else if (this.hole) {
      this.hole = false
      this.siftDown(time, order, slot)
    } else {
      this.siftUp(size, time, order, slot)
    }
  }

  /** Time of the first event; Infinity when there is none. */
  peekTime(): number {
    if (this.hole) this.fill()
    if (this.size === 0) return Number.POSITIVE_INFINITY
    return this.time[this.isHeap ? 0 : this.size - 1]!
  }

  /** Whether there is no event up to `time`. */
  isClearUntil(time: number): boolean {
    const { size, time: times } = this
    if (size === 0) return true
    if (!this.isHeap) return times[size - 1]! > time
    if (!this.hole) return times[0]! > time
    return times[1]! > time && !(size > 1 && times[2]! <= time)
  }

  /** Takes the first event out into `popped*`; there must be one and `peekTime` must have been called. */
  pop(): void {
    const last = --this.size
    const at = this.isHeap ? 0 : last
    this.hole = this.isHeap
    const slot = this.slot[at]!
    this.poppedTime = this.time[at]!
    this.poppedKind = this.kind[slot]!
    this.poppedA = this.a[slot]!
    this.poppedB = this.b[slot]!
    this.freeSlot[this.freeCount++] = slot
  }

  /** Calls `visit` with what each pending event of that kind carries, in no order that matters. */
  forEach(kind: number, visit: (a: number, b: number) => void): void {
    if (this.hole) this.fill()
    for (let i = 0; i < this.size; i++) {
      const slot = this.slot[i]!
      if (this.kind[slot] === kind) visit(this.a[slot]!, this.b[slot]!)
    }
  }

  private insertIntoList(size: number, time: number, order: number, slot: number): void {
    const { time: times, slot: slots } = this
    let i = size
    while (i > 0) {
      const before = times[i - 1]!
      if (before > time || (before === time && this.order[slots[i - 1]!]! > order)) break
      times[i] = before
      slots[i] = slots[i - 1]!
      i--
    }
    times[i] = time
    slots[i] = slot
  }

  private becomeHeap(): void {
    this.isHeap = true
    // Rising order is a heap.
    this.time.subarray(0, this.size).reverse()
    this.slot.subarray(0, this.size).reverse()
  }

  private becomeList(): void {
    this.isHeap = false
    const times = this.time.slice(0, this.size)
    const slots = this.slot.slice(0, this.size)
    for (let i = 0; i < times.length; i++) {
      this.insertIntoList(i, times[i]!, this.order[slots[i]!]!, slots[i]!)
    }
  }

  private fill(): void {
    this.hole = false
    const last = this.size
    if (last > 0) this.siftDown(this.time[last]!, this.order[this.slot[last]!]!, this.slot[last]!)
    if (last < SMALLEST_HEAP) this.becomeList()
  }

  private siftUp(start: number, time: number, order: number, slot: number): void {
    const { time: times, order: orders, slot: slots } = this
    let i = start
    while (i > 0) {
      const parent = (i - 1) >> 1
      const parentTime = times[parent]!
      if (parentTime < time || (parentTime === time && orders[slots[parent]!]! < order)) break
      times[i] = parentTime
      slots[i] = slots[parent]!
      i = parent
    }
    times[i] = time
    slots[i] = slot
  }

  private siftDown(time: number, order: number, slot: number): void {
    const { time: times, order: orders, slot: slots, size } = this
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= size) break
      let childTime = times[child]!
      const right = child + 1
      if (right < size) {
        const rightTime = times[right]!
        if (
          rightTime < childTime ||
          (rightTime === childTime && orders[slots[right]!]! < orders[slots[child]!]!)
        ) {
          child = right
          childTime = rightTime
        }
      }
      if (time < childTime || (time === childTime && order < orders[slots[child]!]!)) break
      times[i] = childTime
      slots[i] = slots[child]!
      i = child
    }
    times[i] = time
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

  /** Plain data: the pending events as columns, in the order of the list or heap. */
  save(): EventQueueState {
    if (this.hole) this.fill()
    const slots = this.slot.slice(0, this.size)
    return {
      isHeap: this.isHeap,
      sequence: this.sequence,
      firstSequence: this.firstSequence,
      time: this.time.slice(0, this.size),
      order: Float64Array.from(slots, (slot) => this.order[slot]!),
      kind: Uint8Array.from(slots, (slot) => this.kind[slot]!),
      a: Int32Array.from(slots, (slot) => this.a[slot]!),
      b: Int32Array.from(slots, (slot) => this.b[slot]!),
    }
  }

  load(state: EventQueueState): void {
    this.isHeap = state.isHeap
    this.hole = false
    this.freeCount = 0
    this.slotCount = 0
    // The columns lie as the list or heap did: slots are 0, 1, 2, ...
    for (let i = 0; i < state.time.length; i++) {
      const slot = this.newSlot()
      this.time[i] = state.time[i]!
      this.slot[i] = slot
      this.order[slot] = state.order[i]!
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
  isHeap: boolean
  sequence: number
  firstSequence: number
  time: Float64Array
  order: Float64Array
  kind: Uint8Array
  a: Int32Array
  b: Int32Array
}
