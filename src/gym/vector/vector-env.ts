/**
 * Several environments of one kind that are stepped together, after Gymnasium's `SyncVectorEnv`: observations in one
 * block, and its three modes of what follows the end of an episode.
 */
import { ResetNeededError, SimError } from '../../errors.ts'
import { reject } from '../../random/check.ts'
import type { Env, Info } from '../env.ts'
import { noSnapshots, packSnapshot, unpackSnapshot } from '../snapshot.ts'
import type { Space } from '../spaces/space.ts'
import { type Batch, copyBatch, readRow, writeRow } from './batch.ts'
import { newVectorStorage, type VectorStorage } from './vector-storage.ts'

/**
 * What follows the end of an episode in environment i:
 * - `next-step`: the next step ignores its action, resets it, and gives reward 0 and no flag. Learners leave that
 *   transition out.
 * - `same-step`: the step that ended it resets it too; `finals[i]` has the last observation and info.
 * - `disabled`: nothing; a step before `reset({ mask })` throws.
 */
export type AutoresetMode = 'next-step' | 'same-step' | 'disabled'

export type VectorEnvOptions = {
  /** @default 'next-step' */
  readonly autoreset?: AutoresetMode | undefined
  /** Memory of `count` rows for what the steps give. @default its own */
  readonly storage?: Omit<VectorStorage, 'actions'> | undefined
}

export type VectorResetOptions = {
  /** One number: environment i takes seed + i. A list: one each, undefined to go on with the running stream. */
  readonly seed?: number | readonly (number | undefined)[] | undefined
  readonly options?: Readonly<Record<string, unknown>> | undefined
  /** 1 (or true): reset this environment. At least one must be. @default all */
  readonly mask?: ArrayLike<number | boolean> | undefined
}

export type VectorResetResult = {
  readonly observations: Batch
  /** undefined for an environment that was not reset. */
  readonly infos: readonly (Info | undefined)[]
}

/** The arrays are the vector environment's own and valid until its next step or reset. */
export type VectorStepResult = {
  readonly observations: Batch
  readonly rewards: Float64Array
  /** 0 or 1. */
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
  readonly infos: readonly Info[]
  /** With `same-step`: what the episode that has just ended gave last. */
  readonly finals: readonly ({ readonly observation: unknown; readonly info: Info } | undefined)[]
}

type VectorSnapshot = {
  readonly envs: readonly Uint8Array[]
  readonly ended: Uint8Array
  readonly observations: Batch
}

const MODES: readonly AutoresetMode[] = ['next-step', 'same-step', 'disabled']

/** What all vector environments have, wherever their environments run. */
export type VectorEnvironment = Pick<
  VectorEnv,
  | 'count'
  | 'autoreset'
  | 'singleObservationSpace'
  | 'singleActionSpace'
  | 'ended'
  | 'reset'
  | 'step'
  | 'snapshot'
  | 'restore'
  | 'close'
>

export class VectorEnv {
  readonly count: number
  readonly autoreset: AutoresetMode
  /** Of one environment; all must have the same. */
  readonly singleObservationSpace: Space
  readonly singleActionSpace: Space
  /** 1: the episode has ended and the environment has not been reset since. */
  readonly ended: Uint8Array
  private readonly envs: readonly Env[]
  private readonly observations: Batch
  private readonly rewards: Float64Array
  private readonly terminated: Uint8Array
  private readonly truncated: Uint8Array
  /** Whether a step may be taken: not before the first reset, nor after an error in the middle of a step. */
  private ready = false
  /** 1: reset since the environments were made or one of them threw. */
  private readonly fresh: Uint8Array
  private current = 0

  /** Throws ConfigError for a count below 1, an unknown mode or environments of different spaces. */
  constructor(
    makeEnv: (index: number) => Env,
    count: number,
    { autoreset = 'next-step', storage }: VectorEnvOptions = {},
  ) {
    checkVector(count, autoreset)
    this.count = count
    this.fresh = new Uint8Array(count)
    this.autoreset = autoreset
    this.envs = Array.from({ length: count }, (_, i) => makeEnv(i))
    const [first] = this.envs
    this.singleObservationSpace = first!.observationSpace
    this.singleActionSpace = first!.actionSpace
    this.envs.forEach((env, i) => {
      const same =
        env.observationSpace.equals(this.singleObservationSpace) &&
        env.actionSpace.equals(this.singleActionSpace)
      if (!same) reject('its spaces are not those of environment 0', `VectorEnv[${i}]`, '')
    })
    const memory = storage ?? newVectorStorage(this.singleObservationSpace, this.singleActionSpace, count)
    this.observations = memory.observations
    this.rewards = memory.rewards
    this.terminated = memory.terminated
    this.truncated = memory.truncated
    this.ended = memory.ended
  }

  /** Of the environment that was called last: where a call threw, the one that did. */
  get position(): number {
    return this.current
  }

  /** Throws ConfigError for a list of seeds or a mask of another length, and for a mask that resets nobody. */
  reset({ seed, options, mask }: VectorResetOptions = {}): VectorResetResult {
    const seeds = seedsOf(seed, this.count)
    const chosen = chosenBy(mask, this.count)
    const infos: (Info | undefined)[] = new Array(this.count).fill(undefined)
    for (let i = 0; i < this.count; i++) {
      if (!chosen(i)) continue
      infos[i] = this.resetOne(i, seeds?.[i], options)
      this.fresh[i] = 1
      this.terminated[i] = 0
      this.truncated[i] = 0
    }
    this.ready ||= !this.fresh.includes(0)
    return { observations: this.observations, infos }
  }

