/** Mean and variance in one pass, without cancellation: B. P. Welford, Technometrics 4 (1962). */

export class Moments {
  private n = 0
  private average = 0
  private squares = 0

  add(value: number): void {
    this.n++
    const difference = value - this.average
    this.average += difference / this.n
    this.squares += difference * (value - this.average)
  }

  get count(): number {
    return this.n
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.n === 0 ? Number.NaN : this.average
  }

  /** The unbiased estimate (divisor n - 1); NaN of fewer than two values. */
  get variance(): number {
    return this.n < 2 ? Number.NaN : this.squares / (this.n - 1)
  }

  /** Divisor n; NaN of nothing. */
  get populationVariance(): number {
    return this.n === 0 ? Number.NaN : this.squares / this.n
  }
}

export function momentsOf(values: Iterable<number>): Moments {
  const moments = new Moments()
  for (const value of values) moments.add(value)
  return moments
}
