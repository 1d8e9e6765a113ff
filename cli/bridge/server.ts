/** Requests of Python and their answers: `[true, ...results]`, or `[false, code, message]`. */
import { WorkerVectorEnv } from '../../benchmarks/vector/worker-vector-env.ts'
import { make } from '../../envs/index.ts'
import { SimError } from '../../src/errors.ts'
import {
  type AutoresetMode,
  type Batch,
  type Space,
  VectorEnv,
  type VectorStepResult,
} from '../../src/gym/index.ts'
import { writeColumns } from './info-columns.ts'
import { INFOS_KEPT, RemoteEnv, RemoteVectorEnv } from './remote-env.ts'
import { RemotePolicy } from './remote-policy.ts'
import { MessageWriter, readMessage } from './wire.ts'

type Kwargs = Record<string, unknown>
type Handler = (...args: never[]) => void

export class Server {
  private readonly out: MessageWriter = new MessageWriter()
  /** Environments and policies by their handle. */
  private readonly objects: Map<number, { close(): void }> = new Map()
  private readonly handlers: Readonly<Record<string, Handler>> = {
    make: this.make.bind(this),
    reset: this.reset.bind(this),
    step: this.step.bind(this),
    'make-vector': this.makeVector.bind(this),
    'reset-vector': this.resetVector.bind(this),
    'step-vector': this.stepVector.bind(this),
    'infos-vector': this.infosVector.bind(this),
    'load-policy': this.loadPolicy.bind(this),
    act: this.act.bind(this),
    close: this.close.bind(this),
    echo: this.echo.bind(this),
  }
  private count = 0
  private readonly workerFile: string

  /** `workerFile`: URL of what a worker thread of a vector runs. */
  constructor(workerFile: string) {
    this.workerFile = workerFile
  }

  /** Never throws: what a request throws is its answer. The bytes are valid until the next request. */
  answer(message: Uint8Array): Uint8Array {
    try {
      const [name, ...args] = readMessage(message) as [string, ...never[]]
      const handler = this.handlers[name]
      if (handler === undefined) throw new SimError('protocol', `unknown request "${name}"`)
      this.out.begin()
      handler(...args)
    } catch (error) {
      this.fail(error)
    }
    return this.out.end()
  }

  /** The answer: a handle, both spaces as JSON, and the warnings. */
  private make(id: string, kwargs: Kwargs): void {
    const warnings: string[] = []
    // Limits of steps are Gymnasium's own wrapper on the other side.
    const env = make(id, kwargs, { maxEpisodeSteps: 0, warn: (message) => warnings.push(message) })
    this.introduce(new RemoteEnv(env), env.observationSpace, env.actionSpace, warnings)
  }

  private reset(handle: number, seed: number | null, options: Kwargs | null): void {
    const env = this.find(handle, RemoteEnv)
    const { observation, info } = env.reset({ seed: seed ?? undefined, options: options ?? undefined })
    this.out.list(3).boolean(true).value(observation).value(info)
  }

  private step(handle: number, action: unknown): void {
    const { observation, reward, terminated, truncated, info } = this.find(handle, RemoteEnv).step(action)
    this.out.list(6).boolean(true).value(observation).number(reward)
    this.out.boolean(terminated).boolean(truncated).value(info)
  }

  private makeVector(
    id: string,
    kwargs: Kwargs,
    count: number,
    autoreset: AutoresetMode,
    maxEpisodeSteps: number | null,
    infoKeys: readonly string[] | null,
    threads: number,
  ): void {
    const warnings = new Set<string>()
    const options = {
      maxEpisodeSteps: maxEpisodeSteps ?? 0,
      warn: (message: string) => warnings.add(message),
    }
    const env =
      threads === 1
        ? new VectorEnv(() => make(id, kwargs, options), count, { autoreset })
        : new WorkerVectorEnv(id, kwargs, count, {
            ...options,
            autoreset,
            threads,
            infosKept: INFOS_KEPT,
            workerFile: this.workerFile,
          })
    this.introduce(new RemoteVectorEnv(env, infoKeys), env.singleObservationSpace, env.singleActionSpace, [
      ...warnings,
    ])
  }

  private resetVector(
    handle: number,
    seeds: readonly (number | null)[],
    options: Kwargs | null,
    mask: Uint8Array | null,
  ): void {
    const { env, infoKeys } = this.find(handle, RemoteVectorEnv)
    const { observations, infos } = env.reset({
      seed: seeds.map((seed) => seed ?? undefined),
      options: options ?? undefined,
      mask: mask ?? undefined,
    })
    this.out.list(3).boolean(true).value(observations)
    writeColumns(this.out, infos, infoKeys)
  }

  /** The answer: the four blocks, the number of the step, and its infos where some are always wanted. */
  private stepVector(handle: number, actions: Batch): void {
    const env = this.find(handle, RemoteVectorEnv)
    const { result, number } = env.step(actions)
    const { observations, rewards, terminated, truncated } = result
    this.out.list(env.infoKeys === null ? 6 : 9)
    this.out.boolean(true).value(observations).array(rewards).array(terminated).array(truncated)
    this.out.number(number)
    if (env.infoKeys !== null) this.writeInfos(result, env.infoKeys)
  }

  /** The answer: infos of one of the last steps by key; `keys` null: all of them. */
  private infosVector(handle: number, number: number, keys: readonly string[] | null): void {
    const result = this.find(handle, RemoteVectorEnv).resultOf(number)
    this.out.list(4).boolean(true)
    this.writeInfos(result, keys)
  }

  /** Three values: infos, and of the episodes that ended the last observations and infos, nil where none did. */
  private writeInfos({ infos, finals }: VectorStepResult, keys: readonly string[] | null): void {
    writeColumns(this.out, infos, keys)
    if (finals.every((final) => final === undefined)) this.out.nil().nil()
    else {
      this.out.value(finals.map((final) => final?.observation ?? null))
      writeColumns(
        this.out,
        finals.map((final) => final?.info),
        keys,
      )
    }
  }

  /** The answer: a handle and the agent's name. */
  private loadPolicy(path: string): void {
    const policy = new RemotePolicy(path)
    this.out.list(3).boolean(true).number(this.add(policy)).text(policy.name)
  }

  private act(handle: number, observation: unknown, info: Kwargs, deterministic: boolean): void {
    this.out.list(2).boolean(true)
    this.out.value(this.find(handle, RemotePolicy).act(observation, info, deterministic))
  }

  private close(handle: number): void {
    this.objects.get(handle)?.close()
    this.objects.delete(handle)
    this.out.list(1).boolean(true)
  }

  /** The text again, as the last bytes of the answer: by it a caller that was interrupted finds its place. */
  private echo(text: string): void {
    this.out.list(2).boolean(true).text(text)
  }

  private introduce(env: { close(): void }, observations: Space, actions: Space, warnings: string[]): void {
    const [observation, action] = [observations, actions].map((space) => JSON.stringify(space.toJSON()))
    this.out.list(5).boolean(true).number(this.add(env)).text(observation!).text(action!).value(warnings)
  }

  private add(object: { close(): void }): number {
    this.objects.set(this.count, object)
    return this.count++
  }

  private find<T>(handle: number, type: new (...args: never[]) => T): T {
    const object = this.objects.get(handle)
    if (object instanceof type) return object
    throw new SimError('closed', 'it is closed. Make or load another one.')
  }

  private fail(error: unknown): void {
    const known = error instanceof SimError
    const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : error
    const code = known ? error.code : 'defect'
    this.out.begin().list(3).boolean(false).text(code).text(String(text))
  }
}
