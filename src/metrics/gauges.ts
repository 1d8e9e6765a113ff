/** Values that change in steps, with their exact time integral: queue lengths, busy cores, bytes in use. */
import { FLOAT_ZERO, loadFields, saveFields } from '../engine/typed.ts'

export class Gauges {
  readonly value: Float64Array
  /** Since the last `restart`. */
  readonly max: Float64Array
  private readonly count: number
  /** Values, maxima, integrals and times of the last change, one after the other: `add` looks up one array. */
  private readonly block: Float64Array
  /** The integrals as of the last `restart`. */
  private readonly before: Float64Array
  private since: number = FLOAT_ZERO

  constructor(count: number) {
    this.count = count
    this.block = new Float64Array(4 * count)
    this.value = this.block.subarray(0, count)
    this.max = this.block.subarray(count, 2 * count)
    this.before = new Float64Array(count)
  }

  add(i: number, delta: number, now: number): void {
    const { block, count } = this
    const max = i + count
    const area = max + count
    const changedAt = area + count
    const before = block[i]!
    block[area] = block[area]! + before * (now - block[changedAt]!)
    block[changedAt] = now
    const after = before + delta
    block[i] = after
    if (after > block[max]!) block[max] = after
  }

  set(i: number, value: number, now: number): void {
    this.add(i, value - this.value[i]!, now)
  }

  /** The time integral since the start of the run, in (value) x seconds. */
  total(i: number, now: number): number {
    const { block, count } = this
    return block[i + 2 * count]! + block[i]! * (now - block[i + 3 * count]!)
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

const FIELDS = ['block', 'before', 'since']
