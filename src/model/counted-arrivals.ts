/**
 * Arrivals of which so many come in every interval, as a trace of counts says: each at a uniform instant of its
 * interval. The earliest of n uniform instants that are left is drawn, then the earliest of the others.
 */
import { pow, type Stream } from '../random/index.ts'
import type { Arrivals } from '../scenario/types.ts'
import type { ArrivalProcess } from './arrivals.ts'

export class CountedArrivals implements ArrivalProcess {
  /** Not used: counts have no rate that could change. */
  rate = 0
  private readonly counts: readonly number[]
  private readonly interval: number
  /** The interval that arrivals come in now, and how many of them are left. */
  private current = 0
  private left: number

  constructor({ counts, interval }: Extract<Arrivals, { kind: 'counts' }>) {
    this.counts = counts
    this.interval = interval
    this.left = counts[0] ?? 0
  }

  /** The next arrival; Infinity after the last. */
  next(now: number, stream: Stream): number {
    const { counts, interval } = this
    while (this.left === 0) {
      if (++this.current >= counts.length) {
        this.current = counts.length
        return Number.POSITIVE_INFINITY
      }
      this.left = counts[this.current]!
    }
    const end = (this.current + 1) * interval
    const from = Math.max(now, this.current * interval)
    return end - (end - from) * pow(1 - stream.next(), 1 / this.left--)
  }

  change(): number {
    throw new Error('counted arrivals have no rate')
  }

  rateAt(time: number): number {
    return (this.counts[Math.floor(time / this.interval)] ?? 0) / this.interval
  }

  save(): unknown {
    return { current: this.current, left: this.left }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}
