/**
 * From a uniform number to a key, by inversion: the key is the first whose cumulative probability exceeds the number.
 * A guide table says where to begin, so that a draw costs a few comparisons (Chen and Asau, 1974).
 */
import { pow } from '../../random/index.ts'
import type { Key } from '../../scenario/types.ts'

const MAX_GUIDES = 65_536

export class KeyTable {
  /** Number of keys; 1 of a fixed one; of recorded ones the length of the record. */
  readonly n: number
  /** Recorded keys; empty where they are drawn. */
  readonly recorded: Int32Array
  private readonly fixed: number
  /** Empty where all keys are equally likely. */
  private readonly cumulative: Float64Array
  private readonly guide: Int32Array

  constructor(key: Key) {
    this.fixed = key.kind === 'fixed' ? keyNumber(key.value) : -1
    this.recorded = Int32Array.from(key.kind === 'trace' ? key.values : [], keyNumber)
    this.n = key.kind === 'fixed' ? 1 : key.kind === 'trace' ? key.values.length : key.n
    const zipf = key.kind === 'zipf' && key.s > 0 && key.n > 1
    this.cumulative = new Float64Array(zipf ? this.n : 0)
    this.guide = new Int32Array(zipf ? Math.min(MAX_GUIDES, this.n) + 1 : 0)
    if (!zipf) return
    const { cumulative, guide, n } = this
    let sum = 0
    for (let k = 0; k < n; k++) {
      sum += pow(k + 1, -key.s)
      cumulative[k] = sum
    }
    for (let k = 0; k < n; k++) cumulative[k] = cumulative[k]! / sum
    const guides = guide.length - 1
    let k = 0
    for (let g = 0; g < guides; g++) {
      while (cumulative[k]! <= g / guides) k++
      guide[g] = k
    }
    guide[guides] = n - 1
  }

  /** The recorded key of request `number`. */
  recordedAt(number: number): number {
    return this.recorded[number % this.n]!
  }

  /** The key of u in [0, 1): 0 is the most popular. Of recorded ones any. */
  at(u: number): number {
    if (this.fixed >= 0) return this.fixed
    if (this.recorded.length > 0) return this.recorded[Math.floor(u * this.n)]!
    const { cumulative, guide, n } = this
    if (cumulative.length === 0) return Math.floor(u * n)
    const g = Math.floor(u * (guide.length - 1))
    let low = guide[g]!
    let high = guide[g + 1]!
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulative[middle]! > u) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Probability of key `k`. */
  probability(k: number): number {
    if (this.fixed >= 0) return k === this.fixed ? 1 : 0
    if (this.recorded.length > 0) return this.recorded.filter((key) => key === k).length / this.n
    if (k < 0 || k >= this.n) return 0
    const { cumulative } = this
    if (cumulative.length === 0) return 1 / this.n
    return k === 0 ? cumulative[0]! : cumulative[k]! - cumulative[k - 1]!
  }
}

/** A number is its own key; a text becomes one of 2^31 (FNV-1a over UTF-16 code units). */
function keyNumber(value: string | number): number {
  if (typeof value === 'number') return value
  let hash = 0x811c9dc5
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193)
  return hash & 0x7fffffff
}
