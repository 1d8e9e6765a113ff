import { reject } from '../../random/check.ts'
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts'
import { Wrapper } from './wrapper.ts'

/** Sets `truncated` on the step number `maxEpisodeSteps` of an episode and on any after it. */
export class TimeLimit<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  readonly maxEpisodeSteps: number
  private elapsed = 0

  constructor(env: Env<Obs, Act>, maxEpisodeSteps: number) {
    super(env)
    if (!(Number.isInteger(maxEpisodeSteps) && maxEpisodeSteps >= 1)) {
      reject(`expected an integer of at least 1, got ${maxEpisodeSteps}`, 'TimeLimit.maxEpisodeSteps', '')
    }
    this.maxEpisodeSteps = maxEpisodeSteps
  }

  /** Steps since the last reset. */
  get elapsedSteps(): number {
    return this.elapsed
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    this.elapsed = 0
    return this.env.reset(options)
  }

  override step(action: Act): StepResult<Obs> {
    const result = this.env.step(action)
    if (++this.elapsed >= this.maxEpisodeSteps) result.truncated = true
    return result
  }

  protected override get snapshotName(): string {
    return 'TimeLimit'
  }

  protected override saveState(): number {
    return this.elapsed
  }

  protected override loadState(elapsed: number): void {
    this.elapsed = elapsed
  }
}
