/**
 * A factor that moves in straight pieces, with jumps between them where wanted: steps, ramps, spikes, recorded curves.
 * Its integral is exact, and so is the time at which the integral has grown by a given amount.
 */
import type { RatePoint } from '../scenario/types.ts'

/** A factor over time, as arrivals need it. */
export interface RateCurve {
  at(time: number): number
  /** Integral. */
  between(from: number, to: number): number
  /** The earliest time at or after `from` to which the integral is `amount`; Infinity if it never gets there. */
  reach(from: number, amount: number): number
}

export class PiecewiseRate implements RateCurve {
  private readonly points: readonly RatePoint[]
  /** Seconds after which it begins again; Infinity: after the last point it stays. */
  private readonly period: number
  /** Integral from 0 to each point. */
  private readonly areas: Float64Array
  /** Integral over a period. */
  private readonly whole: number

  /** @param points at rising times, the first at 0; the factor is linear from `after` of one to `before` of the next. */
  constructor(points: readonly RatePoint[], period: number) {
    this.points = points
    this.period = period
    this.areas = new Float64Array(points.length)
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1]!, points[i]!]
      this.areas[i] = this.areas[i - 1]! + ((a.after + b.before) / 2) * (b.at - a.at)
    }
    const last = points.at(-1)!
    this.whole = Number.isFinite(period)
      ? this.areas.at(-1)! + last.after * (period - last.at)
      : Number.POSITIVE_INFINITY
  }

  at(time: number): number {
    const local = this.local(time)
    const i = this.pieceAt(local)
    return this.points[i]!.after + this.slope(i) * (local - this.points[i]!.at)
  }

  /** From 0 to `time`. */
  integral(time: number): number {
    const local = this.local(time)
    const i = this.pieceAt(local)
    const x = local - this.points[i]!.at
    const area = this.areas[i]! + (this.points[i]!.after + (this.slope(i) / 2) * x) * x
    return Number.isFinite(this.period) ? area + ((time - local) / this.period) * this.whole : area
  }

  between(from: number, to: number): number {
    return this.integral(to) - this.integral(from)
  }

  /** The next of the points after `time`; Infinity after the last. */
  nextBend(time: number): number {
    const local = this.local(time)
    const start = time - local
    for (let i = this.pieceAt(local) + 1; i < this.points.length; i++) {
      if (start + this.points[i]!.at > time) return start + this.points[i]!.at
    }
    if (!Number.isFinite(this.period)) return Number.POSITIVE_INFINITY
    const next = start + this.period
    return next > time ? next : next + this.period
  }

  reach(from: number, amount: number): number {
    const local = this.local(from)
    let start = from - local
    let target = this.integral(from) - this.integral(start) + amount
    if (Number.isFinite(this.period)) {
      if (this.whole <= 0) return Number.POSITIVE_INFINITY
      const periods = Math.floor(target / this.whole)
      start += periods * this.period
      target -= periods * this.whole
    }
    const i = this.pieceOf(target)
    const { at, after } = this.points[i]!
    const need = target - this.areas[i]!
    const slope = this.slope(i)
    if (need <= 0) return Math.max(from, start + at)
    // Of a x + s x^2 / 2 = need the root that stays exact for small s.
    const x =
      slope === 0
        ? need / after
        : (2 * need) / (after + Math.sqrt(Math.max(0, after * after + 2 * slope * need)))
    return Math.max(from, start + at + x)
  }

  private local(time: number): number {
    if (!Number.isFinite(this.period)) return time
    return Math.max(0, time - Math.floor(time / this.period) * this.period)
  }

  /** Per second, within piece i; the last one is flat. */
  private slope(i: number): number {
    const next = this.points[i + 1]
    if (next === undefined) return 0
    return (next.before - this.points[i]!.after) / (next.at - this.points[i]!.at)
  }

  private pieceAt(local: number): number {
    let low = 0
    let high = this.points.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.points[middle]!.at <= local) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The last piece that begins with an area of at most `target`. */
  private pieceOf(target: number): number {
    let low = 0
    let high = this.points.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.areas[middle]! <= target) low = middle
      else high = middle - 1
    }
    return low
  }
}
