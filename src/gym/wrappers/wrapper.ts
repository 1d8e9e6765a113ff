/**
 * An environment around another. The result and the info of a call belong to the caller, so a wrapper
 * writes into them instead of copying: that costs nothing and keeps properties that are not enumerable.
 */
import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from '../env.ts'
import { noSnapshots, packSnapshot, unpackSnapshot } from '../snapshot.ts'
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

  /** With the state of this wrapper, if it has any. @throws SimError `no-snapshot` where the environment has none. */
  snapshot(): Uint8Array {
    const { env, snapshotName } = this
    if (env.snapshot === undefined) throw noSnapshots(this.unwrapped)
    const inner = env.snapshot()
    return snapshotName === undefined
      ? inner
      : packSnapshot(snapshotName, { wrapper: this.saveState(), env: inner })
  }

  restore(snapshot: Uint8Array): void {
    const { env, snapshotName } = this
    if (env.restore === undefined) throw noSnapshots(this.unwrapped)
    if (snapshotName === undefined) {
      env.restore(snapshot)
      return
    }
    const saved = unpackSnapshot(snapshotName, snapshot) as { wrapper: never; env: Uint8Array }
    this.checkState(saved.wrapper)
    env.restore(saved.env)
    this.loadState(saved.wrapper)
  }

  close(): void {
    this.env.close()
  }

  /** What snapshots call this wrapper; undefined, where it has no state of its own. */
  protected get snapshotName(): string | undefined {
    return undefined
  }

  /** Throws where `loadState` would: before anything has changed. */
  protected checkState(_state: unknown): void {}

  /** Plain data, packed at once. A wrapper that overrides `snapshotName` overrides these two as well. */
  protected saveState(): unknown {
    return undefined
  }

  protected loadState(_state: never): void {}
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
