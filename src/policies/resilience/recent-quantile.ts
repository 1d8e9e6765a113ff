/** A quantile of the last latencies that a caller saw, looked at anew every few of them. */

const KEPT = 1000
/** Fewer say nothing about a tail. */
const LEAST = 100
const EVERY = 50

export class RecentQuantile {
  /** Seconds; Infinity until enough latencies are known. */
  value: number = Number.POSITIVE_INFINITY
  private readonly q: number
  private readonly ring: Float64Array = new Float64Array(KEPT)
  private count = 0

  constructor(q: number) {
    this.q = q
  }

  observe(latency: number): void {
    this.ring[this.count++ % KEPT] = latency
    if (this.count < LEAST || this.count % EVERY !== 0) return
    const sorted = this.ring.slice(0, Math.min(this.count, KEPT)).sort()
    this.value = sorted[Math.floor(this.q * (sorted.length - 1))]!
  }

  save(): unknown {
    return { value: this.value, count: this.count, ring: this.ring.slice(0, Math.min(this.count, KEPT)) }
  }

  load(state: unknown): void {
    const from = state as { value: number; count: number; ring: Float64Array }
    this.value = from.value
    this.count = from.count
    this.ring.set(from.ring)
  }
}
