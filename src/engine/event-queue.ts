/**
 * The pending events, smallest time first and, at equal times, in the order in which they were scheduled. An event
 * is (time, sequence, kind, a, b), numbers only. Up to some dozens of events are a linked list in rising order: what
 * is scheduled is mostly due before most others, and walking past a few costs less than the mispredicted branches of a
 * heap. More of them are a binary heap. There, popping leaves a hole at the root that the next push fills: most
 * handlers schedule one successor, which then costs a single sift. Events that are due in the order in which they are
 * scheduled, as messages over a link of constant latency are, wait in a line beside it and cost neither walk nor sift.
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
  /** Without the line. */
  private size = 0
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
  /** The first slot and the last of the line, in rising order; the first is -1 where there is none. */
  private line = -1
  private lineEnd = -1
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

  /** Like `push`, for events that are mostly due after those pushed so before. */
  pushBehind(time: number, kind: number, a: number, b: number): void {
    const order = this.sequence++
    const slot = this.slotFor(time, order, kind, a, b)
    const { line, lineEnd, fields } = this
    if (line >= 0 && time < this.due[lineEnd >> 1]!) {
      this.place(slot, time, order)
      return
    }
    fields[slot + NEXT] = -1
    if (line < 0) this.line = slot
    else fields[lineEnd + NEXT] = slot
    this.lineEnd = slot
  }

  private insert(time: number, order: number, kind: number, a: number, b: number): void {
    this.place(this.slotFor(time, order, kind, a, b), time, order)
  }

  /** A slot that holds the event and is nowhere yet. */
  private slotFor(time: number, order: number, kind: number, a: number, b: number): number {
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
    return slot
  }

  /** Puts the slot into the list or heap. */
  private place(slot: number, time: number, order: number): void {
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

  /** How many events are pending. */
  get count(): number {
    let count = this.size
    for (let slot = this.line; slot >= 0; slot = this.fields[slot + NEXT]!) count++
    return count
  }

  /** Time of the first event; Infinity when there is none. */
  peekTime(): number {
    if (this.hole) this.fill()
    const { line } = this
    const slot = this.isHeap ? this.slot[0]! : this.head
    const first = line >= 0 && (slot < 0 || this.isBefore(line, slot)) ? line : slot
    return first < 0 ? Number.POSITIVE_INFINITY : this.due[first >> 1]!
  }

  /** Whether there is no event up to `time`. */
  isClearUntil(time: number): boolean {
    const { line, head, due } = this
    if (line >= 0 && !(due[line >> 1]! > time)) return false
    if (this.isHeap) return this.isHeapClearUntil(time)
    return head < 0 || due[head >> 1]! > time
  }

  private isHeapClearUntil(time: number): boolean {
    const { size, time: times } = this
    if (!this.hole) return times[0]! > time
    return !(size > 0 && times[1]! <= time) && !(size > 1 && times[2]! <= time)
  }

  /** Takes the first event before `limit` out into `popped*`; false when there is none. */
  popBefore(limit: number): boolean {
    if (this.hole) this.fill()
    const { isHeap, fields, line } = this
    const other = isHeap ? this.slot[0]! : this.head
    const inLine = line >= 0 && (other < 0 || this.isBefore(line, other))
    const slot = inLine ? line : other
    if (slot < 0) return false
    const time = this.due[slot >> 1]!
    if (!(time < limit)) return false
    if (inLine) {
      this.line = fields[slot + NEXT]!
    } else {
      this.size--
      this.hole = isHeap
      if (!isHeap) this.head = fields[slot + NEXT]!
    }
    this.poppedTime = time
    this.poppedKind = fields[slot]!
    this.poppedA = fields[slot + 1]!
    this.poppedB = fields[slot + 2]!
    fields[slot + NEXT] = this.free
    this.free = slot
    return true
  }

  /** Whether the event of slot `a` comes before that of slot `b`. */
  private isBefore(a: number, b: number): boolean {
    const { due } = this
    const timeA = due[a >> 1]!
    const timeB = due[b >> 1]!
    return timeA < timeB || (timeA === timeB && due[(a >> 1) + 1]! < due[(b >> 1) + 1]!)
  }

  /** Calls `visit` with what each pending event of that kind carries, in no order that matters. */
  forEach(kind: number, visit: (a: number, b: number) => void): void {
    for (const slots of [this.slots(), this.chain(this.line)]) {
      for (const slot of slots) {
        if (this.fields[slot] === kind) visit(this.fields[slot + 1]!, this.fields[slot + 2]!)
      }
    }
  }

  /** The slots of the list or heap, in its order. */
  private slots(): Int32Array {
    if (this.hole) this.fill()
    return this.isHeap ? this.slot.slice(0, this.size) : this.chain(this.head)
  }

  /** The slots that are linked from `first` on. */
  private chain(first: number): Int32Array {
    const slots: number[] = []
    for (let slot = first; slot >= 0; slot = this.fields[slot + NEXT]!) slots.push(slot)
    return Int32Array.from(slots)
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

  /** Plain data: the pending events as columns, in the order of the list or heap, and of the line. */
  save(): EventQueueState {
    return {
      isHeap: this.isHeap,
      sequence: this.sequence,
      firstSequence: this.firstSequence,
      main: this.columnsOf(this.slots()),
      line: this.columnsOf(this.chain(this.line)),
    }
  }

  private columnsOf(slots: Int32Array): EventColumns {
    return {
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
    this.end = 0
    this.size = state.main.time.length
    // The columns lie as the list or heap did, and so do the slots.
    this.head = this.chainOf(state.main)
    for (let i = 0; i < this.size; i++) {
      this.time[i] = state.main.time[i]!
      this.slot[i] = i * FIELDS
    }
    this.line = this.chainOf(state.line)
    this.lineEnd = this.end - FIELDS
    this.sequence = state.sequence
    this.firstSequence = state.firstSequence
  }

  /** The first of new slots, linked, that hold these events; -1 where there are none. */
  private chainOf({ time, order, kind, a, b }: EventColumns): number {
    const first = this.end
    for (let i = 0; i < time.length; i++) {
      const slot = this.newSlot()
      this.due[slot >> 1] = time[i]!
      this.due[(slot >> 1) + 1] = order[i]!
      this.fields[slot] = kind[i]!
      this.fields[slot + 1] = a[i]!
      this.fields[slot + 2] = b[i]!
      this.fields[slot + NEXT] = i + 1 < time.length ? this.end : -1
    }
    return time.length > 0 ? first : -1
  }
}

type EventColumns = {
  readonly time: Float64Array
  readonly order: Float64Array
  readonly kind: Uint8Array
  readonly a: Int32Array
  readonly b: Int32Array
}

export type EventQueueState = {
  readonly isHeap: boolean
  readonly sequence: number
  readonly firstSequence: number
  readonly main: EventColumns
  readonly line: EventColumns
}
