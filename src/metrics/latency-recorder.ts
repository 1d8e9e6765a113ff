/**
 * The latencies of one class and where they came from. Memory is bounded: the values themselves are kept up to a cap,
 * beyond it a histogram takes them, and each of 128 log-spaced bins of latency sums the phase vectors of its requests,
 * so that the phases of any tail can be told afterwards.
 */
import { grown } from '../engine/typed.ts'
import { highWord, powerOfTwo } from '../random/elementary/bits.ts'
import { Moments } from './moments.ts'

/** Latencies kept exactly, per class. */
export const RAW_CAP = 100_000
export const TAIL_BINS = 128
/** The tail bins start at 2 to this, four to the octave. */
const TAIL_FROM = -20

export class LatencyRecorder {
  count = 0
  /** The first RAW_CAP values in the order of completion. */
  raw: Float64Array = new Float64Array(64)
  readonly cells: number
  /** Seconds by cell over all requests, and by (tail bin, cell). */
  readonly phaseSums: Float64Array
  readonly tailCounts: Float64Array = new Float64Array(TAIL_BINS)
  readonly tailSums: Float64Array
  /** Of the first values only, or not there, until somebody asks for more: `raw` has the others. */
  private taken: Moments | undefined

  constructor(cells: number) {
    this.cells = cells
    this.phaseSums = new Float64Array(cells)
    this.tailSums = new Float64Array(TAIL_BINS * cells)
    this.taken = undefined
  }

  /** `vector[from ...]` is the request's time by cell. */
  record(latency: number, vector: Float64Array, from: number): void {
    const { count, cells, phaseSums, tailSums } = this
    if (count < RAW_CAP) {
      if (count === this.raw.length) this.raw = grown(this.raw, Math.min(RAW_CAP, count * 2))
      this.raw[count] = latency
    } else {
      this.moments.take(latency)
    }
    this.count = count + 1
    const bin = tailBin(latency > 0 ? highWord(latency) : 0)
    this.tailCounts[bin]!++
    const first = bin * cells
    for (let i = 0; i < cells; i++) {
      const time = vector[from + i]!
      phaseSums[i]! += time
      tailSums[first + i]! += time
    }
  }

  /** Of all values. */
  get moments(): Moments {
    const { raw } = this
    this.taken ??= new Moments()
    const { taken } = this
    const kept = Math.min(this.count, RAW_CAP)
    for (let i = taken.count; i < kept; i++) taken.take(raw[i]!)
    return taken
  }

  get exact(): boolean {
    return this.count <= RAW_CAP
  }

  clear(): void {
    this.count = 0
    this.taken = undefined
    this.phaseSums.fill(0)
    this.tailCounts.fill(0)
    this.tailSums.fill(0)
  }

  save(): LatencyState {
    return {
      count: this.count,
      moments: this.moments.save(),
      raw: this.raw.slice(0, Math.min(this.count, RAW_CAP)),
      phaseSums: this.phaseSums.slice(),
      tailCounts: this.tailCounts.slice(),
      tailSums: this.tailSums.slice(),
    }
  }

  load(state: LatencyState): void {
    this.count = state.count
    this.taken = new Moments()
    this.taken.load(state.moments)
    this.raw = new Float64Array(Math.max(64, state.raw.length))
    this.raw.set(state.raw)
    this.phaseSums.set(state.phaseSums)
    this.tailCounts.set(state.tailCounts)
    this.tailSums.set(state.tailSums)
  }
}

export type LatencyState = {
  count: number
  moments: unknown
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
