/**
 * The latencies of one class and where they came from. Memory is bounded: a histogram takes every value, the
 * values themselves are kept up to a cap, and each of 128 log-spaced bins of latency sums the phase vectors of its
 * requests, so that the phases of any tail can be told afterwards.
 */
import { FLOAT_ZERO, grown } from '../engine/typed.ts'
import { highWord, powerOfTwo } from '../random/elementary/bits.ts'
import { LogHistogram } from './log-histogram.ts'

/** Latencies kept exactly, per class. */
export const RAW_CAP = 100_000
export const TAIL_BINS = 128
/** The tail bins start at 2 to this, four to the octave. */
const TAIL_FROM = -20

export class LatencyRecorder {
  count = 0
  sum: number = FLOAT_ZERO
  squares: number = FLOAT_ZERO
  min: number = Number.POSITIVE_INFINITY
  max: number = FLOAT_ZERO
  readonly histogram: LogHistogram = new LogHistogram()
  /** The first RAW_CAP values in the order of completion. */
  raw: Float64Array = new Float64Array(64)
  readonly cells: number
  /** Seconds by cell over all requests, and by (tail bin, cell). */
  readonly phaseSums: Float64Array
  readonly tailCounts: Float64Array = new Float64Array(TAIL_BINS)
  readonly tailSums: Float64Array
  /** Shift against cancellation in `squares`: the first value. */
  private pivot: number = FLOAT_ZERO

  constructor(cells: number) {
    this.cells = cells
    this.phaseSums = new Float64Array(cells)
    this.tailSums = new Float64Array(TAIL_BINS * cells)
  }

  /** `vector[from ...]` is the request's time by cell. */
  record(latency: number, vector: Float64Array, from: number): void {
    if (this.count === 0) this.pivot = latency
    if (this.count < RAW_CAP) {
      if (this.count === this.raw.length) this.raw = grown(this.raw, Math.min(RAW_CAP, this.count * 2))
      this.raw[this.count] = latency
    }
    this.count++
    this.sum += latency
    const off = latency - this.pivot
    this.squares += off * off
    if (latency < this.min) this.min = latency
    if (latency > this.max) this.max = latency
    const high = latency > 0 ? highWord(latency) : 0
    this.histogram.recordHigh(high)
    const bin = tailBin(high)
    this.tailCounts[bin]!++
    const { cells, phaseSums, tailSums } = this
    const first = bin * cells
    for (let i = 0; i < cells; i++) {
      const time = vector[from + i]!
      phaseSums[i]! += time
      tailSums[first + i]! += time
    }
  }

  get exact(): boolean {
    return this.count <= RAW_CAP
  }

  get mean(): number {
    return this.sum / this.count
  }

  /** Sum of squared deviations from the mean. */
  get deviations(): number {
    const off = this.sum - this.count * this.pivot
    return Math.max(0, this.squares - (off * off) / this.count)
  }

  clear(): void {
    this.count = 0
    this.sum = 0
    this.squares = 0
    this.min = Number.POSITIVE_INFINITY
    this.max = 0
    this.histogram.clear()
    this.phaseSums.fill(0)
    this.tailCounts.fill(0)
    this.tailSums.fill(0)
  }

  save(): LatencyState {
    return {
      count: this.count,
      sum: this.sum,
      squares: this.squares,
      min: this.min,
      max: this.max,
      pivot: this.pivot,
      histogram: this.histogram.save(),
      raw: this.raw.slice(0, Math.min(this.count, RAW_CAP)),
      phaseSums: this.phaseSums.slice(),
      tailCounts: this.tailCounts.slice(),
      tailSums: this.tailSums.slice(),
    }
  }

  load(state: LatencyState): void {
    this.count = state.count
    this.sum = state.sum
    this.squares = state.squares
    this.min = state.min
    this.max = state.max
    this.pivot = state.pivot
    this.histogram.load(state.histogram)
    this.raw = new Float64Array(Math.max(64, state.raw.length))
    this.raw.set(state.raw)
    this.phaseSums.set(state.phaseSums)
    this.tailCounts.set(state.tailCounts)
    this.tailSums.set(state.tailSums)
  }
}

export type LatencyState = {
  count: number
  sum: number
  squares: number
  min: number
  max: number
  pivot: number
  histogram: unknown
  raw: Float64Array
  phaseSums: Float64Array
  tailCounts: Float64Array
  tailSums: Float64Array
}

/** Exponent and two mantissa bits of the latency with this high word: bins are 12 to 25 % wide. */
function tailBin(high: number): number {
  const bin = (high >>> 18) - (TAIL_FROM + 1023) * 4
  return bin < 0 ? 0 : bin >= TAIL_BINS ? TAIL_BINS - 1 : bin
}

/** The smallest latency of a bin: each octave is parted into four of equal width. 0 for the first, which takes all below. */
export function tailBinStart(bin: number): number {
  if (bin === 0) return 0
  return powerOfTwo(TAIL_FROM + (bin >> 2)) * (1 + (bin & 3) / 4)
}
