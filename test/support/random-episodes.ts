/** Episodes of random environments of random scenarios under random actions, with what must hold in all of them. */
import fc from 'fast-check'
import { make, registeredSpecs } from '../../envs/index.ts'
import { ConfigError } from '../../src/errors.ts'
import type { Env, Info } from '../../src/gym/index.ts'
import { firstDifference } from '../../src/gym/plain-data.ts'
import { Stream } from '../../src/random/index.ts'
import { parseScenario } from '../../src/scenario/index.ts'
import type { ScenarioInput } from '../../src/scenario/schema.ts'
import { anyScenario, anyScenarioWithSockets } from './any-scenario.ts'

export type RandomEpisode = {
  readonly id: string
  readonly scenario: ScenarioInput
  readonly view: 'own' | 'full'
  readonly length: number | 'horizon'
  readonly warm: boolean
  /** Whether actions are sampled under the mask. */
  readonly masked: boolean
  readonly seed: number
}

/** What episodes came to. */
export type EpisodeCounts = {
  episodes: number
  steps: number
  /** Scenarios that an environment cannot be of, by what it said. */
  readonly refused: Map<string, number>
  readonly byEnvironment: Map<string, number>
}

export function newCounts(): EpisodeCounts {
  return { episodes: 0, steps: 0, refused: new Map(), byEnvironment: new Map() }
}

const IDS = registeredSpecs().map((spec) => spec.id)
/** The environments around a scenario. */
const SIMULATOR = IDS.filter((id) => {
  try {
    return make(id, { scenario: 'flash-crowd', start: 'empty' }) !== undefined
  } catch (error) {
    return !(error as Error).message.includes('unknown option "scenario"')
  }
})

/** Many of its scenarios have no scaler and no bound; here they do. */
function withScaler(scenario: ScenarioInput, scale: boolean): ScenarioInput {
  const services = Object.entries(scenario.services ?? {})
  const [first] = services
  if (!scale || first === undefined) return scenario
  const [name, service] = first
  const autoscaler = service.autoscaler ?? { policy: 'fixed', min: 1, max: 5, interval: 2, startup: 1 }
  return {
    ...scenario,
    slo: scenario.slo ?? ['p95 < 500ms'],
    services: { ...scenario.services, [name]: { ...service, autoscaler } },
  } as ScenarioInput
}

export const anyEpisode: fc.Arbitrary<RandomEpisode> = fc
  .record({
    id: fc.constantFrom(...SIMULATOR),
    scenario: fc.oneof({ weight: 3, arbitrary: anyScenario() }, anyScenarioWithSockets()),
    scale: fc.boolean(),
    view: fc.constantFrom('own' as const, 'full' as const),
    length: fc.constantFrom(1, 20, 60, 'horizon' as const),
    warm: fc.boolean(),
    masked: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ scale, ...episode }) => ({
    ...episode,
    scenario: withScaler(episode.scenario, scale || !episode.id.startsWith('LoadBalancing')),
  }))

/** Plays episodes one after another. Throws what is wrong, with the call after which it is. */
export function playEpisodes(episode: RandomEpisode, episodes: number, counts: EpisodeCounts): void {
  const { id, view, length, warm, masked, seed } = episode
  const env = environmentOf(
    episode,
    { view, episodeLength: length, start: warm ? { for: 2 } : 'empty' },
    counts,
  )
  if (env === undefined) return
  const stream = Stream.derive(seed, 'test/actions')
  for (let k = 0; k < episodes; k++) {
    let { observation, info } = env.reset(k === 0 ? { seed } : {})
    check(env, observation, info, `reset ${k}`)
    // At one step the episode is saved, goes on, and comes back.
    const saveAt = stream.int(20)
    for (let step = 0; ; step++) {
      const given = masked ? (info.actionMask as Int8Array | undefined) : undefined
      // Where no action is valid, any will do.
      const mask = ArrayBuffer.isView(given) && !given.includes(1) ? undefined : given
      const action = env.actionSpace.sample({ stream, ...(mask !== undefined && { mask }) })
      const bytes = step === saveAt ? env.snapshot?.() : undefined
      const result = env.step(action)
      const where = `episode ${k}, step ${step}`
      if (bytes !== undefined) {
        env.restore?.(bytes)
        const again = env.step(action)
        const difference = firstDifference(shown(result), shown(again), 'the result')
        if (difference !== undefined) throw new Error(`${difference} after restore (${where})`)
      }
      counts.steps++
      ;({ observation, info } = result)
      check(env, observation, info, where)
      if (!Number.isFinite(result.reward)) throw new Error(`the reward is ${result.reward} (${where})`)
      if (result.terminated) throw new Error(`terminated (${where})`)
      if (result.truncated || (length === 'horizon' && step === 300)) break
    }
    counts.episodes++
    counts.byEnvironment.set(id, (counts.byEnvironment.get(id) ?? 0) + 1)
  }
  env.close()
}

function shown({ info, ...rest }: { info: Info }): unknown {
  return { ...rest, info: { ...info } }
}

/** undefined where the scenario cannot be one of the environment, which must be said as a ConfigError. */
function environmentOf(
  { id, scenario }: RandomEpisode,
  options: Record<string, unknown>,
  counts: EpisodeCounts,
): Env | undefined {
  const loaded = parseScenario(scenario)
  try {
    const control = id.startsWith('Autoscaling') ? {} : { control: 'one' }
    try {
      return make(id, { scenario: loaded, ...options, ...control })
    } catch (error) {
      if (!(error instanceof ConfigError) || !error.message.includes('unknown option')) throw error
      return make(id, { scenario: loaded, episodeLength: options.episodeLength, start: options.start })
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const what = error.problems[0]!.what.replace(/ of s\d .*/, '')
    counts.refused.set(what, (counts.refused.get(what) ?? 0) + 1)
    return undefined
  }
}

function check(env: Env, observation: unknown, info: Info, where: string): void {
  if (!env.observationSpace.contains(observation)) {
    throw new Error(`the observation is outside its space: ${JSON.stringify(observation)} (${where})`)
  }
  for (const name of ['time', 'elapsed', 'rewardUnit']) {
    const value = info[name] as number
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new Error(`${name} is ${value} (${where})`)
  }
  for (const [name, value] of Object.entries(info.terms as Record<string, number>)) {
    if (!Number.isFinite(value)) throw new Error(`terms.${name} is ${value} (${where})`)
  }
}
