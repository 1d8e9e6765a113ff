/**
 * How many retries a caller may send. Retries that nobody limits turn an overload into one that outlives its cause:
 * with A attempts per request a system of capacity c is stable below c / A only.
 */
import type { RetryBudget } from '../../scenario/types.ts'
import { WindowedSum } from './windowed-sum.ts'

/** State of one caller; times never decrease. */
export interface Budget {
  /** A first attempt is sent. */
  deposit(now: number): void
  /** An attempt is sent, the first one or another. */
  sent(): void
  /** An attempt that was sent has ended; undefined: its caller no longer cares how. */
  ended(ok: boolean | undefined): void
  /** Whether a retry may be sent now; if so it is paid for, and under way. */
  withdraw(now: number): boolean
  /** A retry is no longer under way: its attempt has ended, or it will not be sent. */
  retried(): void
  save(): unknown
  load(state: unknown): void
}

/** Beyond that of thousands of withdrawals. */
const ROUNDING = 1e-9

/** Slices of the window of deposits: as in Finagle. */
const SLICES = 10

/**
 * Every first attempt deposits a token, a retry costs 1 / percent of them; both are forgotten after the window. Beside
 * them `reserve` retries per second are free. (Finagle, `RetryBudget(ttl, minRetriesPerSec, percentCanRetry)`.)
 */
export class TokenBudget implements Budget {
  private readonly cost: number
  private readonly reserve: number
  private readonly sum: WindowedSum

  /** `percent` above 0 at most 1, `window` in seconds, `reserve` in retries per second. */
  constructor(percent: number, window: number, reserve: number) {
    this.cost = 1 / percent
    this.reserve = Math.floor(reserve * window) * this.cost
    this.sum = new WindowedSum(window / SLICES, SLICES)
  }

  deposit(now: number): void {
    this.sum.add(now, 1)
  }

  sent(): void {}

  ended(): void {}

  retried(): void {}

  withdraw(now: number): boolean {
    // Less a rounding error: three retries at 15 % cost the 20 deposits that they are allowed for.
    if (this.sum.at(now) + this.reserve < this.cost * (1 - ROUNDING)) return false
    this.sum.add(now, -this.cost)
    return true
  }

  save(): unknown {
    return this.sum.save()
  }

  load(state: unknown): void {
    this.sum.load(state)
  }
}

/** Tokens are counted in thousandths, as gRPC does: sums of 0.1 would drift. */
const MILLI = 1000

/**
 * Starts with `maxTokens`; a failed attempt costs one, one that succeeds gives `tokenRatio` back; retries are sent while
 * more than half of the tokens are there. (gRPC proposal A6, "Throttling Retry Attempts and Hedged RPCs".)
 */
export class ThrottleBudget implements Budget {
  private readonly max: number
  private readonly ratio: number
  private tokens: number

  constructor(maxTokens: number, tokenRatio: number) {
    this.max = maxTokens * MILLI
    this.ratio = Math.round(tokenRatio * MILLI)
    this.tokens = this.max
  }

  deposit(): void {}

  sent(): void {}

  retried(): void {}

  ended(ok: boolean | undefined): void {
    if (ok === undefined) return
    this.tokens = ok ? Math.min(this.max, this.tokens + this.ratio) : Math.max(0, this.tokens - MILLI)
  }

  withdraw(): boolean {
    return this.tokens > this.max / 2
  }

  save(): unknown {
    return this.tokens
  }

  load(state: unknown): void {
    this.tokens = state as number
  }
}

/**
 * A retry may be begun while fewer are under way than `share` of the attempts in flight, or than `min`. The attempt that
 * failed is in flight no more. (Envoy, `RetryBudget` of circuit breakers: budget_percent, min_retry_concurrency.)
 */
export class ActiveBudget implements Budget {
  private readonly share: number
  private readonly min: number
  private inFlight = 0
  private retries = 0

  /** `share` above 0 at most 1, `min` in retries. */
  constructor(share: number, min: number) {
    this.share = share
    this.min = min
  }

  deposit(): void {}

  sent(): void {
    this.inFlight++
  }

  ended(): void {
    this.inFlight--
  }

  withdraw(): boolean {
    if (this.retries >= Math.max(this.min, Math.floor(this.share * this.inFlight))) return false
    this.retries++
    return true
  }

  retried(): void {
    this.retries--
  }

  save(): unknown {
    const { inFlight, retries } = this
    return { inFlight, retries }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}

export function createBudget(spec: RetryBudget): Budget {
  switch (spec.kind) {
    case 'tokens':
      return new TokenBudget(spec.percent, spec.window, spec.reserve)
    case 'throttle':
      return new ThrottleBudget(spec.maxTokens, spec.tokenRatio)
    case 'active':
      return new ActiveBudget(spec.share, spec.min)
  }
}
