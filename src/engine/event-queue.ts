/**
 * The pending events, smallest time first and, at equal times, in the order in which they were scheduled. An event
 * is (time, sequence, kind, a, b), numbers only. Up to some dozens of events are a linked list in rising order: what
 * is scheduled is mostly due before most others, and walking past a few costs less than the mispredicted branches of a
 * heap. More of them are a binary heap. There, popping leaves a hole at the root that the next push fills: most
 * handlers schedule one successor, which then costs a single sift.
 */
import { FLOAT_ZERO, grown } from './typed.ts'

/** Sequence numbers below this belong to events that run before all others of their instant. */
const FIRST = -9007199254740991
/** A list that grows above the first becomes a heap, a heap that shrinks below the second a list. */
const LONGEST_LIST = 64
const SMALLEST_HEAP = 32
/** Integers of a slot: kind, a, b, and the slot that comes next. A slot is the index of its kind. */
const FIELDS = 4
const NEXT = 3

export class EventQueue {
  size = 0
  private capacity = 64
  private isHeap = false
  private hole = false
  private sequence = 0
  private firstSequence = FIRST
  /** Every event has a slot: its fields, and at half the index its time and its sequence number. */
  private fields = new Int32Array(this.capacity * FIELDS)
  private due = new Float64Array(this.capacity * 2)
  /** Slots from here on have not been used. */
  private end = 0
  /** The first slot of the list, and the first free one; -1. */
  private head = -1
  private free = -1
  /** The heap: times and slots. */
  private time = new Float64Array(this.capacity)
  private slot = new Int32Array(this.capacity)

  /** The event that `popBefore` took out. */
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
    let slot = this.free
    if (slot >= 0) this.free = this.fields[slot + NEXT]!
    else slot = this.newSlot()
    const { fields, due } = this
    fields[slot] = kind
    fields[slot + 1] = a
    fields[slot + 2] = b
    const half = slot >> 1
    due[half] = time
    due[half + 1] = order
    const size = this.size++
    if (!this.isHeap) {
      this.insertIntoList(time, order, slot)
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
    return this.isHeap ? this.time[0]! : this.due[this.head >> 1]!
  }

  /** Whether there is no event up to `time`. */
  isClearUntil(time: number): boolean {
    const { size, time: times } = this
    if (size === 0) return true
    if (!this.isHeap) return this.due[this.head >> 1]! > time
    if (!this.hole) return times[0]! > time
    return times[1]! > time && !(size > 1 && times[2]! <= time)
  }

  /** Takes the first event before `limit` out into `popped*`; false when there is none. */
  popBefore(limit: number): boolean {
    if (this.hole) this.fill()
    const { isHeap, fields } = this
    if (this.size === 0) return false
    const slot = isHeap ? this.slot[0]! : this.head
    const time = this.due[slot >> 1]!
    if (!(time < limit)) return false
    this.size--
    this.hole = isHeap
    if (!isHeap) this.head = fields[slot + NEXT]!
    this.poppedTime = time
    this.poppedKind = fields[slot]!
    this.poppedA = fields[slot + 1]!
    this.poppedB = fields[slot + 2]!
    fields[slot + NEXT] = this.free
    this.free = slot
    return true
  }

  /** Calls `visit` with what each pending event of that kind carries, in no order that matters. */
  forEach(kind: number, visit: (a: number, b: number) => void): void {
    for (const slot of this.slots()) {
      if (this.fields[slot] === kind) visit(this.fields[slot + 1]!, this.fields[slot + 2]!)
    }
  }

  /** The slots of all events, in the order of the list or heap. */
  private slots(): Int32Array {
    if (this.hole) this.fill()
    if (this.isHeap) return this.slot.slice(0, this.size)
    const slots = new Int32Array(this.size)
    for (let i = 0, slot = this.head; slot >= 0; slot = this.fields[slot + NEXT]!) slots[i++] = slot
    return slots
  }

