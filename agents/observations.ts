/** What an agent with a network needs to know of an environment's spaces, and reading of observations and masks. */
import { ConfigError, SimError } from '../src/errors.ts'
import type { Env, Info, SlotLayout } from '../src/gym/env.ts'
import type { SpaceJSON } from '../src/gym/spaces/space.ts'

/** A flat Box observation and a Discrete action. */
export type AgentSpaces = {
  readonly observation: SpaceJSON
  readonly action: SpaceJSON
  readonly observationSize: number
  readonly actionCount: number
  readonly actionStart: number
  /** As the environment declares it. */
  readonly slotLayout?: SlotLayout | undefined
}

/** Throws ConfigError when the agent `name` cannot use these spaces. */
export function readSpaces(
  env: Pick<Env, 'observationSpace' | 'actionSpace' | 'unwrapped'>,
  name: string,
): AgentSpaces {
  const { observationSpace, actionSpace, unwrapped } = env
  return spacesFromJSON(observationSpace.toJSON(), actionSpace.toJSON(), name, unwrapped.slotLayout)
}

export function spacesFromJSON(
  observation: SpaceJSON,
  action: SpaceJSON,
  name: string,
  slotLayout?: SlotLayout,
): AgentSpaces {
  if (observation.type !== 'Box') {
    throw new ConfigError([
      {
        what: `${name} needs a Box observation, got ${observation.type}`,
        path: 'observationSpace',
        hint: 'Wrap the environment in FlattenObservation.',
      },
    ])
  }
  if (action.type !== 'Discrete') {
    throw new ConfigError([
      {
        what: `${name} needs a Discrete action, got ${action.type}`,
        path: 'actionSpace',
        hint: 'Take an environment with discrete actions.',
      },
    ])
  }
  const observationSize = observation.shape.reduce((product, length) => product * length, 1)
  return {
    observation,
    action,
    observationSize,
    actionCount: action.n,
    actionStart: action.start,
    slotLayout,
  }
}

/** Copies an observation into `to` from `at` on. */
export function readObservation(observation: unknown, size: number, to: Float32Array, at: number): void {
  const values = observation as ArrayLike<number>
  if (values?.length !== size) {
    throw new SimError(
      'observation',
      `expected an observation of ${size} numbers, got ${values?.length ?? typeof observation}. The agent was made for another environment.`,
    )
  }
  for (let i = 0; i < size; i++) to[at + i] = values[i]!
}

/** Copies `info.actionMask` into `to` from `at` on; without one every action is valid. */
export function readMask(info: Info, count: number, to: Uint8Array, at: number): void {
  const mask = info.actionMask as ArrayLike<number | boolean> | undefined
  if (mask === undefined || mask === null) {
    to.fill(1, at, at + count)
    return
  }
  if (mask.length !== count) {
    throw new SimError(
      'mask',
      `expected a mask of ${count} actions, got ${mask.length} (info.actionMask). It needs one entry per action.`,
    )
  }
  for (let i = 0; i < count; i++) to[at + i] = mask[i] ? 1 : 0
}
