/** Requests of Python and their answers: `[true, ...results]`, or `[false, code, message]`. */
import { make } from '../../envs/index.ts'
import { InvalidActionError, ResetNeededError, SimError } from '../../src/errors.ts'
import { type Env, findMismatches, type ResetOptions } from '../../src/gym/index.ts'
import { MessageWriter, readMessage } from './wire.ts'

type Handler = (...args: never[]) => void

export class Server {
  private readonly out: MessageWriter = new MessageWriter()
  private readonly envs: Map<number, RemoteEnv> = new Map()
  private readonly handlers: Readonly<Record<string, Handler>> = {
    make: this.make.bind(this),
    reset: this.reset.bind(this),
    step: this.step.bind(this),
    close: this.close.bind(this),
  }
  private count = 0

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
  private make(id: string, kwargs: Record<string, unknown>): void {
    const warnings: string[] = []
    // Limits of steps are Gymnasium's own wrapper on the other side.
    const env = make(id, kwargs, { maxEpisodeSteps: 0, warn: (message) => warnings.push(message) })
    const handle = this.count++
    this.envs.set(handle, new RemoteEnv(env))
    const spaces = [env.observationSpace, env.actionSpace].map((space) => JSON.stringify(space.toJSON()))
    this.out.list(5).boolean(true).number(handle).text(spaces[0]!).text(spaces[1]!).value(warnings)
  }

  private reset(handle: number, seed: number | null, options: Record<string, unknown> | null): void {
    const { observation, info } = this.env(handle).reset({
      seed: seed ?? undefined,
      options: options ?? undefined,
    })
    this.out.list(3).boolean(true).value(observation).value(info)
  }

  private step(handle: number, action: unknown): void {
    const { observation, reward, terminated, truncated, info } = this.env(handle).step(action)
    this.out.list(6).boolean(true).value(observation).number(reward)
    this.out.boolean(terminated).boolean(truncated).value(info)
  }

  private close(handle: number): void {
    this.envs.get(handle)?.env.close()
    this.envs.delete(handle)
    this.out.list(1).boolean(true)
  }

  private env(handle: number): RemoteEnv {
    const env = this.envs.get(handle)
    if (env === undefined) throw new SimError('closed', 'the environment is closed. Make another one.')
    return env
  }

  private fail(error: unknown): void {
    const known = error instanceof SimError
    const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : error
    const code = known ? error.code : 'defect'
    this.out.begin().list(3).boolean(false).text(code).text(String(text))
  }
}

/** An environment whose actions come from outside: every one is checked before it counts. */
class RemoteEnv {
  readonly env: Env
  private ended = false

  constructor(env: Env) {
    this.env = env
  }

  reset(options: ResetOptions): ReturnType<Env['reset']> {
    const result = this.env.reset(options)
    this.ended = false
    return result
  }

  step(action: unknown): ReturnType<Env['step']> {
    if (this.ended) throw new ResetNeededError('step() was called after the end of the episode')
    const { actionSpace } = this.env
    if (!actionSpace.contains(action)) {
      const found = findMismatches(actionSpace, action, 'the action').map(({ message }) => message)
      throw new InvalidActionError(action, `${found.join('; ')}. Take one of the action space.`)
    }
    const result = this.env.step(action)
    this.ended = result.terminated || result.truncated
    return result
  }
}
