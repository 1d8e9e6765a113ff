/**
 * The environment contract: Gymnasium 1.x in TypeScript, names in camelCase.
 * `terminated` is an end of the decision problem itself, `truncated` a limit outside it (a horizon):
 * a learner bootstraps after the second and not after the first.
 */
import type { Space } from './spaces/space.ts'

export type Info = Record<string, unknown>

export type ResetOptions = {
  /** Restarts the environment's random streams; without it the running stream continues with its next episode. */
  readonly seed?: number | undefined
  readonly options?: Readonly<Record<string, unknown>> | undefined
}

export type ResetResult<Obs> = { observation: Obs; info: Info }

export type StepResult<Obs> = {
  observation: Obs
  reward: number
  terminated: boolean
  truncated: boolean
  info: Info
}

/**
 * A flat observation made of `shared` values and then, for each action i, `each` values of slot i, all slots alike:
 * permuting the slots permutes what the actions mean and nothing else.
 */
export type SlotLayout = { readonly shared: number; readonly each: number }

export interface Env<Obs = unknown, Act = unknown> {
  readonly observationSpace: Space<Obs>
  readonly actionSpace: Space<Act>
  /** Set by `make`. */
  spec?: EnvSpec | undefined
  readonly metadata: { readonly renderModes: readonly string[]; readonly renderFps?: number }
  readonly renderMode?: string | undefined
  /** On the innermost environment, where its observation has slots. */
  readonly slotLayout?: SlotLayout | undefined
  /** The innermost environment. */
  readonly unwrapped: Env<unknown, unknown>
  reset(options?: ResetOptions): ResetResult<Obs>
  step(action: Act): StepResult<Obs>
  render?(): unknown
  /**
   * The episode under way, at any step after the first reset, as bytes: `restore` of them goes on with the same
   * trajectory bit for bit, also in another environment that was made with the same options. The streams that the
   * spaces sample from are no part of it.
   */
  snapshot?(): Uint8Array
  /**
   * Goes on from a snapshot; the observation and the info that belong to it are those that the caller has from then.
   * @throws SimError when the bytes are no snapshot, or one of another version, environment, scenario or option; the
   * environment then stays as it is.
   */
  restore?(snapshot: Uint8Array): void
  /** Idempotent. */
  close(): void
}

export type EnvSpec = {
  readonly id: string
  readonly namespace?: string | undefined
  readonly name: string
  readonly version?: number | undefined
  readonly entryPoint: (kwargs: Record<string, unknown>) => Env
  readonly rewardThreshold?: number | undefined
  readonly nondeterministic?: boolean | undefined
  readonly maxEpisodeSteps?: number | undefined
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly description?: string | undefined
}
