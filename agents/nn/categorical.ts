/** The categorical distribution over masked logits, in float64 with exactly specified functions. */
import { SimError } from '../../src/errors.ts'
import { exp, log } from '../../src/random/math.ts'

/**
 * log softmax of `n` logits from `at` on over the actions that `mask` (from `maskAt` on, 1 = valid) leaves, written
 * to `logProbabilities[0..n)`; an invalid action gets -Infinity. Throws SimError when no action is valid.
 */
export function maskedLogSoftmax(
  logits: Float32Array,
  at: number,
  n: number,
  mask: Uint8Array,
  maskAt: number,
  logProbabilities: Float64Array,
): void {
  let max = Number.NEGATIVE_INFINITY
  for (let j = 0; j < n; j++) if (mask[maskAt + j] === 1 && logits[at + j]! > max) max = logits[at + j]!
  if (max === Number.NEGATIVE_INFINITY) throwNone(mask, maskAt, n)
  let sum = 0
  for (let j = 0; j < n; j++) if (mask[maskAt + j] === 1) sum += exp(logits[at + j]! - max)
  const normalizer = max + log(sum)
  for (let j = 0; j < n; j++) {
    logProbabilities[j] = mask[maskAt + j] === 1 ? logits[at + j]! - normalizer : Number.NEGATIVE_INFINITY
  }
}

/** The action at the uniform number u in [0, 1), by inversion. */
export function sampleCategorical(logProbabilities: Float64Array, n: number, u: number): number {
  let rest = u
  let last = 0
  for (let j = 0; j < n; j++) {
    const logProbability = logProbabilities[j]!
    if (logProbability === Number.NEGATIVE_INFINITY) continue
    last = j
    rest -= exp(logProbability)
    if (rest < 0) return j
  }
  // Only where rounding used up the sum.
  return last
}

/** The first of the most probable actions. */
export function argmaxCategorical(logProbabilities: Float64Array, n: number): number {
  let best = 0
  for (let j = 1; j < n; j++) if (logProbabilities[j]! > logProbabilities[best]!) best = j
  return best
}

function throwNone(mask: Uint8Array, maskAt: number, n: number): never {
  for (let j = 0; j < n; j++) {
    if (mask[maskAt + j] === 1) {
      throw new SimError(
        'diverged',
        'the network gave a logit that is not a number. Lower the learning rate, or look for NaN in the observations.',
      )
    }
  }
  throw new SimError(
    'no-valid-action',
    'the action mask leaves no action (info.actionMask). The environment must offer at least one.',
  )
}
