/**
 * The rows of everything that is under way: requests, legs and the branches of a parallel step.
 * A row is an integer handle; its fields are columns, typed arrays that the model's files register.
 * Handles are reused, so an event that may outlive its row carries the row's generation.
 */
import { type Column, grown } from './typed.ts'

type Registered = { array: Column; stride: number; assign(array: Column): void }

export class LegTable {
  /** Rows in use. */
  live = 0
  /** Handles below this have been in use at some time. */
  used = 0
  generation: Int32Array = new Int32Array(0)
  private capacity = 0
  private free: Int32Array = new Int32Array(0)
  private freeCount = 0
  private readonly columns: Registered[] = []

  constructor() {
    this.int32((array) => {
      this.generation = array
    })
    this.int32((array) => {
      this.free = array
    })
  }

  int32(assign: (array: Int32Array) => void, stride = 1): void {
    this.register(new Int32Array(this.capacity * stride), stride, assign as (array: Column) => void)
  }

  float64(assign: (array: Float64Array) => void, stride = 1): void {
    this.register(new Float64Array(this.capacity * stride), stride, assign as (array: Column) => void)
  }

  uint8(assign: (array: Uint8Array) => void, stride = 1): void {
    this.register(new Uint8Array(this.capacity * stride), stride, assign as (array: Column) => void)
  }

  private register(array: Column, stride: number, assign: (array: Column) => void): void {
    this.columns.push({ array, stride, assign })
    assign(array)
  }

  /** A row whose columns hold whatever its last user left. */
  alloc(): number {
    this.live++
    if (this.freeCount > 0) return this.free[--this.freeCount]!
    if (this.used === this.capacity) this.resize(Math.max(16, this.capacity * 2))
    return this.used++
  }

  release(leg: number): void {
    this.live--
    this.generation[leg] = (this.generation[leg]! + 1) | 0
    this.free[this.freeCount++] = leg
  }

  private resize(capacity: number): void {
    this.capacity = capacity
    for (const column of this.columns) {
      column.array = grown(column.array, capacity * column.stride)
      column.assign(column.array)
    }
  }

  /** Bytes of one row over all columns. */
  get bytesPerRow(): number {
    return this.columns.reduce((sum, { array, stride }) => sum + array.BYTES_PER_ELEMENT * stride, 0)
  }

  save(): LegTableState {
    return {
      live: this.live,
      used: this.used,
      freeCount: this.freeCount,
      columns: this.columns.map(({ array, stride }) => array.slice(0, this.used * stride)),
    }
  }

  load(state: LegTableState): void {
    if (this.capacity < state.used) this.resize(state.used)
    this.live = state.live
    this.used = state.used
    this.freeCount = state.freeCount
    this.columns.forEach((column, i) => {
      column.array.fill(0)
      column.array.set(state.columns[i]! as never)
    })
  }
}

export type LegTableState = { live: number; used: number; freeCount: number; columns: Column[] }
