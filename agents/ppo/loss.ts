/**
 * PPO's loss of a minibatch and its gradient at the outputs of the two networks (Schulman et al., 2017, eq. 7 and 9).
 * With r = pi(a|s) / pi_old(a|s):
 *
 *   L = mean[ -min(r A, clip(r, 1 - eps, 1 + eps) A)  +  vfCoef (V - R)^2  -  entCoef H(pi(.|s)) ]
 *
 * With p = softmax over the valid actions, and [j = a] = 1 for the action taken, at the logit z_j:
 *
 *   d log pi(a|s) / d z_j = [j = a] - p_j          d H / d z_j = -p_j (log p_j + H)
 */
import { exp } from '../../src/random/math.ts'
import { maskedLogSoftmax } from '../nn/categorical.ts'

/** Rows 0 ... size - 1 count. */
export type Minibatch = {
  size: number
  readonly actionCount: number
  readonly actions: Int32Array
  /** 1 = valid, size x actionCount. */
  readonly masks: Uint8Array
  /** log pi_old(a|s). */
  readonly logProbabilities: Float64Array
  readonly advantages: Float64Array
  /** The value targets R. */
  readonly returns: Float64Array
}

export type LossCoefficients = {
  readonly clipRange: number
  readonly vfCoef: number
  readonly entCoef: number
}

/** Means over the minibatch. */
export type PpoLoss = {
  loss: number
  policyLoss: number
  valueLoss: number
  entropy: number
  /** mean(-log r) and mean(r - 1 - log r): http://joschu.net/blog/kl-approx.html. */
  oldApproxKl: number
  approxKl: number
  /** Share of rows with |r - 1| > clipRange. */
  clipFraction: number
}

/** Writes the gradients of `loss` at the logits (size x actionCount) and at the values (size) into the last two arguments. */
export function ppoLoss(
  logits: Float32Array,
  values: Float32Array,
  batch: Minibatch,
  { clipRange, vfCoef, entCoef }: LossCoefficients,
  logitGradients: Float32Array,
  valueGradients: Float32Array,
): PpoLoss {
  const { size, actionCount: n, actions, masks } = batch
  if (scratch.length < n) scratch = new Float64Array(n)
  const logP = scratch
  let policyLoss = 0
  let valueLoss = 0
  let entropy = 0
  let oldApproxKl = 0
  let approxKl = 0
  let clipped = 0
  for (let i = 0; i < size; i++) {
    const at = i * n
    maskedLogSoftmax(logits, at, n, masks, at, logP)
    const action = actions[i]!
    const advantage = batch.advantages[i]!
    const logRatio = logP[action]! - batch.logProbabilities[i]!
    const ratio = exp(logRatio)

    // Policy loss
    const surrogate = ratio * advantage
    const clippedSurrogate = Math.min(1 + clipRange, Math.max(1 - clipRange, ratio)) * advantage
    policyLoss -= Math.min(surrogate, clippedSurrogate)
    // Where the clipped term is the smaller one it is constant in r.
    const byLogP = surrogate <= clippedSurrogate ? -surrogate : 0

    // Entropy
    let h = 0
    for (let j = 0; j < n; j++) if (masks[at + j] === 1) h -= exp(logP[j]!) * logP[j]!
    entropy += h
    for (let j = 0; j < n; j++) {
      const p = masks[at + j] === 1 ? exp(logP[j]!) : 0
      const byEntropy = p === 0 ? 0 : entCoef * p * (logP[j]! + h)
      logitGradients[at + j] = (byLogP * ((j === action ? 1 : 0) - p) + byEntropy) / size
    }

    // Value loss
    const error = values[i]! - batch.returns[i]!
    valueLoss += error * error
    valueGradients[i] = (2 * vfCoef * error) / size

    oldApproxKl -= logRatio
    approxKl += ratio - 1 - logRatio
    if (Math.abs(ratio - 1) > clipRange) clipped++
  }
  return {
    loss: (policyLoss + vfCoef * valueLoss - entCoef * entropy) / size,
    policyLoss: policyLoss / size,
    valueLoss: valueLoss / size,
    entropy: entropy / size,
    oldApproxKl: oldApproxKl / size,
    approxKl: approxKl / size,
    clipFraction: clipped / size,
  }
}

let scratch = new Float64Array(16)

/** Advantages 0 ... size - 1 to mean 0 and standard deviation 1 (n - 1 in the denominator), in place. */
export function normalizeAdvantages(advantages: Float64Array, size: number): void {
  if (size < 2) return
  let mean = 0
  for (let i = 0; i < size; i++) mean += advantages[i]!
  mean /= size
  let squares = 0
  for (let i = 0; i < size; i++) squares += (advantages[i]! - mean) * (advantages[i]! - mean)
  const deviation = Math.sqrt(squares / (size - 1)) + 1e-8
  for (let i = 0; i < size; i++) advantages[i] = (advantages[i]! - mean) / deviation
}
