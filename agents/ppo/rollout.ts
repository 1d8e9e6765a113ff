/** The memory of a rollout, nSteps x nEnvs rows step by step, and of a minibatch gathered from it. */
import type { Minibatch } from './loss.ts'

export class Rollout {
  readonly size: number
  readonly observations: Float32Array
  readonly masks: Uint8Array
  readonly actions: Int32Array
  readonly logProbabilities: Float64Array
  readonly values: Float64Array
  readonly rewards: Float64Array
  readonly discounts: Float64Array
  readonly ended: Uint8Array
  readonly finalValues: Float64Array
  readonly lastValues: Float64Array
  readonly advantages: Float64Array
  readonly returns: Float64Array
  private readonly observationSize: number
  private readonly actionCount: number

  constructor(nSteps: number, nEnvs: number, observationSize: number, actionCount: number) {
    const size = nSteps * nEnvs
    this.size = size
    this.observationSize = observationSize
    this.actionCount = actionCount
    this.observations = new Float32Array(size * observationSize)
    this.masks = new Uint8Array(size * actionCount)
    this.actions = new Int32Array(size)
    this.logProbabilities = new Float64Array(size)
    this.values = new Float64Array(size)
    this.rewards = new Float64Array(size)
    this.discounts = new Float64Array(size)
    this.ended = new Uint8Array(size)
    this.finalValues = new Float64Array(size)
    this.lastValues = new Float64Array(nEnvs)
    this.advantages = new Float64Array(size)
    this.returns = new Float64Array(size)
  }

  /** Room for minibatches of up to `rows` rows. */
  minibatch(rows: number): Minibatch & { readonly observations: Float32Array } {
    return {
      size: 0,
      actionCount: this.actionCount,
      observations: new Float32Array(rows * this.observationSize),
      actions: new Int32Array(rows),
      masks: new Uint8Array(rows * this.actionCount),
      logProbabilities: new Float64Array(rows),
      advantages: new Float64Array(rows),
      returns: new Float64Array(rows),
    }
  }

  /** Copies the rows `order[from ... to)` into the minibatch. */
  gather(
    order: Int32Array,
    from: number,
    to: number,
    batch: Minibatch & { readonly observations: Float32Array },
  ): void {
    const { observationSize, actionCount } = this
    batch.size = to - from
    for (let i = 0; i < to - from; i++) {
      const row = order[from + i]!
      batch.actions[i] = this.actions[row]!
      batch.logProbabilities[i] = this.logProbabilities[row]!
      batch.advantages[i] = this.advantages[row]!
      batch.returns[i] = this.returns[row]!
      for (let k = 0; k < observationSize; k++) {
        batch.observations[i * observationSize + k] = this.observations[row * observationSize + k]!
      }
      for (let j = 0; j < actionCount; j++)
        batch.masks[i * actionCount + j] = this.masks[row * actionCount + j]!
    }
  }

  /** 1 - Var(R - V) / Var(R); NaN where the returns do not vary. */
  explainedVariance(): number {
    const { size, returns, values } = this
    let meanReturn = 0
    let meanError = 0
    for (let i = 0; i < size; i++) {
      meanReturn += returns[i]! / size
      meanError += (returns[i]! - values[i]!) / size
    }
    let ofReturns = 0
    let ofErrors = 0
    for (let i = 0; i < size; i++) {
      const deviation = returns[i]! - meanReturn
      const error = returns[i]! - values[i]! - meanError
      ofReturns += deviation * deviation
      ofErrors += error * error
    }
    return ofReturns === 0 ? Number.NaN : 1 - ofErrors / ofReturns
  }
}
