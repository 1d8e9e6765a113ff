/** Why a component did not do the work of a leg, and how often. */

export const REASONS = [
  'rate-limit',
  'concurrency-limit',
  'bulkhead',
  'queue-limit',
  'displaced',
  'delay',
  'expired',
  'cancelled',
  'level',
  'kept-back',
] as const
export const BY_RATE = 0
export const BY_CONCURRENCY = 1
export const BY_BULKHEAD = 2
export const BY_QUEUE = 3
export const DISPLACED = 4
export const BY_DELAY = 5
export const EXPIRED = 6
export const CANCELLED = 7
export const BY_LEVEL = 8
export const KEPT_BACK = 9

export class Refusals {
  /** [unit x REASONS], over the whole run. */
  readonly counts: Float64Array

  constructor(units: number) {
    this.counts = new Float64Array(units * REASONS.length)
  }

  add(unit: number, reason: number): void {
    this.counts[unit * REASONS.length + reason]!++
  }

  /** By reason; one that did not occur is absent. */
  of(unit: number): Partial<Record<(typeof REASONS)[number], number>> {
    const entries = REASONS.flatMap((reason, i): [string, number][] => {
      const count = this.counts[unit * REASONS.length + i]!
      return count > 0 ? [[reason, count]] : []
    })
    return Object.fromEntries(entries)
  }

  total(unit: number): number {
    const from = unit * REASONS.length
    return this.counts.subarray(from, from + REASONS.length).reduce((sum, count) => sum + count, 0)
  }
}
