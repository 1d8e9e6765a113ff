/**
 * Controlled delay: once every request of an `interval` has waited `target` or longer, one is dropped, and while that
 * goes on the next ones interval / sqrt(count) apart. (RFC 8289, section 5; one request stands for one packet.)
 */
import type { DelayParams, DelayShedder } from './delay-shedder.ts'

/** What the request before was: passed; dropped as one of several; dropped as the first of a new spell. */
const PASSED = 0
const DROPPED = 1
const FIRST = 2

/** A spell that begins within so many intervals of the last one goes on at its rate. */
const MEMORY = 16

export class CoDel implements DelayShedder {
  private readonly target: number
  private readonly interval: number
  private aboveSince = 0
  private dropping = 0
  private dropNext = 0
  private count = 0
  private lastCount = 0
  private before = PASSED

  constructor({ target, interval }: DelayParams) {
    this.target = target
    this.interval = interval
  }

  drops(now: number, delay: number, waiting: number): boolean {
    const standing = this.isStanding(now, delay, waiting)
    const { before } = this
    this.before = PASSED
    // What follows the first drop of a spell at the same dequeue is passed.
    if (before === FIRST) return false
    if (this.dropping === 1) {
      if (!standing) {
        this.dropping = 0
        return false
      }
      if (before === DROPPED) this.dropNext = this.after(this.dropNext)
      if (now < this.dropNext) return false
      this.count++
      this.before = DROPPED
      return true
    }
    if (!standing) return false
    this.dropping = 1
    const delta = this.count - this.lastCount
    this.count = delta > 1 && now - this.dropNext < MEMORY * this.interval ? delta : 1
    this.dropNext = this.after(now)
    this.lastCount = this.count
    this.before = FIRST
    return true
  }

  /** RFC 8289's `dodequeue`: delays have been at or above the target for an interval. */
  private isStanding(now: number, delay: number, waiting: number): boolean {
    if (delay < this.target || waiting === 0) {
      this.aboveSince = 0
      return false
    }
    if (this.aboveSince === 0) {
      this.aboveSince = now + this.interval
      return false
    }
    return now >= this.aboveSince
  }

  private after(time: number): number {
    return time + this.interval / Math.sqrt(this.count)
  }

  save(): unknown {
    const { aboveSince, dropping, dropNext, count, lastCount, before } = this
    return { aboveSince, dropping, dropNext, count, lastCount, before }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}
