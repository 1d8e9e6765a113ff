/**
 * Passive health checks as in nginx (`max_fails`, `fail_timeout`): a host that failed `maxFails` times within `failTimeout`
 * gets nothing for that long; then one request is let through, and only its success brings the host back. A host that is
 * the only one of its balancer is never taken out. (ngx_http_upstream_round_robin.c)
 */
import { loadFields, saveFields } from '../../engine/typed.ts'
import type { PassiveChecks as PassiveChecksSpec } from '../../scenario/types.ts'

export class PassiveChecks {
  private readonly spec: PassiveChecksSpec
  private readonly fails: Int32Array
  /** Of the last failure, and of the last failure or of the first choice `failTimeout` after it. */
  private readonly failedAt: Float64Array
  private readonly checkedAt: Float64Array

  constructor(n: number, spec: PassiveChecksSpec) {
    this.spec = spec
    this.fails = new Int32Array(n)
    this.failedAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.checkedAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
  }

  /** Whether the host gets nothing now. */
  isDown(slot: number, now: number): boolean {
    return this.fails.length > 1 && this.isSuspect(slot) && now < this.retryAt(slot)
  }

  private isSuspect(slot: number): boolean {
    return this.fails[slot]! >= this.spec.maxFails
  }

  /** When a request is let through to a host that is down. */
  retryAt(slot: number): number {
    return this.checkedAt[slot]! + this.spec.failTimeout
  }

  /** A request is sent to the host: true when it is down from now on, until that is answered or the timeout is over. */
  chosen(slot: number, now: number): boolean {
    if (now < this.retryAt(slot)) return false
    this.checkedAt[slot] = now
    return this.isDown(slot, now)
  }

  /** The host has answered: true when that may have changed whether it is down. */
  answered(slot: number, failed: boolean, now: number): boolean {
    if (failed) {
      this.fails[slot]!++
      this.failedAt[slot] = now
      this.checkedAt[slot] = now
      return this.isDown(slot, now)
    }
    if (this.failedAt[slot]! >= this.checkedAt[slot]!) return false
    const wasSuspect = this.isSuspect(slot)
    this.fails[slot] = 0
    return wasSuspect
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['fails', 'failedAt', 'checkedAt']
