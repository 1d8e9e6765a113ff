/**
 * The rows of everything that is under way: requests, legs and the branches of a parallel step. The model's files
 * register the fields of a row as columns. The fields of a row lie side by side, since a row that has waited is no
 * longer in the nearest cache: a column is a view of one array per type that starts at the place of its field, and
 * the handle of row i is i x stride, so that `column[handle]` is the field. Handles are used again: an event that may
 * outlive its row carries the row's generation.
 */
import { grown } from './typed.ts'

type Registered = { readonly offset: number; assign(from: Block, offset: number): void }
/** One array per type, `stride` elements per row in each. */
type Block = { ints: Int32Array; floats: Float64Array }

export class LegTable {
  /** Rows in use. */
  live = 0
  /** Elements from one row to the next; 0 before the first row, after which no column can be added. */
  stride = 0
  /** Every handle that has been in use at some time is below this. */
  end = 0
  generation: Int32Array = new Int32Array(0)
  private capacity = 0
  private free: Int32Array = new Int32Array(0)
  private freeCount = 0
  private block: Block = emptyBlock(0)
  private readonly columns: Registered[] = []
  /** Elements of a row so far, by type. */
  private readonly widths: Record<keyof Block, number> = { ints: 0, floats: 0 }

  constructor() {
    this.int32((array) => {
      this.generation = array
    })
  }

  /** `width`: number of elements, at `handle`, `handle + 1`, ... */
  int32(assign: (array: Int32Array) => void, width = 1): void {
    this.register('ints', width, (from, offset) => assign(from.ints.subarray(offset)))
  }

  float64(assign: (array: Float64Array) => void, width = 1): void {
    this.register('floats', width, (from, offset) => assign(from.floats.subarray(offset)))
  }

  private register(type: keyof Block, width: number, assign: Registered['assign']): void {
    if (this.stride > 0) throw new Error('a column was added to a table that has rows')
    this.columns.push({ offset: this.widths[type], assign })
    this.widths[type] += width
  }

  /** The handle of a row whose fields hold whatever its last user left. */
  alloc(): number {
    this.live++
    if (this.freeCount > 0) return this.free[--this.freeCount]!
    if (this.end === this.capacity * this.stride) this.resize(Math.max(16, this.capacity * 2))
    const handle = this.end
    this.end += this.stride
    return handle
  }

  release(leg: number): void {
    this.live--
    this.generation[leg] = (this.generation[leg]! + 1) | 0
    this.free[this.freeCount++] = leg
  }

  private resize(capacity: number): void {
    const { ints, floats } = this.widths
    this.stride = Math.max(ints, floats)
    this.capacity = capacity
    const next = emptyBlock(capacity * this.stride)
    next.ints.set(this.block.ints)
    next.floats.set(this.block.floats)
    this.block = next
    this.free = grown(this.free, capacity)
    for (const { assign, offset } of this.columns) assign(next, offset)
  }

  /** Bytes of one row over all columns. */
  get bytesPerRow(): number {
    return this.stride * (4 + 8) + 4
  }

  save(): LegTableState {
    const { ints, floats } = this.block
    return {
      live: this.live,
      end: this.end,
      free: this.free.slice(0, this.freeCount),
      columns: [ints.slice(0, this.end), floats.slice(0, this.end)],
    }
  }

  load(state: LegTableState): void {
    const [ints, floats] = state.columns
    if (this.capacity === 0) this.resize(16)
    while (this.capacity * this.stride < state.end) this.resize(this.capacity * 2)
    this.live = state.live
    this.end = state.end
    this.freeCount = state.free.length
    this.free.set(state.free)
    this.block.ints.fill(0).set(ints)
    this.block.floats.fill(0).set(floats)
  }
}

function emptyBlock(length: number): Block {
  return {
    ints: new Int32Array(length),
    floats: new Float64Array(length),
  }
}

export type LegTableState = {
  live: number
  end: number
  free: Int32Array
  columns: [Int32Array, Float64Array]
}