  private insertIntoList(time: number, order: number, slot: number): void {
    const { due, fields } = this
    let before = -1
    let next = this.head
    while (next >= 0) {
      const half = next >> 1
      const other = due[half]!
      if (other > time || (other === time && due[half + 1]! > order)) break
      before = next
      next = fields[next + NEXT]!
    }
    fields[slot + NEXT] = next
    if (before < 0) this.head = slot
    else fields[before + NEXT] = slot
  }

  private becomeHeap(): void {
    // Rising order is a heap.
    this.slots().forEach((slot, i) => {
      this.slot[i] = slot
      this.time[i] = this.due[slot >> 1]!
    })
    this.isHeap = true
  }

  private becomeList(): void {
    const slots = this.slots()
    this.isHeap = false
    this.head = -1
    for (const slot of slots) this.insertIntoList(this.due[slot >> 1]!, this.orderOf(slot), slot)
  }

  private fill(): void {
    this.hole = false
    const last = this.size
    if (last > 0) this.siftDown(this.time[last]!, this.orderOf(this.slot[last]!), this.slot[last]!)
    if (last < SMALLEST_HEAP) this.becomeList()
  }

  private siftUp(start: number, time: number, order: number, slot: number): void {
    const { time: times, slot: slots } = this
    let i = start
    while (i > 0) {
      const parent = (i - 1) >> 1
      const parentTime = times[parent]!
      if (parentTime < time || (parentTime === time && this.orderOf(slots[parent]!) < order)) break
      times[i] = parentTime
      slots[i] = slots[parent]!
      i = parent
    }
    times[i] = time
    slots[i] = slot
  }

  private siftDown(time: number, order: number, slot: number): void {
    const { time: times, slot: slots, size } = this
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
          (rightTime === childTime && this.orderOf(slots[right]!) < this.orderOf(slots[child]!))
        ) {
          child = right
          childTime = rightTime
        }
      }
      if (time < childTime || (time === childTime && order < this.orderOf(slots[child]!))) break
      times[i] = childTime
      slots[i] = slots[child]!
      i = child
    }
    times[i] = time
    slots[i] = slot
  }

  private orderOf(slot: number): number {
    return this.due[(slot >> 1) + 1]!
  }

  private newSlot(): number {
    if (this.end === this.capacity * FIELDS) {
      this.capacity *= 2
      this.fields = grown(this.fields, this.capacity * FIELDS)
      this.due = grown(this.due, this.capacity * 2)
      this.time = grown(this.time, this.capacity)
      this.slot = grown(this.slot, this.capacity)
    }
    const slot = this.end
    this.end += FIELDS
    return slot
  }

  /** Bytes held. */
  get bytes(): number {
    return this.capacity * (4 * FIELDS + 2 * 8 + 8 + 4)
  }

  /** Plain data: the pending events as columns, in the order of the list or heap. */
  save(): EventQueueState {
    const slots = this.slots()
    return {
      isHeap: this.isHeap,
      sequence: this.sequence,
      firstSequence: this.firstSequence,
      time: Float64Array.from(slots, (slot) => this.due[slot >> 1]!),
      order: Float64Array.from(slots, (slot) => this.orderOf(slot)),
      kind: Uint8Array.from(slots, (slot) => this.fields[slot]!),
      a: Int32Array.from(slots, (slot) => this.fields[slot + 1]!),
      b: Int32Array.from(slots, (slot) => this.fields[slot + 2]!),
    }
  }

  load(state: EventQueueState): void {
    this.isHeap = state.isHeap
    this.hole = false
    this.free = -1
    this.head = -1
    this.end = 0
    const { length } = state.time
    // The columns lie as the list or heap did, and so do the slots.
    for (let i = 0; i < length; i++) {
      const slot = this.newSlot()
      this.due[slot >> 1] = state.time[i]!
      this.due[(slot >> 1) + 1] = state.order[i]!
      this.fields[slot] = state.kind[i]!
      this.fields[slot + 1] = state.a[i]!
      this.fields[slot + 2] = state.b[i]!
      this.fields[slot + NEXT] = i + 1 < length ? this.end : -1
      this.time[i] = state.time[i]!
      this.slot[i] = slot
    }
    if (!state.isHeap && length > 0) this.head = 0
    this.size = length
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
