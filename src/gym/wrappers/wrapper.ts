/**
 * An environment around another. The result and the info of a call belong to the caller, so a wrapper
 * writes into them instead of copying: that costs nothing and keeps properties that are not enumerable.
 */
import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from '../env.ts'
import type { Space } from '../spaces/space.ts'

/** Passes everything through; a subclass overrides what it changes. */
export class Wrapper<Obs = unknown, Act = unknown, InnerObs = Obs, InnerAct = Act> implements Env<Obs, Act> {
  readonly env: Env<InnerObs, InnerAct>

  constructor(env: Env<InnerObs, InnerAct>) {
    this.env = env
  }

  get observationSpace(): Space<Obs> {
    return this.env.observationSpace as Space<unknown> as Space<Obs>
  }

  get actionSpace(): Space<Act> {
    return this.env.actionSpace as Space<unknown> as Space<Act>
  }

  get spec(): EnvSpec | undefined {
    return this.env.spec
  }

  set spec(spec: EnvSpec | undefined) {
    this.env.spec = spec
  }

  get metadata(): Env['metadata'] {
    return this.env.metadata
  }

  get renderMode(): string | undefined {
    return this.env.renderMode
  }

  get unwrapped(): Env<unknown, unknown> {
    return this.env.unwrapped
  }

  reset(options?: ResetOptions): ResetResult<Obs> {
    return this.env.reset(options) as ResetResult<unknown> as ResetResult<Obs>
  }

  step(action: Act): StepResult<Obs> {
    return this.env.step(action as unknown as InnerAct) as StepResult<unknown> as StepResult<Obs>
  }

  render(): unknown {
    return this.env.render?.()
  }

  close(): void {
    this.env.close()
  }
}

/** Changes every observation. */
export abstract class ObservationWrapper<Obs, Act = unknown, InnerObs = Obs> extends Wrapper<
  Obs,
  Act,
  InnerObs
> {
  private readonly outside: Space<Obs>

  constructor(env: Env<InnerObs, Act>, observationSpace: Space<Obs>) {
    super(env as Env<InnerObs, never>)
    this.outside = observationSpace
  }

  protected abstract observation(observation: InnerObs): Obs

  override get observationSpace(): Space<Obs> {
    return this.outside
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    const result = super.reset(options)
    result.observation = this.observation(result.observation as unknown as InnerObs)
    return result
  }

  override step(action: Act): StepResult<Obs> {
    const result = super.step(action)
    result.observation = this.observation(result.observation as unknown as InnerObs)
    return result
  }
}
