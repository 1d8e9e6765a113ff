import type { Env, StepResult } from '../env.ts'
import type { Space } from '../spaces/space.ts'
import { Wrapper } from './wrapper.ts'

/** Actions of `actionSpace` through a function into those of the environment. */
export class TransformAction<Act, InnerAct = Act, Obs = unknown> extends Wrapper<Obs, Act, Obs, InnerAct> {
  private readonly transform: (action: Act) => InnerAct
  private readonly outside: Space<Act>

  constructor(env: Env<Obs, InnerAct>, transform: (action: Act) => InnerAct, actionSpace: Space<Act>) {
    super(env)
    this.transform = transform
    this.outside = actionSpace
  }

  override get actionSpace(): Space<Act> {
    return this.outside
  }

  override step(action: Act): StepResult<Obs> {
    return this.env.step(this.transform(action))
  }
}
