/**
 * AutoscalingContinuous-v0: at every interval, say how many replicas there shall be, by one number in [-1, 1]. All but
 * the action is Autoscaling-v0, which runs inside.
 */
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  Box,
  type Env,
  type EnvSpec,
  type Info,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from '../../src/gym/index.ts'
import type { ScalingView } from '../../src/policies/types.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { Autoscaling } from '../autoscaling/env.ts'
import { StepInfo } from '../common/step-info.ts'

export class AutoscalingContinuous implements Env<Float32Array, Float32Array> {
  readonly observationSpace: Box<'float32'>
  /** x asks for min + (x + 1) / 2 (max - min) replicas, rounded half up. */
  readonly actionSpace: Box<'float32'> = new Box(-1, 1, { shape: [1] })
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: AutoscalingContinuous
  spec?: EnvSpec | undefined
  /** The same environment with discrete actions. */
  readonly discrete: Autoscaling

  /** @throws ConfigError on options that are unknown or do not fit the scenario. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    for (const path of ['k', 'invalidAction']) {
      if (kwargs[path] === undefined) continue
      const hint = 'Leave it out: every action is a valid target.'
      throw new ConfigError([{ what: `unknown option "${path}"`, path, hint }])
    }
    this.discrete = new Autoscaling(kwargs)
    this.observationSpace = this.discrete.observationSpace
  }

  /** The run of the current episode. */
  get simulation(): Simulation | undefined {
    return this.discrete.simulation
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    const { observation, info } = this.discrete.reset(options)
    return { observation, info: withoutMask(info) }
  }

  step(action: Float32Array): StepResult<Float32Array> {
    const { discrete, actionSpace } = this
    if (discrete.simulation === undefined) throw new ResetNeededError()
    if (!actionSpace.contains(action)) {
      throw new InvalidActionError(
        action,
        `expected a Float32Array of one number from -1 to 1, got ${String(action)}. Clip it.`,
      )
    }
    if (!discrete.running) throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
    const { min, max } = discrete.scaler
    const target = Math.floor(min + ((action[0]! + 1) / 2) * (max - min) + 0.5)
    const result = discrete.take(target, false)
    return { ...result, info: withoutMask(result.info) }
  }

  snapshot(): Uint8Array {
    return this.discrete.snapshot()
  }

  restore(snapshot: Uint8Array): void {
    this.discrete.restore(snapshot)
  }

  close(): void {
    this.discrete.close()
  }
}

/** The mask is of the discrete actions. */
function withoutMask(info: Info): StepInfo<ScalingView> {
  return new StepInfo({ ...info, actionMask: undefined }, info.view as ScalingView)
}
