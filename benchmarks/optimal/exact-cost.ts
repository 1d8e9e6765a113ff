/** The exact average cost of an agent in a Markov environment: no simulation, hence no noise. */
import type { Agent } from '../../agents/index.ts'
import type { MarkovEnv } from '../../envs/common/markov-env.ts'
import type { PolicyTable } from './decision-process.ts'
import { markovView, processOf } from './model-of.ts'
import { type AverageCost, evaluatePolicy, type SolveOptions } from './value-iteration.ts'

/** What the agent does at each decision point. It must decide by the state alone, without draws or memory. */
export function tabulate<S>(env: MarkovEnv<S, unknown>, agent: Agent, points: readonly S[]): PolicyTable {
  return Int32Array.from(points, (state) => {
    const { observation, info } = env.at(state)
    return agent.act(observation, info) as number
  })
}

export type ExactCostOptions = SolveOptions & {
  /** Largest queue. @default as in `processOf` */
  readonly limit?: number | undefined
}

/** Cost per unit of time over the long run, in the environment's units of cost. Throws SimError if it is unstable. */
export function exactCost<S>(
  env: MarkovEnv<S, unknown>,
  agent: Agent,
  options: ExactCostOptions = {},
): AverageCost {
  const { model } = markovView(env.reset({ seed: 0 }).info.view)!
  const { process, points } = processOf(model, options.limit)
  return evaluatePolicy(process, tabulate(env, agent, points as readonly S[]), options)
}
