/**
 * The k-th smallest of many values without sorting them all: quickselect (Hoare, 1961) that remembers where it has
 * already parted the values, so that each further question costs less.
 */
export class OrderStatistics {
  private readonly values: Float64Array
  /** Positions whose value is final, ascending; those of the ends stand outside. */
  private readonly settled: number[] = [-1]

  /** Takes over `values` and reorders them. */
  constructor(values: Float64Array) {
    this.values = values
    this.settled.push(values.length)
  }

  get length(): number {
    return this.values.length
  }

  /** The k-th smallest, k from 0. */
  at(k: number): number {
    const { settled } = this
    let i = 1
    while (settled[i]! < k) i++
    if (settled[i] !== k) {
      this.select(k, settled[i - 1]! + 1, settled[i]! - 1)
      settled.splice(i, 0, k)
    }
    return this.values[k]!
  }

  /** Linear interpolation between the neighbours, 0 <= q <= 1; NaN of nothing. */
  quantile(q: number): number {
    const last = this.values.length - 1
    if (last < 0) return Number.NaN
    const position = q * last
    const below = Math.floor(position)
    const low = this.at(below)
    return position === below ? low : low + (position - below) * (this.at(below + 1) - low)
  }

  private select(k: number, from: number, to: number): void {
    const { values } = this
    let low = from
    let high = to
    while (low < high) {
      const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!)
      let i = low
      let j = high
      while (i <= j) {
        while (values[i]! < pivot) i++
        while (values[j]! > pivot) j--
        if (i > j) break
        const kept = values[i]!
        values[i++] = values[j]!
        values[j--] = kept
      }
      if (k <= j) high = j
      else if (k >= i) low = i
      else return
    }
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
