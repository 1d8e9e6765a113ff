import { registeredSpecs, SCENARIOS } from '../../envs/index.ts'
import { VERSION } from '../../src/version.ts'

export type EnvironmentList = {
  readonly version: string
  readonly environments: readonly {
    readonly id: string
    readonly description: string | null
    readonly maxEpisodeSteps: number | null
    readonly rewardThreshold: number | null
    readonly nondeterministic: boolean
  }[]
  /** Names of the scenarios that come with the package. */
  readonly scenarios: readonly string[]
}

/** What Python registers, without making any environment. */
export function listEnvironments(): EnvironmentList {
  return {
    version: VERSION,
    environments: registeredSpecs().map((spec) => ({
      id: spec.id,
      description: spec.description ?? null,
      maxEpisodeSteps: spec.maxEpisodeSteps ?? null,
      rewardThreshold: spec.rewardThreshold ?? null,
      nondeterministic: spec.nondeterministic ?? false,
    })),
    scenarios: Object.keys(SCENARIOS),
  }
}
