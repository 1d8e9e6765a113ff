/**
 * Generalised advantage estimation (Schulman et al., 2016). Arrays hold nSteps x nEnvs values, step by step.
 * With semi-Markov decisions each step has a discount of its own.
 */
export type GaeInput = {
  readonly nSteps: number
  readonly nEnvs: number
  readonly rewards: Float64Array
  /** V(s_t). */
  readonly values: Float64Array
  /** 1 where the episode ended with this step. */
  readonly ended: Uint8Array
  /** What the state after a step that ended an episode is worth: 0 if terminated, V(final observation) if truncated. */
  readonly finalValues: Float64Array
  /** V of the states after the last step. */
  readonly lastValues: Float64Array
  /** gamma_t of each step. */
  readonly discounts: Float64Array
  readonly lambda: number
}

/** delta_t = r_t + gamma_t V(s_t+1) - V(s_t); A_t = delta_t + gamma_t lambda A_t+1, cut where an episode ended. */
export function gae(input: GaeInput, advantages: Float64Array): void {
  const { nSteps, nEnvs, rewards, values, ended, finalValues, lastValues, discounts, lambda } = input
  for (let env = 0; env < nEnvs; env++) {
    let nextValue = lastValues[env]!
    let nextAdvantage = 0
    for (let t = nSteps - 1; t >= 0; t--) {
      const i = t * nEnvs + env
      if (ended[i] === 1) {
        nextValue = finalValues[i]!
        nextAdvantage = 0
      }
      const delta = rewards[i]! + discounts[i]! * nextValue - values[i]!
      nextAdvantage = delta + discounts[i]! * lambda * nextAdvantage
      advantages[i] = nextAdvantage
      nextValue = values[i]!
    }
  }
}
