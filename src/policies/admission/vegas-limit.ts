/**
 * TCP Vegas on requests: the shortest time seen stands for a request that did not wait, so that of L in flight
 * ceil(L (1 - shortest / time)) are queued; few queued raise the limit, many lower it, in steps of max(1, log10 L). The
 * shortest time is measured anew every U(1/2, 1) x 30 L requests. (Netflix concurrency-limits, `VegasLimit`.)
 */
import { log, type Stream } from '../../random/index.ts'
import type { ConcurrencyLimit } from './concurrency-limit.ts'

export type VegasParams = { readonly initial: number; readonly max: number }

const PROBE_MULTIPLIER = 30

export class VegasLimit implements ConcurrencyLimit {
  private readonly max: number
  private readonly stream: Stream
  private estimate: number
  /** Seconds; 0: none seen. */
  private shortest = 0
  private probes = 0
  private jitter: number

  constructor(params: VegasParams, stream: Stream) {
    this.max = params.max
    this.stream = stream
    this.estimate = params.initial
    this.jitter = this.drawJitter()
  }

  get limit(): number {
    return Math.floor(this.estimate)
  }

  ended(rtt: number, inFlight: number, dropped: boolean): void {
    // What took no time says nothing, and would make all other times infinitely long.
    if (!(rtt > 0) && !dropped) return
    this.probes++
    if (this.probes >= this.jitter * PROBE_MULTIPLIER * this.estimate) {
      this.jitter = this.drawJitter()
      this.probes = 0
      this.shortest = rtt
      return
    }
    if (this.shortest === 0 || rtt < this.shortest) {
      this.shortest = rtt
      return
    }
    const limit = this.estimate
    const step = Math.max(1, log(limit) / Math.LN10)
    const queued = Math.ceil(limit * (1 - this.shortest / rtt))
    let next = limit
    if (dropped) next -= step
    else if (inFlight * 2 < limit) return
    else if (queued <= step) next += 6 * step
    else if (queued < 3 * step) next += step
    else if (queued > 6 * step) next -= step
    this.estimate = Math.max(1, Math.min(this.max, next))
  }

  private drawJitter(): number {
    return 0.5 + 0.5 * this.stream.next()
  }

  save(): unknown {
    return {
      estimate: this.estimate,
      shortest: this.shortest,
      probes: this.probes,
      jitter: this.jitter,
      stream: this.stream.save(),
    }
  }

  load(state: unknown): void {
    const { stream, ...own } = state as { stream: never }
    Object.assign(this, own)
    this.stream.load(stream)
  }
}
