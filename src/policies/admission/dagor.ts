/**
 * DAGOR (Zhou et al., "Overload Control for Scaling WeChat Microservices", SoCC 2018): admission by level of priority.
 * A level is the priority of the business and below it one of 128 of the user; a request keeps its level in all the calls
 * made for it, so that calls for one request are admitted or refused alike. While the mean wait of a window is longer
 * than `queueTime` the server takes `decrease` less than it admitted in the window, else `increase` of what came more:
 * the level is the last one up to which a histogram of the window's requests holds no more than that.
 *
 * What the paper leaves open: numbers are rounded so that each step is at least one request; the most important level is
 * always admitted; callers tell the server of what they keep back, so that its histogram knows of it.
 */
import type { DagorSpec } from '../../scenario/overload-types.ts'

/** Levels of the user within one priority. */
export const USER_LEVELS = 128

export class Dagor {
  /** The least important level that is admitted, from 0, the most important one. */
  level: number
  private readonly spec: DagorSpec
  private readonly last: number
  /** Requests of the window by level, and those that were admitted. */
  private readonly histogram: Float64Array
  private arrived = 0
  private admitted = 0
  private began = 0
  /** Sum and number of the waits that ended in the window. */
  private waits = 0
  private waited = 0

  /** `priorities`: how many there are. */
  constructor(spec: DagorSpec, priorities: number) {
    this.spec = spec
    this.histogram = new Float64Array(priorities * USER_LEVELS)
    this.last = this.histogram.length - 1
    this.level = this.last
  }

  /** A request of this level comes: whether it is admitted. Times never decrease. */
  admits(level: number, now: number): boolean {
    this.count(level, now)
    if (level > this.level) return false
    this.admitted++
    return true
  }

  /** A caller has kept back a request of this level. */
  keptBack(level: number, now: number): void {
    this.count(level, now)
  }

  private count(level: number, now: number): void {
    const { window, requests } = this.spec
    if (this.arrived >= requests || now - this.began >= window) this.endWindow(now)
    this.arrived++
    this.histogram[level]!++
  }

  /** A request got its first core after `seconds`. */
  waitEnded(seconds: number): void {
    this.waits += seconds
    this.waited++
  }

  private endWindow(now: number): void {
    const { queueTime, decrease, increase } = this.spec
    const overloaded = this.waits > queueTime * this.waited
    const expected = overloaded
      ? Math.floor(this.admitted * (1 - decrease))
      : this.admitted + Math.ceil(this.arrived * increase)
    this.level = this.levelFor(expected)
    this.histogram.fill(0)
    this.arrived = 0
    this.admitted = 0
    this.waits = 0
    this.waited = 0
    this.began = now
  }

  private levelFor(expected: number): number {
    let sum = this.histogram[0]!
    let level = 0
    while (level < this.last) {
      sum += this.histogram[level + 1]!
      if (sum > expected) break
      level++
    }
    return level
  }

  save(): unknown {
    const { level, arrived, admitted, began, waits, waited } = this
    return { fields: { level, arrived, admitted, began, waits, waited }, histogram: this.histogram.slice() }
  }

  load(state: unknown): void {
    const { fields, histogram } = state as { fields: object; histogram: Float64Array }
    Object.assign(this, fields)
    this.histogram.set(histogram)
  }
}
