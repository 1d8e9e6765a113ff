/** A circuit breaker stops calls to a target that fails, and lets a few through after a while to see whether it is back. */
import type { CircuitBreaker } from '../../scenario/types.ts'
import { ConsecutiveBreaker } from './consecutive-breaker.ts'
import { HystrixBreaker } from './hystrix-breaker.ts'
import { RateBreaker } from './rate-breaker.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** State of one caller towards one target; times never decrease. */
export interface Breaker {
  readonly state: BreakerState
  /** Times that it went to open. */
  readonly opens: number
  /** Whether a call may be sent now. One that may ends with `record` or `release`. */
  acquire(now: number): boolean
  /** The call ended: failed or not, after `duration` seconds. */
  record(now: number, failed: boolean, duration: number): void
  /** The call ended without a result: its caller is gone, or another copy won. */
  release(): void
  /** Seconds in state open so far. */
  openTime(now: number): number
  save(): unknown
  load(state: unknown): void
}

export function createBreaker(spec: CircuitBreaker): Breaker {
  if (spec.kind === 'hystrix') return new HystrixBreaker(spec)
  if (spec.kind === 'consecutive') return new ConsecutiveBreaker(spec)
  return new RateBreaker(spec)
}
