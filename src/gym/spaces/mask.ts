/** Sampling of one of n values under a mask or with probabilities; the rules are Gymnasium's. */
import { reject } from '../../random/check.ts'
import type { Stream } from '../../random/stream.ts'
import { describe } from './json-number.ts'
import type { SampleOptions } from './space.ts'

/** How far from 1 probabilities may sum. */
const SUM_TOLERANCE = 1e-6

export function rejectBoth(options: SampleOptions | undefined): void {
  if (options?.mask !== undefined && options.probability !== undefined) {
    reject('mask and probability were both given', 'sample', '', 'Give one of them.')
  }
}

/** An index in 0 ... n - 1; 0 when the mask leaves none. Throws ConfigError for a mask that does not fit. */
export function drawIndex(n: number, mask: unknown, probability: unknown, stream: Stream): number {
  if (mask !== undefined) return drawMasked(n, mask, stream)
  if (probability !== undefined) return drawWeighted(n, probability, stream)
  return stream.int(n)
}

function drawMasked(n: number, mask: unknown, stream: Stream): number {
  const bits = checkBits(mask, n, 1)
  let valid = 0
  for (const bit of bits) valid += bit
  if (valid === 0) return 0
  let left = stream.int(valid)
  let i = 0
  for (; ; i++) if (bits[i] === 1 && left-- === 0) return i
}

function drawWeighted(n: number, probability: unknown, stream: Stream): number {
  const weights = checkProbabilities(probability, n)
  let sum = 0
  for (const p of weights) sum += p
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
    reject(`the probabilities sum to ${sum}`, 'probability', '', 'They must sum to 1.')
  }
  let left = stream.next() * sum
  let last = 0
  for (let i = 0; i < n; i++) {
    const p = weights[i]!
    if (p === 0) continue
    if (left < p) return i
    left -= p
    last = i
  }
  // Only where rounding used up the sum.
  return last
}

/** A mask of `length` integers from 0 to `largest`. */
export function checkBits(mask: unknown, length: number, largest: number): Uint8Array | Int8Array {
  if (!(mask instanceof Uint8Array || mask instanceof Int8Array) || mask.length !== length) {
    return reject(`expected a Uint8Array or Int8Array of ${length}, got ${describe(mask)}`, 'mask', '')
  }
  for (let i = 0; i < length; i++) {
    const value = mask[i]!
    if (value < 0 || value > largest) reject(`expected 0 to ${largest}, got ${value}`, `mask[${i}]`, '')
  }
  return mask
}

/** `length` numbers, each in [0, 1]. */
export function checkProbabilities(probability: unknown, length: number): Float64Array {
  if (!(probability instanceof Float64Array) || probability.length !== length) {
    return reject(`expected a Float64Array of ${length}, got ${describe(probability)}`, 'probability', '')
  }
  for (let i = 0; i < length; i++) {
    const p = probability[i]!
    if (!(p >= 0 && p <= 1)) reject(`expected a number from 0 to 1, got ${p}`, `probability[${i}]`, '')
  }
  return probability
}
