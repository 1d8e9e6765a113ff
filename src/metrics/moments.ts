/** Count, sum, squares, extremes and histogram of values, taken up one by one. */
import { FLOAT_ZERO, loadFields, saveFields } from '../engine/typed.ts'
import { LogHistogram } from './log-histogram.ts'

export class Moments {
  count = 0
  sum: number = FLOAT_ZERO
  min: number = Number.POSITIVE_INFINITY
  max: number = FLOAT_ZERO
  readonly histogram: LogHistogram = new LogHistogram()
  /** Of the distances from `pivot`, the first value: against cancellation. */
  private squares: number = FLOAT_ZERO
  private pivot: number = FLOAT_ZERO

  take(value: number): void {
    if (this.count === 0) this.pivot = value
    this.count++
    this.sum += value
    const off = value - this.pivot
    this.squares += off * off
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.histogram.record(value)
  }

  get mean(): number {
    return this.sum / this.count
  }

  /** Sum of squared deviations from the mean. */
  get deviations(): number {
    const off = this.sum - this.count * this.pivot
    return Math.max(0, this.squares - (off * off) / this.count)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      histogram: this.histogram.save(),
    }
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.histogram.load((state as { histogram: unknown }).histogram)
  }
}

const FIELDS = ['count', 'sum', 'min', 'max', 'squares', 'pivot']
