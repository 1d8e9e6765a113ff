/**
 * Hystrix: at every health snapshot (each `interval`) the calls of the rolling window are looked at, and the breaker
 * opens when there were enough of them and too many failed. After `sleep` one call is let through: its success closes
 * the breaker with an empty window, its failure begins the sleep anew.
 */
import type { CircuitBreaker } from '../../scenario/types.ts'
import { BreakerClock } from './breaker-clock.ts'
import type { Breaker, BreakerState } from './circuit-breaker.ts'

type Spec = Extract<CircuitBreaker, { kind: 'hystrix' }>

export class HystrixBreaker implements Breaker {
  private readonly spec: Spec
  private readonly clock = new BreakerClock()
  /** Calls and failures of each interval of the window. */
  private readonly calls: Float64Array
  private readonly failures: Float64Array
  private interval = 0
  /** Half-open: the one call that is let through is under way. */
  private trying = false

  constructor(spec: Spec) {
    this.spec = spec
    const n = Math.max(1, Math.round(spec.window / spec.interval))
    this.calls = new Float64Array(n)
    this.failures = new Float64Array(n)
  }

  get state(): BreakerState {
    return this.clock.state
  }

  get opens(): number {
    return this.clock.opens
  }

  acquire(now: number): boolean {
    const { clock, spec } = this
    this.advance(now)
    if (clock.state === 'closed') return true
    if (clock.state === 'half-open' ? this.trying : now < clock.openedAt + spec.sleep) return false
    if (clock.state === 'open') clock.leaveOpen(now, 'half-open')
    this.trying = true
    return true
  }

  record(now: number, failed: boolean, _duration: number): void {
    const { clock } = this
    this.advance(now)
    const at = this.interval % this.calls.length
    this.calls[at]!++
    if (failed) this.failures[at]!++
    if (clock.state !== 'half-open') return
    this.trying = false
    if (failed) {
      clock.open(now)
    } else {
      clock.leaveOpen(now, 'closed')
      this.calls.fill(0)
      this.failures.fill(0)
    }
  }

  /** After a trial without a result the next call is the trial. */
  release(): void {
    this.trying = false
  }

  /** Looks at the window at every end of an interval that has passed, as of that instant. */
  private advance(now: number): void {
    const { spec, calls, failures, clock } = this
    const index = Math.floor(now / spec.interval)
    const last = Math.min(index, this.interval + calls.length)
    while (this.interval < last) {
      if (clock.state === 'closed') this.snapshot((this.interval + 1) * spec.interval)
      this.interval++
      const at = this.interval % calls.length
      calls[at] = 0
      failures[at] = 0
    }
    this.interval = index
  }

  private snapshot(time: number): void {
    let total = 0
    let failed = 0
    for (let i = 0; i < this.calls.length; i++) {
      total += this.calls[i]!
      failed += this.failures[i]!
    }
    if (total >= this.spec.requests && failed / total >= this.spec.errorRate) this.clock.open(time)
  }

  openTime(now: number): number {
    this.advance(now)
    return this.clock.openTime(now)
  }

  save(): unknown {
    return {
      clock: this.clock.save(),
      calls: this.calls.slice(),
      failures: this.failures.slice(),
      interval: this.interval,
      trying: this.trying,
    }
  }

  load(state: unknown): void {
    const from = state as {
      clock: unknown
      calls: Float64Array
      failures: Float64Array
      interval: number
      trying: boolean
    }
    this.clock.load(from.clock)
    this.calls.set(from.calls)
    this.failures.set(from.failures)
    this.interval = from.interval
    this.trying = from.trying
  }
}
