/**
 * A controlled Markov chain in continuous time with finitely many states. The chain jumps from a state to a target: to
 * another state, or to a decision point, where a policy takes one of a few options, each of them a state. Decisions
 * take no time. Everything is numbered, so that a sweep over all states runs on typed arrays.
 */

/** Targets below `states` are states; target `states + d` is decision point d. */
export type DecisionProcess = {
  readonly states: number
  /** Cost per unit of time. */
  readonly cost: Float64Array
  /** Jumps of state s are those from `jumpStart[s]` to before `jumpStart[s + 1]`. */
  readonly jumpStart: Int32Array
  readonly rate: Float64Array
  readonly target: Int32Array
  readonly decisions: number
  /** Option k of decision point d, taken by action k, is `option[optionStart[d] + k]`. */
  readonly optionStart: Int32Array
  readonly option: Int32Array
}

/** One action for each decision point. */
export type PolicyTable = Int32Array

export class ProcessBuilder {
  private readonly cost: number[] = []
  private readonly jumpStart: number[] = [0]
  private readonly rate: number[] = []
  private readonly target: number[] = []
  private readonly optionStart: number[] = [0]
  private readonly option: number[] = []

  /** Adds decision points in rising order; the number of the new one. */
  decision(options: readonly number[]): number {
    this.option.push(...options)
    return this.optionStart.push(this.option.length) - 2
  }

  /** Adds states in rising order. Jumps of rate 0 are left out. */
  state(cost: number, jumps: readonly (readonly [rate: number, target: number])[]): void {
    this.cost.push(cost)
    for (const [rate, target] of jumps) {
      if (rate === 0) continue
      this.rate.push(rate)
      this.target.push(target)
    }
    this.jumpStart.push(this.rate.length)
  }

  build(): DecisionProcess {
    return {
      states: this.cost.length,
      cost: Float64Array.from(this.cost),
      jumpStart: Int32Array.from(this.jumpStart),
      rate: Float64Array.from(this.rate),
      target: Int32Array.from(this.target),
      decisions: this.optionStart.length - 1,
      optionStart: Int32Array.from(this.optionStart),
      option: Int32Array.from(this.option),
    }
  }
}
