/**
 * Fresh arrays of one length, cut from larger ones: an array of its own costs as much as half a step of a simulation,
 * most of it for memory outside the heap. Each row is handed out once, so that whoever keeps one keeps it unchanged.
 */
const ROWS = 32

export class Rows {
  private readonly length: number
  private block: Float32Array
  private used = 0

  constructor(length: number) {
    this.length = length
    this.block = new Float32Array(ROWS * length)
  }

  /** A row of zeros. */
  next(): Float32Array {
    if (this.used === ROWS) {
      this.block = new Float32Array(ROWS * this.length)
      this.used = 0
    }
    const from = this.used++ * this.length
    return this.block.subarray(from, from + this.length)
  }
}
