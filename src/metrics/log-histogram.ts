/**
 * Counts of positive values in bins whose bounds are 2^e (1 + k / 128): the exponent and the first seven bits of
 * the mantissa of the float64 are the bin. A value answered for a bin is its middle, at most 0.4 % from any value
 * in it. Merging adds counts, so that it is exact and its order does not matter.
 */
const SUBBINS = 128
const LOWEST = -34
const HIGHEST = 24
const BINS = (HIGHEST - LOWEST) * SUBBINS

/** Largest relative error of a value that the histogram gives back, within 2^-34 .. 2^24. */
export const RELATIVE_ERROR: number = 0.5 / SUBBINS

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

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
    const bin = binOf(value)
    this.counts[bin] = this.counts[bin]! + 1
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

  clear(): void {
    this.zeros = 0
    this.total = 0
    this.counts.fill(0)
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

function binOf(value: number): number {
  float[0] = value
  // Sign 0, 11 bits of exponent, then the mantissa: shifted by 13, exponent and seven mantissa bits remain.
  const bin = (words[HIGH_WORD]! >>> 13) - (LOWEST + 1023) * SUBBINS
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin
}

function middle(bin: number): number {
  words[1 - HIGH_WORD] = 0
  words[HIGH_WORD] = (bin + (LOWEST + 1023) * SUBBINS) << 13
  const low = float[0]!
  const exponent = Math.floor(bin / SUBBINS)
  words[HIGH_WORD] = (exponent * SUBBINS + (LOWEST + 1023) * SUBBINS) << 13
  return low + (0.5 / SUBBINS) * float[0]!
}
