/** What every learner and every baseline is: something that acts, and may learn and be saved. */
import type { Env, Info } from '../src/gym/env.ts'

export type TrainOptions = {
  /** Environment steps in all. */
  readonly steps: number
  readonly seed: number
  /** Called now and then; `metrics` uses CleanRL's names (`charts/episodic_return`, `losses/value_loss`, ...). */
  readonly onProgress?:
    | ((progress: { readonly steps: number; readonly metrics: Readonly<Record<string, number>> }) => void)
    | undefined
  /** Periodic hook for evaluation: every `every` steps; may save the agent. */
  readonly evaluate?: { readonly every: number; run(agent: Agent, steps: number): void } | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Agent {
  /** Short and stable, e.g. `ppo`, `jsq`. */
  readonly name: string
  /** Number of trained weights that acting needs; absent on agents that do not learn, and before there are any. */
  readonly parameterCount?: number | undefined
  /** `deterministic` (default true): argmax instead of sampling, where the agent has the choice. */
  act(observation: unknown, info: Info, deterministic?: boolean): unknown
  /** Called at the start of an episode. `seed` re-derives the agent's own stream (tie-breaks, exploration). */
  reset?(seed: number): void
  /** Absent on agents that do not learn. `makeEnv(i)` gives the i-th parallel environment. */
  train?(makeEnv: (index: number) => Env, options: TrainOptions): void
  /** A versioned, checksummed checkpoint. */
  save(): Uint8Array
  load(bytes: Uint8Array): void
}
