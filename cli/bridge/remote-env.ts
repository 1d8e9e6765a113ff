/** Environments whose actions come from outside: every action is checked before it counts. */
import { InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  type Batch,
  type Env,
  findMismatches,
  type ResetOptions,
  readRow,
  type Space,
  type VectorEnvironment,
  type VectorStepResult,
} from '../../src/gym/index.ts'

export class RemoteEnv {
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
    checkAction(this.env.actionSpace, action, 'the action')
    const result = this.env.step(action)
    this.ended = result.terminated || result.truncated
    return result
  }

  close(): void {
    this.env.close()
  }
}

/** For how many steps of a vector, the last included, the other side may ask for infos. */
export const INFOS_KEPT = 4

export class RemoteVectorEnv {
  readonly env: VectorEnvironment
  /** Of the infos, what every step gives; null: nothing, all is there to be asked for. */
  readonly infoKeys: readonly string[] | null
  private readonly results: VectorStepResult[] = []
  private steps = 0

  constructor(env: VectorEnvironment, infoKeys: readonly string[] | null) {
    this.env = env
    this.infoKeys = infoKeys
  }

  /** The result, and the number by which its infos are asked for. */
  step(actions: Batch): { readonly result: VectorStepResult; readonly number: number } {
    const { env } = this
    // All of them first: a wrong one must not leave the environments before it a step ahead.
    for (let i = 0; i < env.count; i++) {
      if (env.ended[i] === 1) continue
      const action = readRow(env.singleActionSpace, actions, i)
      checkAction(env.singleActionSpace, action, `the action of environment ${i}`)
    }
    const number = this.steps++
    const result = env.step(actions)
    this.results[number % INFOS_KEPT] = result
    return { result, number }
  }

  resultOf(number: number): VectorStepResult {
    return this.results[number % INFOS_KEPT]!
  }

  close(): void {
    this.env.close()
  }
}

function checkAction(space: Space, action: unknown, name: string): void {
  if (space.contains(action)) return
  const found = findMismatches(space, action, name).map(({ message }) => message)
  throw new InvalidActionError(action, `${found.join('; ')}. Take one of the action space.`)
}