  /**
   * One action each, laid out like the observations: row i is that of environment i; a list or any array of numbers
   * for `Discrete`. When an environment throws, those before it have moved: all must then be reset.
   * Throws ResetNeededError before that, and with `disabled` for an environment whose episode has ended.
   */
  step(actions: Batch | ArrayLike<number>): VectorStepResult {
    if (!this.ready) throw new ResetNeededError()
    if (this.autoreset === 'disabled' && this.ended.includes(1)) {
      throw new ResetNeededError(`the episode of environment ${this.ended.indexOf(1)} has ended`)
    }
    this.ready = false
    this.fresh.fill(0)
    const infos: Info[] = new Array(this.count)
    const finals: { observation: unknown; info: Info }[] = new Array(this.count).fill(undefined)
    for (let i = 0; i < this.count; i++) {
      this.current = i
      if (this.ended[i] === 1) {
        infos[i] = this.resetOne(i, undefined, undefined)
        this.setOutcome(i, 0, false, false)
        continue
      }
      const action = readRow(this.singleActionSpace, actions as Batch, i)
      const { observation, reward, terminated, truncated, info } = this.envs[i]!.step(action)
      this.setOutcome(i, reward, terminated, truncated)
      if ((terminated || truncated) && this.autoreset === 'same-step') {
        finals[i] = { observation, info }
        infos[i] = this.resetOne(i, undefined, undefined)
      } else {
        writeRow(this.singleObservationSpace, this.observations, i, observation)
        infos[i] = info
        this.ended[i] = terminated || truncated ? 1 : 0
      }
    }
    this.ready = true
    const { observations, rewards, terminated, truncated } = this
    return { observations, rewards, terminated, truncated, infos, finals }
  }

  /**
   * All environments with the present observations as bytes; see `Env.snapshot`. @throws SimError `no-snapshot` where
   * they have none, ResetNeededError before the first reset.
   */
  snapshot(): Uint8Array {
    if (!this.ready) throw new ResetNeededError('snapshot() was called before reset()')
    const { ended, observations } = this
    const envs = this.envs.map((env) => {
      if (env.snapshot === undefined) throw noSnapshots(env.unwrapped)
      return env.snapshot()
    })
    return packSnapshot('VectorEnv', { envs, ended, observations })
  }

  /** @throws SimError as `Env.restore` does; after that of one environment all must be reset. */
  restore(snapshot: Uint8Array): void {
    const saved = unpackSnapshot('VectorEnv', snapshot) as VectorSnapshot
    if (saved.envs.length !== this.count) {
      throw new SimError(
        'snapshot-environment',
        `the snapshot is of ${saved.envs.length} environments, these are ${this.count} (VectorEnv.count). Restore it in as many.`,
      )
    }
    this.ready = false
    this.fresh.fill(0)
    this.envs.forEach((env, i) => {
      if (env.restore === undefined) throw noSnapshots(env.unwrapped)
      env.restore(saved.envs[i]!)
    })
    this.ended.set(saved.ended)
    copyBatch(this.observations, saved.observations)
    this.ready = true
  }

  /** Idempotent. */
  close(): void {
    for (const env of this.envs) env.close()
  }

  private resetOne(i: number, seed: number | undefined, options: VectorResetOptions['options']): Info {
    this.current = i
    const { observation, info } = this.envs[i]!.reset({ seed, options })
    writeRow(this.singleObservationSpace, this.observations, i, observation)
    this.ended[i] = 0
    return info
  }

  private setOutcome(i: number, reward: number, terminated: boolean, truncated: boolean): void {
    this.rewards[i] = reward
    this.terminated[i] = terminated ? 1 : 0
    this.truncated[i] = truncated ? 1 : 0
  }
}

/** Throws ConfigError for a count below 1 or an unknown mode. */
export function checkVector(count: number, autoreset: AutoresetMode): void {
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    reject(`expected an integer of at least 1, got ${count}`, 'VectorEnv.count', '')
  }
  if (!MODES.includes(autoreset)) {
    reject(`unknown mode "${autoreset}"`, 'VectorEnv.autoreset', '', `Known are ${MODES.join(', ')}.`)
  }
}

/** One per environment; undefined where none has one. */
export function seedsOf(
  seed: VectorResetOptions['seed'],
  count: number,
): readonly (number | undefined)[] | undefined {
  if (seed === undefined) return undefined
  if (typeof seed === 'number') return Array.from({ length: count }, (_, i) => seed + i)
  if (seed.length === count) return seed
  return reject(`expected ${count} seeds, got ${seed.length}`, 'reset.seed', '')
}

export function chosenBy(mask: VectorResetOptions['mask'], count: number): (i: number) => boolean {
  if (mask === undefined) return () => true
  const set = Array.from(mask, Boolean)
  if (set.length !== count) reject(`expected ${count} values, got ${set.length}`, 'reset.mask', '')
  if (!set.includes(true)) reject('it resets no environment', 'reset.mask', '', 'Set at least one.')
  return (i) => set[i]!
}
