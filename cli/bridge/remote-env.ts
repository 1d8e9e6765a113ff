/** Environments whose actions come from outside: every action is checked before it counts. */
import { InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  type Batch,
  type Env,
  findMismatches,
  type ResetOptions,
  readRow,
  type Space,
  VectorEnv,
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

export class RemoteVectorEnv extends VectorEnv {
  /** Of the infos, what the other side asked for; null: all. */
  infoKeys: readonly string[] | null = null

  override step(actions: Batch): VectorStepResult {
    // All of them first: a wrong one must not leave the environments before it a step ahead.
    for (let i = 0; i < this.count; i++) {
      if (this.ended[i] === 1) continue
      const action = readRow(this.singleActionSpace, actions, i)
      checkAction(this.singleActionSpace, action, `the action of environment ${i}`)
    }
    return super.step(actions)
  }
}

function checkAction(space: Space, action: unknown, name: string): void {
  if (space.contains(action)) return
  const found = findMismatches(space, action, name).map(({ message }) => message)
  throw new InvalidActionError(action, `${found.join('; ')}. Take one of the action space.`)
}
