/** What all breakers keep: their state, since when, how often and how long they were open. */
import type { BreakerState } from './circuit-breaker.ts'

export class BreakerClock {
  state: BreakerState = 'closed'
  opens = 0
  openedAt = 0
  private openBefore = 0

  open(now: number): void {
    if (this.state === 'open') return
    this.state = 'open'
    this.opens++
    this.openedAt = now
  }

  leaveOpen(now: number, state: BreakerState): void {
    if (this.state === 'open') this.openBefore += now - this.openedAt
    this.state = state
  }

  openTime(now: number): number {
    return this.openBefore + (this.state === 'open' ? now - this.openedAt : 0)
  }

  save(): unknown {
    return { state: this.state, opens: this.opens, openedAt: this.openedAt, openBefore: this.openBefore }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}
