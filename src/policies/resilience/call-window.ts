/** Counts of the last n calls, or of the calls of the last n seconds in partial buckets of one second. */

const FAILED = 1
const SLOW = 2

export class CallWindow {
  total = 0
  failed = 0
  slow = 0
  /** Count based: one byte per call. */
  private readonly ring: Uint8Array
  private next = 0
  /** Time based: total, failed, slow of each second. */
  private readonly buckets: Float64Array
  private readonly seconds: number
  private second = 0

  /** One of the two is 0. */
  constructor(calls: number, seconds: number) {
    this.ring = new Uint8Array(calls)
    this.seconds = seconds
    this.buckets = new Float64Array(3 * seconds)
  }

  record(now: number, failed: boolean, slow: boolean): void {
    if (this.seconds > 0) {
      this.advance(Math.floor(now))
      const at = 3 * (this.second % this.seconds)
      this.buckets[at]!++
      if (failed) this.buckets[at + 1]!++
      if (slow) this.buckets[at + 2]!++
    } else if (this.total === this.ring.length) {
      const oldest = this.ring[this.next]!
      this.total--
      if ((oldest & FAILED) !== 0) this.failed--
      if ((oldest & SLOW) !== 0) this.slow--
    }
    if (this.seconds === 0) {
      this.ring[this.next] = (failed ? FAILED : 0) | (slow ? SLOW : 0)
      this.next = (this.next + 1) % this.ring.length
    }
    this.total++
    if (failed) this.failed++
    if (slow) this.slow++
  }

  private advance(second: number): void {
    const passed = Math.min(this.seconds, second - this.second)
    for (let i = 1; i <= passed; i++) {
      const at = 3 * ((this.second + i) % this.seconds)
      this.total -= this.buckets[at]!
      this.failed -= this.buckets[at + 1]!
      this.slow -= this.buckets[at + 2]!
      this.buckets.fill(0, at, at + 3)
    }
    this.second = Math.max(this.second, second)
  }

  clear(): void {
    this.total = 0
    this.failed = 0
    this.slow = 0
    this.next = 0
    this.buckets.fill(0)
  }

  save(): unknown {
    const { total, failed, slow, next, second } = this
    return { total, failed, slow, next, second, ring: this.ring.slice(), buckets: this.buckets.slice() }
  }

  load(state: unknown): void {
    const { ring, buckets, ...rest } = state as { ring: Uint8Array; buckets: Float64Array }
    Object.assign(this, rest)
    this.ring.set(ring)
    this.buckets.set(buckets)
  }
}
