/**
 * When a workload's requests come. Renewal processes run in operational time: the next arrival is due when the
 * integral of the rate has grown by a gap of mean 1. So every process can follow a rate that moves (users, surges, a
 * daily profile), without drawing anything anew, and the same gaps meet in scenarios that differ in their rates.
 */
import { FLOAT_ZERO } from '../engine/typed.ts'
import { compileDistribution, cos, type Sampler, type Stream, sin } from '../random/index.ts'
import type { Arrivals, Profile } from '../scenario/types.ts'
import { CountedArrivals } from './counted-arrivals.ts'
import { PiecewiseRate, type RateCurve } from './piecewise-rate.ts'
import { ProductRate } from './product-rate.ts'

const TWO_PI = 6.283185307179586

export interface ArrivalProcess {
  /** Requests per second before the profile. */
  rate: number
  /** The next arrival after one at `now`; Infinity where there is none. */
  next(now: number, stream: Stream): number
  /** The rate changes now; gives the instant of the next arrival. */
  change(rate: number, now: number): number
  /** Rate with the profile. */
  rateAt(time: number): number
  save(): unknown
  load(state: unknown): void
}

/** @param end a time from which on nobody asks. */
export function createArrivals(
  arrivals: Arrivals,
  profile: Profile | undefined,
  end: number,
): ArrivalProcess {
  return arrivals.kind === 'counts' ? new CountedArrivals(arrivals) : new ArrivalClock(arrivals, profile, end)
}

export class ArrivalClock implements ArrivalProcess {
  /** Requests per second before the profile. */
  rate: number
  /** Operational time still to pass as of `from`. */
  private remaining: number = FLOAT_ZERO
  private from: number = FLOAT_ZERO
  private readonly gap: Sampler | undefined
  private readonly exponential: boolean
  private readonly profile: Extract<Profile, { kind: 'diurnal' }> | undefined
  private readonly curve: RateCurve | undefined

  constructor(arrivals: Arrivals, profile: Profile | undefined, end: number = Number.POSITIVE_INFINITY) {
    this.rate = 'rate' in arrivals ? arrivals.rate : 0
    this.exponential = ['poisson', 'users', 'mmpp', 'sessions'].includes(arrivals.kind)
    this.gap =
      arrivals.kind === 'gamma' ? compileDistribution({ kind: 'gamma', mean: 1, cv: arrivals.cv }) : undefined
    this.profile = profile?.kind === 'diurnal' ? profile : undefined
    this.curve =
      profile?.kind === 'pieces'
        ? new PiecewiseRate(profile.points, profile.period)
        : profile?.kind === 'product'
          ? new ProductRate(profile.factors, end)
          : undefined
  }

  /** Draws the next gap and gives the instant at which it is over; Infinity while the rate is 0. */
  next(now: number, stream: Stream): number {
    this.remaining = this.exponential
      ? stream.exponential(1)
      : this.gap === undefined
        ? 1
        : this.gap.sample(stream)
    this.from = now
    return this.due()
  }

  /** The rate changes now; gives the instant at which the running gap is over then. */
  change(rate: number, now: number): number {
    this.remaining = Math.max(0, this.remaining - this.integral(now))
    this.from = now
    this.rate = rate
    return this.due()
  }

  /** Rate with the profile. */
  rateAt(time: number): number {
    const { profile, curve } = this
    if (curve !== undefined) return this.rate * curve.at(time)
    if (profile === undefined) return this.rate
    return this.rate * (1 + profile.amplitude * sin((TWO_PI * time) / profile.period + profile.phase))
  }

  private due(): number {
    const { rate, remaining, from, profile, curve } = this
    if (rate <= 0) return Number.POSITIVE_INFINITY
    if (curve !== undefined) return curve.reach(from, remaining / rate)
    if (profile === undefined || profile.amplitude === 0) return from + remaining / rate
    return this.solve(remaining)
  }

  /** Integral of the rate from `from` to `time`. */
  private integral(time: number): number {
    const { rate, from, profile, curve } = this
    if (curve !== undefined) return rate * curve.between(from, time)
    const plain = rate * (time - from)
    if (profile === undefined) return plain
    const omega = TWO_PI / profile.period
    return (
      plain -
      ((rate * profile.amplitude) / omega) *
        (cos(omega * time + profile.phase) - cos(omega * from + profile.phase))
    )
  }

  /** The time at which the integral is `target`: Newton's steps, kept inside a bracket that always shrinks. */
  private solve(target: number): number {
    const { rate, from, profile } = this
    const { amplitude, period } = profile!
    let low = from + target / (rate * (1 + amplitude))
    // Over whole periods the profile averages to 1, and one period cannot be short by more than itself.
    let high = from + target / rate + period
    let time = Math.min(high, Math.max(low, from + target / Math.max(this.rateAt(from), rate * 0.05)))
    for (let i = 0; i < 100; i++) {
      const excess = this.integral(time) - target
      if (excess > 0) high = time
      else low = time
      const slope = this.rateAt(time)
      let better = slope > 0 ? time - excess / slope : (low + high) / 2
      if (!(better > low && better < high)) better = (low + high) / 2
      if (Math.abs(better - time) <= 1e-12 * (1 + time)) return better
      time = better
    }
    return time
  }

  save(): unknown {
    return { rate: this.rate, remaining: this.remaining, from: this.from }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}
