import type { Env, ResetOptions, ResetResult, StepResult } from '../../src/gym/env.ts'
import { Wrapper } from '../../src/gym/index.ts'
import { checkSeeds } from '../seeds.ts'

/** An environment to train in: it refuses seeds that are not for training, and counts its steps. */
export class TrainingEnv extends Wrapper<unknown, unknown> {
  private readonly onStep: () => void

  constructor(env: Env, onStep: () => void) {
    super(env)
    this.onStep = onStep
  }

  override reset(options?: ResetOptions): ResetResult<unknown> {
    if (options?.seed !== undefined) checkSeeds('training', [options.seed])
    return this.env.reset(options)
  }

  override step(action: unknown): StepResult<unknown> {
    this.onStep()
    return this.env.step(action)
  }
}
