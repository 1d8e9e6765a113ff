/**
 * The limit follows the ratio of a long average of the times to the last one: times above `tolerance` x the average
 * shrink it, by half at most, and `queue` is added for a short queue. (Netflix concurrency-limits, `Gradient2Limit`.)
 */
import type { ConcurrencyLimit } from './concurrency-limit.ts'

export type GradientParams = {
  readonly initial: number
  readonly min: number
  readonly max: number
  readonly queue: number
  readonly smoothing: number
  readonly tolerance: number
  /** Requests that the long average covers. */
  readonly window: number
}

/** Requests of which the long average is the plain mean. */
const WARMUP = 10

export class GradientLimit implements ConcurrencyLimit {
  private readonly params: GradientParams
  private estimate: number
  private long = 0
  private seen = 0
  private sum = 0

  constructor(params: GradientParams) {
    this.params = params
    this.estimate = params.initial
  }

  get limit(): number {
    return Math.floor(this.estimate)
  }

  ended(rtt: number, inFlight: number): void {
    if (!(rtt > 0)) return
    const { min, max, queue, smoothing, tolerance } = this.params
    const long = this.average(rtt)
    // After an overload the long average would stay high for too long.
    if (long / rtt > 2) this.long *= 0.95
    if (inFlight < this.estimate / 2) return
    const gradient = Math.max(0.5, Math.min(1, (tolerance * long) / rtt))
    const next = this.estimate * (1 - smoothing) + (this.estimate * gradient + queue) * smoothing
    this.estimate = Math.max(min, Math.min(max, next))
  }

  private average(rtt: number): number {
    if (this.seen < WARMUP) {
      this.seen++
      this.sum += rtt
      this.long = this.sum / this.seen
    } else {
      const factor = 2 / (this.params.window + 1)
      this.long = this.long * (1 - factor) + rtt * factor
    }
    return this.long
  }

  save(): unknown {
    return { estimate: this.estimate, long: this.long, seen: this.seen, sum: this.sum }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}
