/**
 * Opens after a number of failures in a row. After the open time one call is let through; each time that it fails the
 * open time doubles, up to a maximum. (Finagle's failure accrual by consecutive failures, without its jitter.)
 */
import type { CircuitBreaker } from '../../scenario/types.ts'
import { BreakerClock } from './breaker-clock.ts'
import type { Breaker, BreakerState } from './circuit-breaker.ts'

type Spec = Extract<CircuitBreaker, { kind: 'consecutive' }>

export class ConsecutiveBreaker implements Breaker {
  private readonly spec: Spec
  private readonly clock = new BreakerClock()
  private inARow = 0
  private wait: number
  /** Half-open: the one call that is let through is under way. */
  private trying = false

  constructor(spec: Spec) {
    this.spec = spec
    this.wait = spec.open
  }

  get state(): BreakerState {
    return this.clock.state
  }

  get opens(): number {
    return this.clock.opens
  }

  acquire(now: number): boolean {
    const { clock } = this
    if (clock.state === 'closed') return true
    if (clock.state === 'half-open' ? this.trying : now < clock.openedAt + this.wait) return false
    if (clock.state === 'open') clock.leaveOpen(now, 'half-open')
    this.trying = true
    return true
  }

  record(now: number, failed: boolean, _duration: number): void {
    const { clock, spec } = this
    if (clock.state === 'open') return
    if (clock.state === 'half-open') {
      this.trying = false
      this.inARow = 0
      this.wait = failed ? Math.min(spec.maxOpen, 2 * this.wait) : spec.open
      if (failed) clock.open(now)
      else clock.leaveOpen(now, 'closed')
      return
    }
    this.inARow = failed ? this.inARow + 1 : 0
    if (this.inARow < spec.failures) return
    this.inARow = 0
    clock.open(now)
  }

  /** After a trial without a result the next call is the trial. */
  release(): void {
    this.trying = false
  }

  openTime(now: number): number {
    return this.clock.openTime(now)
  }

  save(): unknown {
    return { clock: this.clock.save(), inARow: this.inARow, wait: this.wait, trying: this.trying }
  }

  load(state: unknown): void {
    const { clock, ...rest } = state as { clock: unknown; inARow: number; wait: number; trying: boolean }
    this.clock.load(clock)
    Object.assign(this, rest)
  }
}
