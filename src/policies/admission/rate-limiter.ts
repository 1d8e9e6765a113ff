/** How many requests a server takes per second. */

/** State of one server, or of one class at it; times never decrease. */
export interface RateLimiter {
  /** A request comes: seconds that it has to wait, -1 when it is refused. */
  admit(now: number): number
  /** What could be let through at once, from 0 to 1 of the most that ever can. */
  level(now: number): number
  save(): unknown
  load(state: unknown): void
}

/** Of a token, or of a slot: rounding does not refuse a request that comes exactly when it may. */
const SLACK = 1e-9

/**
 * Tokens come at `rate` per second, at most `burst` are kept, a request takes one or is refused. Starts full, so that in
 * any [s, t] at most burst + rate (t - s) are let through. With Poisson input of rate lambda it refuses as M/D/1/K
 * does, K = burst, rho = lambda / rate.
 */
export class TokenBucket implements RateLimiter {
  private rate: number
  private burst: number
  private tokens: number
  private at = 0

  constructor(rate: number, burst: number) {
    this.rate = rate
    this.burst = burst
    this.tokens = burst
  }

  admit(now: number): number {
    this.tokens = Math.min(this.burst, this.tokens + this.rate * (now - this.at))
    this.at = now
    if (this.tokens < 1 - SLACK) return -1
    this.tokens = Math.max(0, this.tokens - 1)
    return 0
  }

  level(now: number): number {
    return Math.min(this.burst, this.tokens + this.rate * (now - this.at)) / this.burst
  }

  /** Another rate and burst from now on; what has come until now is kept, as far as it fits. */
  adjust(rate: number, burst: number, now: number): void {
    this.tokens = Math.min(burst, this.burst, this.tokens + this.rate * (now - this.at))
    this.at = now
    this.rate = rate
    this.burst = burst
  }

  save(): unknown {
    return { rate: this.rate, burst: this.burst, tokens: this.tokens, at: this.at }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}

/**
 * The bucket as a queue: requests leave it 1 / rate apart, `capacity` may be in it, the one that left last included
 * until its 1 / rate is over. It refuses as a token bucket of burst = capacity does, and delays what that lets pass
 * at once. (Generic cell rate algorithm, ITU-T I.371, with a delay.)
 */
export class LeakyBucket implements RateLimiter {
  private readonly gap: number
  private readonly tolerance: number
  /** When the next one may leave. */
  private free = 0

  constructor(rate: number, capacity: number) {
    this.gap = 1 / rate
    this.tolerance = (capacity - 1 + SLACK) * this.gap
  }

  admit(now: number): number {
    const wait = Math.max(0, this.free - now)
    if (wait > this.tolerance) return -1
    this.free = Math.max(now, this.free) + this.gap
    return wait
  }

  level(now: number): number {
    const capacity = this.tolerance / this.gap + 1
    return Math.max(0, 1 - Math.max(0, this.free - now) / this.gap / capacity)
  }

  save(): unknown {
    return this.free
  }

  load(state: unknown): void {
    this.free = state as number
  }
}
