import { ResetNeededError } from '../../errors.ts'
import type { ResetOptions, ResetResult, StepResult } from '../env.ts'
import { Wrapper } from './wrapper.ts'

/** Throws ResetNeededError from `step` and `render` before the first `reset`. `make` applies it. */
export class OrderEnforcing<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  private started = false

  override reset(options?: ResetOptions): ResetResult<Obs> {
    const result = this.env.reset(options)
    this.started = true
    return result
  }

  override step(action: Act): StepResult<Obs> {
    if (!this.started) throw new ResetNeededError()
    return this.env.step(action)
  }

  override render(): unknown {
    if (!this.started) throw new ResetNeededError('render() was called before reset()')
    return this.env.render?.()
  }

  override restore(snapshot: Uint8Array): void {
    super.restore(snapshot)
    this.started = true
  }
}
