/**
 * Opens when the share of failed, or of slow, calls among the last ones reaches a threshold. The state machine and the
 * defaults are those of resilience4j (CircuitBreakerConfig, CircuitBreakerStateMachine).
 */
import type { CircuitBreaker } from '../../scenario/types.ts'
import { BreakerClock } from './breaker-clock.ts'
import { CallWindow } from './call-window.ts'
import type { Breaker, BreakerState } from './circuit-breaker.ts'

type Spec = Extract<CircuitBreaker, { kind: 'rate' }>

export class RateBreaker implements Breaker {
  private readonly spec: Spec
  private readonly clock = new BreakerClock()
  private readonly calls: CallWindow
  /** The calls of the half-open state, which has its own window. */
  private readonly trials: CallWindow
  private permits = 0

  constructor(spec: Spec) {
    this.spec = spec
    this.calls = new CallWindow(spec.window.calls ?? 0, spec.window.seconds ?? 0)
    this.trials = new CallWindow(spec.halfOpen, 0)
  }

  get state(): BreakerState {
    return this.clock.state
  }

  get opens(): number {
    return this.clock.opens
  }

  acquire(now: number): boolean {
    const { clock, spec } = this
    if (clock.state === 'closed') return true
    if (clock.state === 'open') {
      if (now < clock.openedAt + spec.open) return false
      clock.leaveOpen(now, 'half-open')
      this.permits = spec.halfOpen
      this.trials.clear()
    }
    if (this.permits === 0) return false
    this.permits--
    return true
  }

  record(now: number, failed: boolean, duration: number): void {
    const { clock, spec } = this
    // What was sent before it opened says nothing new.
    if (clock.state === 'open') return
    const halfOpen = clock.state === 'half-open'
    const window = halfOpen ? this.trials : this.calls
    window.record(now, failed, duration > spec.slowCall)
    const minimum = halfOpen ? Math.min(spec.minimumCalls, spec.halfOpen) : spec.minimumCalls
    if (window.total < minimum) return
    const exceeded =
      window.failed / window.total >= spec.failureRate || window.slow / window.total >= spec.slowCallRate
    if (!exceeded && !halfOpen) return
    if (exceeded) clock.open(now)
    else clock.leaveOpen(now, 'closed')
    this.calls.clear()
  }

  release(): void {
    if (this.clock.state === 'half-open') this.permits = Math.min(this.permits + 1, this.spec.halfOpen)
  }

  openTime(now: number): number {
    return this.clock.openTime(now)
  }

  save(): unknown {
    return {
      clock: this.clock.save(),
      calls: this.calls.save(),
      trials: this.trials.save(),
      permits: this.permits,
    }
  }

  load(state: unknown): void {
    const from = state as { clock: unknown; calls: unknown; trials: unknown; permits: number }
    this.clock.load(from.clock)
    this.calls.load(from.calls)
    this.trials.load(from.trials)
    this.permits = from.permits
  }
}
