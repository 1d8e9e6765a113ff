/**
 * Brings rewards to the scale of 1: each is divided by the standard deviation of the running discounted return G of
 * its environment and clipped to [-10, 10], as VecNormalize of Stable-Baselines3 does. Costs of queues differ by
 * orders of magnitude between a poor policy and a good one; values that a network can learn do not.
 */
export type RewardScalerState = {
  readonly returns: Float64Array
  readonly count: number
  readonly mean: number
  readonly squares: number
}

const CLIP = 10
const EPSILON = 1e-8

export class RewardScaler {
  private readonly returns: Float64Array
  private count = 0
  private mean = 0
  private squares = 0

  constructor(nEnvs: number) {
    this.returns = new Float64Array(nEnvs)
  }

  /** The scaled reward of a step in environment `env`; `ended`: an episode ended with it. */
  scale(env: number, reward: number, gamma: number, ended: boolean): number {
    const discounted = this.returns[env]! * gamma + reward
    this.count++
    const deviation = discounted - this.mean
    this.mean += deviation / this.count
    this.squares += deviation * (discounted - this.mean)
    this.returns[env] = ended ? 0 : discounted
    const scaled = reward / Math.sqrt(this.squares / this.count + EPSILON)
    return Math.min(CLIP, Math.max(-CLIP, scaled))
  }

  save(): RewardScalerState {
    return { returns: this.returns.slice(), count: this.count, mean: this.mean, squares: this.squares }
  }

  load(state: RewardScalerState): void {
    this.returns.set(state.returns)
    this.count = state.count
    this.mean = state.mean
    this.squares = state.squares
  }
}
