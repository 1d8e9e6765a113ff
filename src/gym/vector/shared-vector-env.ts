/**
 * A vector environment whose rows are stepped by several threads at once, the calling one among them, over one block of
 * shared memory. What runs the other threads is handed in: this file knows no platform. Every environment does what
 * it does in a `VectorEnv`, so results are the same bit for bit.
 */
import { InvalidActionError, ResetNeededError, SimError } from '../../errors.ts'
import { reject } from '../../random/check.ts'
import type { Env, Info } from '../env.ts'
import { packSnapshot, unpackSnapshot } from '../snapshot.ts'
import type { Space } from '../spaces/space.ts'
import { type Batch, type BatchArray, copyBatch } from './batch.ts'
import {
  ANSWER,
  CLOSE,
  FAILED,
  MESSAGE,
  packFailure,
  REQUEST,
  type SharedAnswer,
  type SharedInfos,
  type SharedRequest,
  type SharedSetup,
  STATUS,
  STEP,
  unpackFailure,
  WORDS,
} from './shared-protocol.ts'
import { sharedStorage } from './shared-vector-worker.ts'
import {
  type AutoresetMode,
  checkVector,
  chosenBy,
  seedsOf,
  VectorEnv,
  type VectorEnvironment,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector-env.ts'
import { sliceStorage, type VectorStorage } from './vector-storage.ts'

/** A thread that runs `runSharedVectorWorker`. */
export type SharedVectorThread = {
  post(request: SharedRequest): void
  /** The next message of the worker, without waiting. */
  receive(): SharedAnswer | undefined
}

export type SharedVectorEnvOptions = {
  readonly makeEnv: (index: number) => Env
  readonly count: number
  /** @default 'next-step' */
  readonly autoreset?: AutoresetMode | undefined
  /** How many threads step environments, the calling one among them. */
  readonly threads: number
  /** Starts one of the others. */
  readonly start: (setup: SharedSetup) => SharedVectorThread
  /** For how many steps, the last included, infos can be read. @default 1 */
  readonly infosKept?: number | undefined
}

export class SharedVectorEnv implements VectorEnvironment {
  readonly count: number
  readonly autoreset: AutoresetMode
  readonly singleObservationSpace: Space
  readonly singleActionSpace: Space
  readonly ended: Uint8Array
  private readonly infosKept: number
  private readonly storage: VectorStorage
  private readonly words: Int32Array
  private readonly threads: SharedVectorThread[] = []
  /** First row of each share, and the count. */
  private readonly bounds: number[]
  private readonly local: VectorEnv
  private readonly localActions: Batch
  private readonly localInfos: SharedInfos[] = []
  private steps = 0
  private ready = false
  /** 1: reset since the environments were made or one of them threw. */
  private readonly fresh: Uint8Array
  private closed = false

  /** @throws ConfigError as `VectorEnv` does, and what making an environment threw in a worker. */
  constructor(options: SharedVectorEnvOptions) {
    const { makeEnv, count, autoreset = 'next-step', start, infosKept = 1 } = options
    checkVector(count, autoreset)
    if (!(Number.isSafeInteger(options.threads) && options.threads >= 1)) {
      reject(`expected an integer of at least 1, got ${options.threads}`, 'SharedVectorEnv.threads', '')
    }
    this.count = count
    this.fresh = new Uint8Array(count)
    this.autoreset = autoreset
    this.infosKept = infosKept
    const shares = Math.min(options.threads, count)
    this.bounds = Array.from({ length: shares + 1 }, (_, k) => Math.round((k * count) / shares))
    const envs = Array.from({ length: this.bounds[1]! }, (_, i) => makeEnv(i))
    const { observationSpace, actionSpace } = envs[0]!
    this.singleObservationSpace = observationSpace
    this.singleActionSpace = actionSpace
    const workers = shares - 1
    const { bytes } = sharedStorage(undefined, { count, workers, observationSpace, actionSpace })
    const memory = new SharedArrayBuffer(bytes)
    const { words, storage } = sharedStorage(memory, { count, workers, observationSpace, actionSpace })
    this.words = words
    this.storage = storage
    this.ended = storage.ended
    const own = sliceStorage(observationSpace, actionSpace, storage, 0, envs.length)
    this.local = new VectorEnv((i) => envs[i]!, envs.length, { autoreset, storage: own })
    this.localActions = own.actions
    for (let worker = 0; worker < workers; worker++) {
      words[WORDS * worker + REQUEST] = 1
      this.threads.push(
        start({
          memory,
          count,
          workers,
          worker,
          from: this.bounds[worker + 1]!,
          to: this.bounds[worker + 2]!,
          autoreset,
          observationSpace: observationSpace.toJSON(),
          actionSpace: actionSpace.toJSON(),
          infosKept,
        }),
      )
    }
    try {
      this.finish(undefined)
    } catch (error) {
      this.close()
      throw error
    }
  }

  reset({ seed, options, mask }: VectorResetOptions = {}): VectorResetResult {
    this.checkOpen()
    const seeds = seedsOf(seed, this.count)
    const chosen = chosenBy(mask, this.count)
    const part = (from: number, to: number): Parameters<VectorEnv['reset']>[0] & { any: boolean } => {
      const rows = Array.from({ length: to - from }, (_, i) => chosen(from + i))
      return {
        seed: seeds?.slice(from, to),
        options,
        mask: mask === undefined ? undefined : rows,
        any: rows.includes(true),
      }
    }
    const asked: number[] = []
    this.threads.forEach((thread, worker) => {
      const [from, to] = this.share(worker + 1)
      const { seed: own, mask: rows, any } = part(from, to)
      if (!any) return
      asked.push(worker)
      thread.post({
        kind: 'reset',
        seeds: own as readonly (number | undefined)[] | undefined,
        options,
        mask: rows as readonly boolean[] | undefined,
      })
      this.ask(worker, MESSAGE)
    })
    const infos: (Info | undefined)[] = new Array(this.count).fill(undefined)
    let failure: unknown
    try {
      const { any, ...own } = part(...this.share(0))
      if (any)
        this.local.reset(own).infos.forEach((info, i) => {
          infos[i] = info
        })
    } catch (error) {
      failure = this.named(error)
    }
    this.finish(failure)
    for (const worker of asked) {
      const answer = this.threads[worker]!.receive() as SharedAnswer & { kind: 'infos' }
      const [from] = this.share(worker + 1)
      answer.infos.infos.forEach((info, i) => {
        infos[from + i] = info
      })
    }
    for (let i = 0; i < this.count; i++) if (chosen(i)) this.fresh[i] = 1
    this.ready ||= !this.fresh.includes(0)
    return { observations: this.storage.observations, infos }
  }

  /** As `VectorEnv.step`. Infos and finals are fetched when they are read, which must be before `infosKept` more steps. */
  step(actions: Batch | ArrayLike<number>): VectorStepResult {
    this.checkOpen()
    if (!this.ready) throw new ResetNeededError()
    if (this.autoreset === 'disabled' && this.ended.includes(1)) {
      throw new ResetNeededError(`the episode of environment ${this.ended.indexOf(1)} has ended`)
    }
    this.takeActions(actions)
    this.ready = false
    this.fresh.fill(0)
    const step = this.steps++
    for (let worker = 0; worker < this.threads.length; worker++) this.ask(worker, STEP)
    let failure: unknown
    try {
      const { infos, finals } = this.local.step(this.localActions)
      this.localInfos[step % this.infosKept] = { infos, finals }
    } catch (error) {
      failure = this.named(error)
    }
    this.finish(failure)
    this.ready = true
    const { observations, rewards, terminated, truncated } = this.storage
    return new SharedStepResult(observations, rewards, terminated, truncated, () => this.infosOf(step))
  }

  snapshot(): Uint8Array {
    this.checkOpen()
    if (!this.ready) throw new ResetNeededError('snapshot() was called before reset()')
    for (const [worker, thread] of this.threads.entries()) {
      thread.post({ kind: 'snapshot' })
      this.ask(worker, MESSAGE)
    }
    const parts = [this.local.snapshot()]
    this.finish(undefined)
    for (const thread of this.threads) {
      const answer = thread.receive() as SharedAnswer & { kind: 'snapshot' }
      parts.push(answer.bytes)
    }
    // That of a VectorEnv, so that either goes on from the other's.
    const envs = parts.flatMap((bytes) => (unpackSnapshot('VectorEnv', bytes) as { envs: Uint8Array[] }).envs)
    const { ended, observations } = this.storage
    return packSnapshot('VectorEnv', { envs, ended: ended.slice(), observations: unshared(observations) })
  }

  restore(snapshot: Uint8Array): void {
    this.checkOpen()
    const saved = unpackSnapshot('VectorEnv', snapshot) as {
      envs: Uint8Array[]
      ended: Uint8Array
      observations: Batch
    }
    if (saved.envs.length !== this.count) {
      throw new SimError(
        'snapshot-environment',
        `the snapshot is of ${saved.envs.length} environments, these are ${this.count} (VectorEnv.count). Restore it in as many.`,
      )
    }
    this.ready = false
    this.fresh.fill(0)
    const part = (k: number): Uint8Array => {
      const [from, to] = this.share(k)
      const own = sliceStorage(this.singleObservationSpace, this.singleActionSpace, this.storage, from, to)
      const envs = saved.envs.slice(from, to)
      // The rows of all are copied below.
      return packSnapshot('VectorEnv', {
        envs,
        ended: saved.ended.slice(from, to),
        observations: unshared(own.observations),
      })
    }
    for (const [worker, thread] of this.threads.entries()) {
      thread.post({ kind: 'restore', bytes: part(worker + 1) })
      this.ask(worker, MESSAGE)
    }
    let failure: unknown
    try {
      this.local.restore(part(0))
    } catch (error) {
      failure = this.named(error)
    }
    this.finish(failure)
    this.ended.set(saved.ended)
    copyBatch(this.storage.observations, saved.observations)
    this.ready = true
  }

  /** Ends the threads. Idempotent. */
  close(): void {
    if (this.closed) return
    this.closed = true
    this.ready = false
    for (let worker = 0; worker < this.threads.length; worker++) this.ask(worker, CLOSE)
    this.local.close()
  }

  private checkOpen(): void {
    if (this.closed) throw new SimError('closed', 'the vector environment is closed. Make another one.')
  }

  private share(k: number): [from: number, to: number] {
    return [this.bounds[k]!, this.bounds[k + 1]!]
  }

  private ask(worker: number, what: number): void {
    const base = WORDS * worker
    this.words[base + STATUS] = what
    Atomics.add(this.words, base + REQUEST, 1)
    Atomics.notify(this.words, base + REQUEST)
  }

  /** Waits for all workers, then throws what went wrong in the first environment where something did. */
  private finish(own: unknown): void {
    const { words } = this
    let failure = own
    for (let worker = 0; worker < this.threads.length; worker++) {
      const base = WORDS * worker
      const request = Atomics.load(words, base + REQUEST)
      for (;;) {
        const answered = Atomics.load(words, base + ANSWER)
        if (answered === request) break
        Atomics.wait(words, base + ANSWER, answered)
      }
      if (words[base + STATUS] !== FAILED) continue
      words[base + STATUS] = 0
      const answer = this.threads[worker]!.receive() as SharedAnswer & { kind: 'failure' }
      failure ??= unpackFailure(answer.failure)
    }
    if (failure !== undefined) {
      this.ready = false
      // What the others have sent is of no use any more.
      for (const thread of this.threads) while (thread.receive() !== undefined) {}
      throw failure
    }
  }

  private named(error: unknown): Error {
    return unpackFailure(packFailure(error, this.local.position))
  }

  private takeActions(actions: Batch | ArrayLike<number>): void {
    const target = this.storage.actions
    if (!ArrayBuffer.isView(target)) {
      copyBatch(target, actions as Batch)
      return
    }
    const rows = target as BatchArray
    const { length } = actions as ArrayLike<number>
    if (length !== rows.length) {
      throw new InvalidActionError(
        actions,
        `expected ${rows.length} numbers for the actions of ${this.count} environments, got ${length}. Give a row to each.`,
      )
    }
    if (rows !== actions) rows.set(actions as ArrayLike<number>)
  }

  private infosOf(step: number): SharedInfos {
    this.checkOpen()
    if (step < this.steps - this.infosKept) {
      throw new SimError(
        'stale-infos',
        'the infos of a step are gone after the next. Read them before, or set infosKept.',
      )
    }
    for (const [worker, thread] of this.threads.entries()) {
      thread.post({ kind: 'infos', step })
      this.ask(worker, MESSAGE)
    }
    this.finish(undefined)
    const own = this.localInfos[step % this.infosKept]!
    const all = { infos: [...own.infos], finals: [...own.finals] }
    for (const thread of this.threads) {
      const { infos } = thread.receive() as SharedAnswer & { kind: 'infos' }
      all.infos.push(...infos.infos)
      all.finals.push(...infos.finals)
    }
    return all
  }
}

/** Infos and finals are fetched together when one of them is read first. */
class SharedStepResult implements VectorStepResult {
  readonly observations: Batch
  readonly rewards: Float64Array
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
  private readonly fetch: () => SharedInfos
  private fetched: SharedInfos | undefined

  constructor(
    observations: Batch,
    rewards: Float64Array,
    terminated: Uint8Array,
    truncated: Uint8Array,
    fetch: () => SharedInfos,
  ) {
    this.observations = observations
    this.rewards = rewards
    this.terminated = terminated
    this.truncated = truncated
    this.fetch = fetch
  }

  get infos(): readonly Info[] {
    this.fetched ??= this.fetch()
    return this.fetched.infos as readonly Info[]
  }

  get finals(): VectorStepResult['finals'] {
    this.fetched ??= this.fetch()
    return this.fetched.finals
  }
}

/** A copy in memory of its own. */
function unshared(batch: Batch): Batch {
  if (ArrayBuffer.isView(batch)) return (batch as BatchArray).slice()
  if (Array.isArray(batch)) return batch.map(unshared)
  return Object.fromEntries(
    Object.entries(batch as Record<string, Batch>).map(([key, part]) => [key, unshared(part)]),
  )
}
