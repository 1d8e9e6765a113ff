/**
 * Fresh arrays of one length, cut from larger ones: an array of its own costs as much as half a step of a simulation,
 * most of it for memory outside the heap. Each row is handed out once, so that whoever keeps one keeps it unchanged.
 */
const ROWS = 64

export class Rows {
  private static readonly byLength = new Map<number, Rows>()

  /** The rows of that length, for all: environments side by side fill the same memory, which stays in the cache. */
  static of(length: number): Rows {
    let rows = Rows.byLength.get(length)
    if (rows === undefined) {
      rows = new Rows(length)
      Rows.byLength.set(length, rows)
    }
    return rows
  }

  private readonly length: number
  private block: ArrayBuffer
  private used = 0

  private constructor(length: number) {
    this.length = length
    this.block = new ArrayBuffer(ROWS * length * Float32Array.BYTES_PER_ELEMENT)
  }

  /** A row of zeros. */
  next(): Float32Array {
    const { length } = this
    if (this.used === ROWS) {
      this.block = new ArrayBuffer(ROWS * length * Float32Array.BYTES_PER_ELEMENT)
      this.used = 0
    }
    // Not `subarray`, which looks for a species first.
    return new Float32Array(this.block, this.used++ * length * Float32Array.BYTES_PER_ELEMENT, length)
  }
}
