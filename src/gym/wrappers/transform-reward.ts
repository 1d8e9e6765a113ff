import type { Env, StepResult } from '../env.ts'
import { Wrapper } from './wrapper.ts'

/** Rewards through a function. */
export class TransformReward<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  private readonly transform: (reward: number) => number

  constructor(env: Env<Obs, Act>, transform: (reward: number) => number) {
    super(env)
    this.transform = transform
  }

  override step(action: Act): StepResult<Obs> {
    const result = this.env.step(action)
    result.reward = this.transform(result.reward)
    return result
  }
}
