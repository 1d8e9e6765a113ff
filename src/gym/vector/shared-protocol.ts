/**
 * How a vector environment and its workers talk. What every step needs is in shared memory: per worker three words (a
 * request counter, an answer counter, and what is asked, then how it went) and the rows that it steps. All else goes in messages
 * that each side takes when the words say that there is one.
 */
import { ConfigError, InvalidActionError, type Problem, ResetNeededError, SimError } from '../../errors.ts'
import type { Info } from '../env.ts'
import type { SpaceJSON } from '../spaces/space.ts'
import type { AutoresetMode, VectorResetOptions } from './vector-env.ts'

export const WORDS = 3
export const REQUEST = 0
export const ANSWER = 1
export const STATUS = 2

/** What is asked. */
export const STEP = 1
export const MESSAGE = 2
export const CLOSE = 3
/** How it went. */
export const DONE = 0
export const FAILED = 1

/** What a worker needs to begin; it goes to another thread. */
export type SharedSetup = {
  readonly memory: SharedArrayBuffer
  readonly count: number
  readonly workers: number
  /** Of this one. */
  readonly worker: number
  /** Rows that it steps, `to` not included. */
  readonly from: number
  readonly to: number
  readonly autoreset: AutoresetMode
  readonly observationSpace: SpaceJSON
  readonly actionSpace: SpaceJSON
  /** For how many steps, the last included, infos can be asked for. */
  readonly infosKept: number
}

export type SharedRequest =
  | {
      readonly kind: 'reset'
      readonly seeds: readonly (number | undefined)[] | undefined
      readonly options: VectorResetOptions['options']
      readonly mask: readonly boolean[] | undefined
    }
  | { readonly kind: 'infos'; readonly step: number }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'restore'; readonly bytes: Uint8Array }

export type SharedInfos = {
  readonly infos: readonly (Info | undefined)[]
  readonly finals: readonly ({ readonly observation: unknown; readonly info: Info } | undefined)[]
}

export type SharedAnswer =
  | { readonly kind: 'infos'; readonly infos: SharedInfos }
  | { readonly kind: 'snapshot'; readonly bytes: Uint8Array }
  | { readonly kind: 'failure'; readonly failure: SharedFailure }

/** An error on its way: `environment` is its index among all. */
export type SharedFailure = {
  readonly code: string | undefined
  readonly message: string
  readonly problems: readonly Problem[] | undefined
  readonly action: unknown
  readonly environment: number
}

export function packFailure(error: unknown, environment: number): SharedFailure {
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: error instanceof SimError ? error.code : undefined,
    message,
    problems: error instanceof ConfigError ? error.problems : undefined,
    action: error instanceof InvalidActionError ? error.action : undefined,
    environment,
  }
}

/** The error of the same class, which names its environment. */
export function unpackFailure({ code, message, problems, action, environment }: SharedFailure): Error {
  const text = `environment ${environment}: ${message}`
  if (problems !== undefined) {
    return new ConfigError(
      problems.map((one) => ({ ...one, what: `environment ${environment}: ${one.what}` })),
    )
  }
  if (code === 'invalid-action') return new InvalidActionError(action, text)
  // Its constructor adds what to do.
  if (code === 'reset-needed') return new ResetNeededError(text.replace(/\. Call reset\(\) first\.$/, ''))
  return code === undefined ? new Error(text) : new SimError(code, text)
}
