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
/** Numbers of a slot that lie side by side: kind, a, b, and the slot that comes next. */
const FIELDS = 4
const NEXT = 3

export class EventQueue {
  size = 0
  private capacity = 64
  private isHeap = false
  private hole = false
  private sequence = 0
  private firstSequence = FIRST
  /** Every event has a slot. */
  private due = new Float64Array(this.capacity)
  private order = new Float64Array(this.capacity)
  private fields = new Int32Array(this.capacity * FIELDS)
  private slotCount = 0
  /** The first slot of the list, and the first free one; -1. */
  private head = -1
  private free = -1
  /** The heap: times and slots. */
  private time = new Float64Array(this.capacity)
  private slot = new Int32Array(this.capacity)

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
    let slot = this.free
    if (slot >= 0) this.free = this.fields[slot * FIELDS + NEXT]!
    else slot = this.newSlot()
    const { fields } = this
    const at = slot * FIELDS
    this.due[slot] = time
    this.order[slot] = order
    fields[at] = kind
    fields[at + 1] = a
    fields[at + 2] = b
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
    return this.isHeap ? this.time[0]! : this.due[this.head]!
  }

  /** Whether there is no event up to `time`. */
  isClearUntil(time: number): boolean {
    const { size, time: times } = this
    if (size === 0) return true
    if (!this.isHeap) return this.due[this.head]! > time
    if (!this.hole) return times[0]! > time
    return times[1]! > time && !(size > 1 && times[2]! <= time)
  }

  /** Takes the first event before `limit` out into `popped*`; false when there is none. */
  popBefore(limit: number): boolean {
    if (this.hole) this.fill()
    const { isHeap, fields } = this
    if (this.size === 0) return false
    const slot = isHeap ? this.slot[0]! : this.head
    const time = this.due[slot]!
    if (!(time < limit)) return false
    const at = slot * FIELDS
    this.size--
    this.hole = isHeap
    if (!isHeap) this.head = fields[at + NEXT]!
    this.poppedTime = time
    this.poppedKind = fields[at]!
    this.poppedA = fields[at + 1]!
    this.poppedB = fields[at + 2]!
    fields[at + NEXT] = this.free
    this.free = slot
    return true
  }

  /** Calls `visit` with what each pending event of that kind carries, in no order that matters. */
  forEach(kind: number, visit: (a: number, b: number) => void): void {
    for (const slot of this.slots()) {
      const at = slot * FIELDS
      if (this.fields[at] === kind) visit(this.fields[at + 1]!, this.fields[at + 2]!)
    }
  }

  /** The slots of all events, in the order of the list or heap. */
  private slots(): Int32Array {
    if (this.hole) this.fill()
    if (this.isHeap) return this.slot.slice(0, this.size)
    const slots = new Int32Array(this.size)
    for (let i = 0, slot = this.head; slot >= 0; slot = this.fields[slot * FIELDS + NEXT]!) slots[i++] = slot
    return slots
  }

  private insertIntoList(time: number, order: number, slot: number): void {
    const { due, fields } = this
    let before = -1
    let next = this.head
    while (next >= 0) {
      const other = due[next]!
      if (other > time || (other === time && this.order[next]! > order)) break
      before = next
      next = fields[next * FIELDS + NEXT]!
    }
    fields[slot * FIELDS + NEXT] = next
    if (before < 0) this.head = slot
    else fields[before * FIELDS + NEXT] = slot
  }

  private becomeHeap(): void {
    // Rising order is a heap.
    this.slots().forEach((slot, i) => {
      this.slot[i] = slot
      this.time[i] = this.due[slot]!
    })
    this.isHeap = true
  }

  private becomeList(): void {
    const slots = this.slots()
    this.isHeap = false
    this.head = -1
    for (const slot of slots) this.insertIntoList(this.due[slot]!, this.order[slot]!, slot)
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
      this.due = grown(this.due, this.capacity)
      this.order = grown(this.order, this.capacity)
      this.time = grown(this.time, this.capacity)
      this.slot = grown(this.slot, this.capacity)
      this.fields = grown(this.fields, this.capacity * FIELDS)
    }
    return this.slotCount++
  }

  /** Bytes held. */
  get bytes(): number {
    return this.capacity * (8 + 8 + 4 * FIELDS + 8 + 4)
  }

  /** Plain data: the pending events as columns, in the order of the list or heap. */
  save(): EventQueueState {
    const slots = this.slots()
    return {
      isHeap: this.isHeap,
      sequence: this.sequence,
      firstSequence: this.firstSequence,
      time: Float64Array.from(slots, (slot) => this.due[slot]!),
      order: Float64Array.from(slots, (slot) => this.order[slot]!),
      kind: Uint8Array.from(slots, (slot) => this.fields[slot * FIELDS]!),
      a: Int32Array.from(slots, (slot) => this.fields[slot * FIELDS + 1]!),
      b: Int32Array.from(slots, (slot) => this.fields[slot * FIELDS + 2]!),
    }
  }

  load(state: EventQueueState): void {
    this.isHeap = state.isHeap
    this.hole = false
    this.free = -1
    this.head = -1
    this.slotCount = 0
    const { length } = state.time
    // The columns lie as the list or heap did: slots are 0, 1, 2, ...
    for (let i = 0; i < length; i++) {
      const slot = this.newSlot()
      const at = slot * FIELDS
      this.due[slot] = state.time[i]!
      this.order[slot] = state.order[i]!
      this.fields[at] = state.kind[i]!
      this.fields[at + 1] = state.a[i]!
      this.fields[at + 2] = state.b[i]!
      this.fields[at + NEXT] = i + 1 < length ? slot + 1 : -1
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
