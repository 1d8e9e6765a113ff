/**
 * Recorded episodes as plain data, for files: a header that says what they are of, then an episode each. Written one
 * to a line (JSON) or one after another (msgpack), `python -m asyncflow_gym.minari` makes a Minari dataset of them.
 */
import type { Env } from './env.ts'
import { type EnvSpecJSON, specToJSON } from './registry.ts'
import { numberToJson } from './spaces/json-number.ts'
import type { SpaceJSON } from './spaces/space.ts'
import type { Trajectory } from './wrappers/record-trajectory.ts'

export type TrajectoryHeader = {
  readonly schema: 1
  /** null for an environment that `make` did not make. */
  readonly environment: EnvSpecJSON | null
  readonly observationSpace: SpaceJSON
  readonly actionSpace: SpaceJSON
}

export function trajectoryHeader(env: Env<unknown, unknown>): TrajectoryHeader {
  const { spec } = env.unwrapped
  return {
    schema: 1,
    environment: spec === undefined ? null : specToJSON(spec),
    observationSpace: env.observationSpace.toJSON(),
    actionSpace: env.actionSpace.toJSON(),
  }
}

/** The episode with values as the spaces' `toJsonable` gives them and arrays as lists; `env` is the recorded one. */
export function trajectoryToJson(
  env: Env<unknown, unknown>,
  trajectory: Trajectory,
): Record<string, unknown> {
  return {
    seed: trajectory.seed ?? null,
    observations: trajectory.observations.map((value) => env.observationSpace.toJsonable(value)),
    actions: trajectory.actions.map((value) => env.actionSpace.toJsonable(value)),
    rewards: trajectory.rewards.map(numberToJson),
    terminations: trajectory.terminations,
    truncations: trajectory.truncations,
    infos: trajectory.infos.map(plain),
  }
}

function plain(x: unknown): unknown {
  if (typeof x === 'number') return numberToJson(x)
  if (typeof x !== 'object' || x === null) return x
  if (ArrayBuffer.isView(x)) return Array.from(x as Float64Array, numberToJson)
  if (Array.isArray(x)) return x.map(plain)
  const entries = Object.entries(x).filter(([, value]) => value !== undefined && typeof value !== 'function')
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]))
}
