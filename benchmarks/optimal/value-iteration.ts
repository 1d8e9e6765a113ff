/**
 * Exact average costs by relative value iteration on the uniformised chain (Puterman, "Markov Decision Processes", 1994,
 * sections 8.5 and 11.5). Each sweep bounds the answer from both sides (Odoni, 1969), so that the result says how far
 * off it may be: about the finite chain that it was given, whatever was cut off from a larger one.
 */
import { SimError } from '../../src/errors.ts'
import type { DecisionProcess, PolicyTable } from './decision-process.ts'

export type SolveOptions = {
  /** Largest width of the bounds on the average cost, in units of cost. @default 1e-7 */
  readonly tolerance?: number | undefined
  /** @default 1e6 */
  readonly maxSweeps?: number | undefined
}

export type AverageCost = {
  /** Per unit of time, over the long run; the middle of the bounds. */
  readonly average: number
  readonly low: number
  readonly high: number
  readonly sweeps: number
}

export type Optimum = AverageCost & { readonly policy: PolicyTable }

/** The least average cost of any policy, and a policy that has it. Throws SimError where the bounds do not close. */
export function solve(process: DecisionProcess, options: SolveOptions = {}): Optimum {
  const values = new Float64Array(process.states + process.decisions)
  const result = iterate(process, values, (into) => best(process, into), options)
  return { ...result, policy: greedy(process, values) }
}

/** The average cost of one policy. Throws SimError where the bounds do not close. */
export function evaluatePolicy(
  process: DecisionProcess,
  policy: PolicyTable,
  options: SolveOptions = {},
): AverageCost {
  const values = new Float64Array(process.states + process.decisions)
  const { states, decisions, optionStart, option } = process
  const chosen = new Int32Array(decisions)
  for (let d = 0; d < decisions; d++) {
    const at = optionStart[d]! + policy[d]!
    if (!(at >= optionStart[d]! && at < optionStart[d + 1]!)) {
      throw new SimError(
        'bad-policy-table',
        `decision point ${d} has no action ${policy[d]}. Give one action for each point.`,
      )
    }
    chosen[d] = option[at]!
  }
  const take = (into: Float64Array): void => {
    for (let d = 0; d < decisions; d++) into[states + d] = into[chosen[d]!]!
  }
  return iterate(process, values, take, options)
}

/**
 * `perDecision`: what follows a decision counts this factor of what comes before. Where actions change how often
 * decisions come, the limit of 1 is the least cost per decision, which is another aim than the least cost per time.
 * `perTime`: costs at time t count exp(-perTime x t).
 */
export type Discount = { readonly perDecision: number } | { readonly perTime: number }

/** The policy of least expected discounted cost. Throws SimError where the values do not settle. */
export function solveDiscounted(
  process: DecisionProcess,
  discount: Discount,
  options: SolveOptions = {},
): PolicyTable {
  const { tolerance = 1e-7, maxSweeps = 1e6 } = options
  const { states } = process
  const gamma = 'perDecision' in discount ? discount.perDecision : 1
  const decay = 'perTime' in discount ? discount.perTime : 0
  const values = new Float64Array(states + process.decisions)
  const next = new Float64Array(states)
  const scale = 1 / (uniformRate(process) + decay)
  for (let sweep = 1; sweep <= maxSweeps; sweep++) {
    best(process, values)
    if (gamma !== 1) for (let d = states; d < values.length; d++) values[d] = values[d]! * gamma
    advance(process, values, next, scale)
    let change = 0
    for (let s = 0; s < states; s++) {
      const value = next[s]! - scale * decay * values[s]!
      change = Math.max(change, Math.abs(value - values[s]!))
      values[s] = value
    }
    if (change < tolerance * scale) return greedy(process, values)
  }
  throw notClosed(maxSweeps)
}

function iterate(
  process: DecisionProcess,
  values: Float64Array,
  decide: (values: Float64Array) => void,
  { tolerance = 1e-7, maxSweeps = 1e6 }: SolveOptions,
): AverageCost {
  const next = new Float64Array(process.states)
  const scale = 1 / uniformRate(process)
  for (let sweep = 1; sweep <= maxSweeps; sweep++) {
    decide(values)
    const { low, high } = advance(process, values, next, scale)
    // Values grow by the average cost per sweep: kept near 0, they lose no digits.
    const base = sweep % 64 === 0 ? next[0]! : 0
    for (let s = 0; s < next.length; s++) values[s] = next[s]! - base
    if (high - low <= tolerance) return { average: (low + high) / 2, low, high, sweeps: sweep }
  }
  throw notClosed(maxSweeps)
}

/** Above every state's total rate, so that the chain may stay where it is: without that the values could oscillate. */
function uniformRate({ states, jumpStart, rate }: DecisionProcess): number {
  let largest = 0
  for (let s = 0; s < states; s++) {
    let sum = 0
    for (let i = jumpStart[s]!; i < jumpStart[s + 1]!; i++) sum += rate[i]!
    largest = Math.max(largest, sum)
  }
  return 1.01 * largest
}

/** One step of the uniformised chain; the bounds on the average cost that it gives. */
function advance(
  { states, cost, jumpStart, rate, target }: DecisionProcess,
  values: Float64Array,
  next: Float64Array,
  scale: number,
): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let from = 0
  for (let s = 0; s < states; s++) {
    const own = values[s]!
    const to = jumpStart[s + 1]!
    let change = cost[s]!
    for (let i = from; i < to; i++) change += rate[i]! * (values[target[i]!]! - own)
    from = to
    next[s] = own + scale * change
    if (change < low) low = change
    if (change > high) high = change
  }
  return { low, high }
}

function best({ states, decisions, optionStart, option }: DecisionProcess, values: Float64Array): void {
  let from = 0
  for (let d = 0; d < decisions; d++) {
    const to = optionStart[d + 1]!
    let least = values[option[from]!]!
    for (let i = from + 1; i < to; i++) {
      const value = values[option[i]!]!
      if (value < least) least = value
    }
    from = to
    values[states + d] = least
  }
}

/** What differs by no more than rounding is a tie, which goes to the first action. */
const TIE = 1e-9

function greedy({ decisions, optionStart, option }: DecisionProcess, values: Float64Array): PolicyTable {
  const policy = new Int32Array(decisions)
  for (let d = 0; d < decisions; d++) {
    const from = optionStart[d]!
    let least = values[option[from]!]!
    for (let i = from + 1; i < optionStart[d + 1]!; i++) {
      const value = values[option[i]!]!
      if (value < least - TIE * Math.max(1, Math.abs(least))) {
        policy[d] = i - from
        least = value
      }
    }
  }
  return policy
}

function notClosed(sweeps: number): SimError {
  return new SimError(
    'no-convergence',
    `value iteration did not close its bounds in ${sweeps} sweeps. Is the system stable? Allow more sweeps or a wider tolerance.`,
  )
}
