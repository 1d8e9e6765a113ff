/** A sum over the last `slices` slices of time, the running one included; older ones are forgotten slice by slice. */
export class WindowedSum {
  private readonly slice: number
  private readonly values: Float64Array
  private current = 0
  private total = 0

  /** `slice` in seconds. */
  constructor(slice: number, slices: number) {
    this.slice = slice
    this.values = new Float64Array(slices)
  }

  add(now: number, value: number): void {
    this.advance(now)
    this.values[this.current % this.values.length]! += value
    this.total += value
  }

  at(now: number): number {
    this.advance(now)
    return this.total
  }

  private advance(now: number): void {
    const index = Math.floor(now / this.slice)
    if (index <= this.current) return
    const { values } = this
    const passed = Math.min(values.length, index - this.current)
    for (let i = 1; i <= passed; i++) values[(this.current + i) % values.length] = 0
    this.current = index
    // Anew, so that rounding does not pile up.
    this.total = 0
    for (let i = 0; i < values.length; i++) this.total += values[i]!
  }

  save(): unknown {
    return { current: this.current, total: this.total, values: this.values.slice() }
  }

  load(state: unknown): void {
    const from = state as { current: number; total: number; values: Float64Array }
    this.current = from.current
    this.total = from.total
    this.values.set(from.values)
  }
}
