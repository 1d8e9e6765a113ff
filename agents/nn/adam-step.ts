/** What one step of Adam multiplies with: the same numbers for every backend, which does the arithmetic over vectors. */
import { pow } from '../../src/random/math.ts'
import type { Adam } from './network.ts'

export type AdamStep = {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Of the gradient, so that its norm is at most `maxGradNorm`. */
  readonly scale: number
  /** Learning rate over the bias correction of the mean, and 1 over the root of that of the square. */
  readonly rate: number
  readonly inverseRoot: number
}

/** `norm`: of the gradient over all parameters; `steps`: this one included, from 1. */
export function adamStep(optimiser: Adam, norm: number, steps: number): AdamStep {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-5,
    maxGradNorm = Number.POSITIVE_INFINITY,
  } = optimiser
  return {
    beta1,
    beta2,
    epsilon,
    scale: norm > maxGradNorm ? maxGradNorm / norm : 1,
    rate: learningRate / (1 - pow(beta1, steps)),
    inverseRoot: 1 / Math.sqrt(1 - pow(beta2, steps)),
  }
}
