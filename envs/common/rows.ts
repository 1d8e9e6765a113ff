/**
 * Copies of one array, cut from larger ones: an array of its own costs as much as half a step of a simulation, most of
 * it for memory outside the heap. Each row is handed out once, so that whoever keeps one keeps it unchanged.
 */
const ROWS = 64

export class Rows {
  private readonly length: number
  /** All rows of a block, as they are handed out. */
  private readonly fresh: Float32Array
  private block: ArrayBufferLike
  private used = 0

  /** `template`: what is in every row. */
  constructor(template: Float32Array) {
    this.length = template.length
    this.fresh = new Float32Array(ROWS * template.length)
    for (let row = 0; row < ROWS; row++) this.fresh.set(template, row * template.length)
    this.block = this.fresh.slice().buffer
  }

  next(): Float32Array {
    const { length } = this
    if (this.used === ROWS) {
      this.block = this.fresh.slice().buffer
      this.used = 0
    }
    // Not `subarray`, which looks for a species first.
    return new Float32Array(this.block, this.used++ * length * Float32Array.BYTES_PER_ELEMENT, length)
  }
}
