/**
 * Slow start as in Envoy: the weight of a slot that has come into rotation is multiplied by
 * max(minWeight, (max(t, 1 s) / window)^(1 / aggression)) for the first `window` seconds t. Slots that are there from
 * the start of the run are warm. It concerns the policies that read weights.
 */
import { loadFields, saveFields } from '../../engine/typed.ts'
import { pow } from '../../random/math.ts'
import type { SlowStart as SlowStartSpec } from '../../scenario/types.ts'

/** Of a slot that came into rotation `age` seconds ago. */
export function slowStartFactor(age: number, { window, aggression, minWeight }: SlowStartSpec): number {
  if (age >= window) return 1
  const share = Math.min(1, Math.max(age, 1) / window)
  return Math.max(minWeight, aggression === 1 ? share : pow(share, 1 / aggression))
}

export class SlowStart {
  /** Slots whose weight still grows. */
  warming = 0
  private readonly spec: SlowStartSpec
  private readonly base: Float64Array
  private readonly weight: Float64Array
  /** When a slot that warms up came into rotation; -1: it does not. */
  private readonly since: Float64Array

  /** `weight` is kept up to date in place. */
  constructor(spec: SlowStartSpec, base: Float64Array, weight: Float64Array) {
    this.spec = spec
    this.base = base
    this.weight = weight
    this.since = new Float64Array(base.length).fill(-1)
  }

  join(slot: number, now: number): void {
    if (this.since[slot]! < 0) this.warming++
    this.since[slot] = now
  }

  /** Brings the weights up to date and calls `changed` for each that is another one now. */
  refresh(now: number, changed: (slot: number) => void): void {
    const { since, base, weight, spec } = this
    for (let slot = 0; slot < since.length; slot++) {
      const start = since[slot]!
      if (start < 0) continue
      weight[slot] = base[slot]! * slowStartFactor(now - start, spec)
      if (now - start >= spec.window) {
        since[slot] = -1
        this.warming--
      }
      changed(slot)
    }
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['warming', 'since', 'weight']
