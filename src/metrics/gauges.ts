/** Values that change in steps, with their exact time integral: queue lengths, busy cores, bytes in use. */
import { loadFields, saveFields } from '../engine/typed.ts'

export class Gauges {
  readonly value: Float64Array
  /** Since the last `restart`. */
  readonly max: Float64Array
  private readonly area: Float64Array
  private readonly changedAt: Float64Array
  /** `area` as of the last `restart`. */
  private readonly before: Float64Array
  private since = 0

  constructor(count: number) {
    this.value = new Float64Array(count)
    this.max = new Float64Array(count)
    this.area = new Float64Array(count)
    this.changedAt = new Float64Array(count)
    this.before = new Float64Array(count)
  }

  add(i: number, delta: number, now: number): void {
    const { value, area, changedAt } = this
    const before = value[i]!
    area[i] = area[i]! + before * (now - changedAt[i]!)
    changedAt[i] = now
    const after = before + delta
    value[i] = after
    if (after > this.max[i]!) this.max[i] = after
  }

  set(i: number, value: number, now: number): void {
    this.add(i, value - this.value[i]!, now)
  }

  /** The time integral since the start of the run, in (value) x seconds. */
  total(i: number, now: number): number {
    return this.area[i]! + this.value[i]! * (now - this.changedAt[i]!)
  }

  /** Time average since the last `restart`. */
  mean(i: number, now: number): number {
    return now > this.since ? (this.total(i, now) - this.before[i]!) / (now - this.since) : this.value[i]!
  }

  /** Averages and maxima start at `now`. */
  restart(now: number): void {
    this.since = now
    for (let i = 0; i < this.value.length; i++) this.before[i] = this.total(i, now)
    this.max.set(this.value)
  }

  save(): Record<string, unknown> {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['value', 'max', 'area', 'changedAt', 'before', 'since']
