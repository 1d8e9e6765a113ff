/**
 * Counts of positive values in bins whose bounds are 2^e (1 + k / 128): the exponent and the first seven bits of
 * the mantissa of the float64 are the bin. A value answered for a bin is its middle, at most 0.4 % from any value
 * in it. Merging adds counts, so that it is exact and its order does not matter.
 */
import { fromHighWord, highWord } from '../random/elementary/bits.ts'

const SUBBINS = 128
const LOWEST = -34
const HIGHEST = 24
const BINS = (HIGHEST - LOWEST) * SUBBINS

/** Largest relative error of a value that the histogram gives back, within 2^-34 .. 2^24. */
export const RELATIVE_ERROR: number = 0.5 / SUBBINS

export class LogHistogram {
  /** Zeros (and below) are counted apart, what is out of range in the first or last bin. */
  zeros = 0
  total = 0
  readonly counts: Float64Array = new Float64Array(BINS)

  record(value: number): void {
    this.total++
    if (!(value > 0)) {
      this.zeros++
      return
    }
    // The exponent and seven bits of the mantissa remain.
    const bin = (highWord(value) >>> 13) - (LOWEST + 1023) * SUBBINS
    this.counts[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]!++
  }

  merge(other: LogHistogram): void {
    this.zeros += other.zeros
    this.total += other.total
    for (let i = 0; i < BINS; i++) this.counts[i] = this.counts[i]! + other.counts[i]!
  }

  /** The value below which a share q of all lies, to RELATIVE_ERROR; NaN when empty. */
  quantile(q: number): number {
    return this.quantiles([q])[0]!
  }

  /** The same of several shares in rising order, in one pass. */
  quantiles(shares: readonly number[]): number[] {
    let below = this.zeros
    let bin = -1
    return shares.map((q) => {
      if (this.total === 0) return Number.NaN
      const rank = q * (this.total - 1)
      if (rank < this.zeros) return 0
      while (!(rank < below) && bin < BINS - 1) below += this.counts[++bin]!
      return middle(Math.max(0, bin))
    })
  }

  save(): unknown {
    return { zeros: this.zeros, total: this.total, counts: this.counts.slice() }
  }

  load(state: unknown): void {
    const { zeros, total, counts } = state as { zeros: number; total: number; counts: Float64Array }
    this.zeros = zeros
    this.total = total
    this.counts.set(counts)
  }
}

function middle(bin: number): number {
  const first = (LOWEST + 1023) * SUBBINS
  const low = fromHighWord((bin + first) << 13)
  const octave = fromHighWord((Math.floor(bin / SUBBINS) * SUBBINS + first) << 13)
  return low + (0.5 / SUBBINS) * octave
}
