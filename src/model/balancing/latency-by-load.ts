/**
 * A replica's estimate of the latency that one more request would meet (B. Wydrowski et al., Prequal, NSDI 2024): the
 * median of the last latencies of requests that came when as many were there as are now, and where there are none of
 * those, of the nearest number that has some.
 */

/** Numbers of requests that are told apart; from there on all are one. */
const BINS = 64
/** Latencies kept per number. */
const KEPT = 16

export class LatencyByLoad {
  private readonly values: Float64Array
  /** Latencies so far per (replica, number). */
  private readonly counts: Int32Array
  private readonly scratch: Float64Array = new Float64Array(KEPT)

  constructor(replicas: number) {
    this.values = new Float64Array(replicas * BINS * KEPT)
    this.counts = new Int32Array(replicas * BINS)
  }

  /** A request that met `load` others at replica `r` took `latency` seconds. */
  record(r: number, load: number, latency: number): void {
    const bin = r * BINS + Math.min(BINS - 1, load)
    const count = this.counts[bin]!++
    this.values[bin * KEPT + (count % KEPT)] = latency
  }

  /** Seconds; 0 before anything was measured. */
  estimate(r: number, load: number): number {
    const at = Math.min(BINS - 1, load)
    for (let distance = 0; distance < BINS; distance++) {
      if (at - distance >= 0 && this.counts[r * BINS + at - distance]! > 0)
        return this.median(r, at - distance)
      if (at + distance < BINS && this.counts[r * BINS + at + distance]! > 0)
        return this.median(r, at + distance)
    }
    return 0
  }

  private median(r: number, load: number): number {
    const bin = r * BINS + load
    const count = Math.min(KEPT, this.counts[bin]!)
    const sorted = this.scratch.subarray(0, count)
    sorted.set(this.values.subarray(bin * KEPT, bin * KEPT + count))
    sorted.sort()
    return count % 2 === 1 ? sorted[(count - 1) / 2]! : (sorted[count / 2 - 1]! + sorted[count / 2]!) / 2
  }

  save(): unknown {
    return { values: this.values.slice(), counts: this.counts.slice() }
  }

  restore(state: unknown): void {
    const from = state as { values: Float64Array; counts: Int32Array }
    this.values.set(from.values)
    this.counts.set(from.counts)
  }
}
