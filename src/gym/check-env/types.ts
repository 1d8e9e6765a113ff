/** What a check is and what it reports. */
import type { Env } from '../env.ts'
import type { Probe } from './probe.ts'

export type CheckLevel = 'error' | 'warning'

/** The checker that a check is ported from: Gymnasium's `check_env` or Stable-Baselines3's. */
export type CheckSource = 'gymnasium' | 'sb3'

export type Check = {
  /** Stable, kebab-case. */
  readonly name: string
  readonly source: CheckSource
  readonly level: CheckLevel
  /** Checks that must have passed for this one to make sense. */
  readonly needs: readonly string[]
  /** What is wrong; undefined when nothing is. */
  readonly run: (probe: Probe) => string | undefined
}

export type CheckResult = {
  readonly name: string
  readonly source: CheckSource
  readonly level: CheckLevel
  /** It ran and found nothing. */
  readonly passed: boolean
  /** It did not run, since a check that it needs did not pass. */
  readonly skipped: boolean
  /** What is wrong, or why it was skipped; empty when passed. */
  readonly message: string
}

export type CheckReport = {
  /** `name: message` of each failed check of level `error`. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  /** All checks, in the order they ran. */
  readonly checks: readonly CheckResult[]
}

export type CheckOptions = {
  /** Steps of each rollout. @default 10 */
  readonly steps?: number | undefined
  /** Seed of the rollouts and of the actions. @default 123 */
  readonly seed?: number | undefined
  /**
   * Sample actions from the whole action space, as the Python checkers do, or under `info.actionMask`.
   * @default 'any'
   */
  readonly actions?: 'any' | 'masked' | undefined
  /** Leave out the checks that make the environment again from its spec, to render and to close. @default false */
  readonly skipRender?: boolean | undefined
  readonly skipClose?: boolean | undefined
  /** The environment draws nothing at random, so that two seeds need not differ. @default false */
  readonly deterministic?: boolean | undefined
}

/** An environment whose shape is not known yet. */
export type Suspect = Partial<Record<keyof Env, unknown>> & Record<string, unknown>
