/** Searches a heuristic's parameters on tuning seeds; what it costs is counted as a learner's training is. */
import { mean } from '../src/analysis/mean.ts'
import type { UnitRunner } from './runner/unit-runner.ts'
import { seedsOf } from './seeds.ts'
import type { CostKind, Kwargs, Tuning } from './types.ts'
import { costOf, resolveCost } from './units/cost.ts'
import type { AgentSpec, EnvironmentSpec, EpisodePlan } from './units/types.ts'

export type Trial = { readonly params: Kwargs; readonly cost: number }

export type TuningOutcome = {
  /** The chosen values of the parameters of the grid. */
  readonly params: Kwargs
  readonly trials: readonly Trial[]
  /** Simulated decisions that the search took. */
  readonly decisions: number
  /** Parameters whose best value lies at the end of the values tried, though not at a bound: the grid grew no further. */
  readonly atEdge: readonly string[]
}

export type TuningRequest = Omit<EpisodePlan, 'seeds'> & {
  readonly environment: EnvironmentSpec
  readonly agent: AgentSpec
  readonly tuning: Tuning
  readonly cost: CostKind
  readonly label: string
}

type Value = number | string | boolean

export async function tune(request: TuningRequest, runner: UnitRunner): Promise<TuningOutcome> {
  const { agent, tuning, environment, episodeLength, settle, label } = request
  const seeds = seedsOf('tuning', tuning.episodes)
  const axes = new Map(Object.entries(tuning.grid).map(([name, axis]) => [name, [...axis.values]]))
  const trials = new Map<string, Trial>()
  let decisions = 0

  const tryAll = async (): Promise<void> => {
    const untried = combinations(axes).filter((params) => !trials.has(JSON.stringify(params)))
    const found = await Promise.all(
      untried.map(async (params) => {
        const { episodes } = await runner.evaluate(
          {
            purpose: 'tuning',
            environment,
            agent: { name: agent.name, params: { ...agent.params, ...params } },
            deterministic: true,
            seeds,
            episodeLength,
            settle,
          },
          `${label} / tuning ${JSON.stringify(params)}`,
        )
        const kind = resolveCost(request.cost, episodes)
        const spent = episodes.reduce((sum, episode) => sum + episode.decisions, 0)
        return { params, cost: mean(episodes.map((episode) => costOf(episode, kind))), spent }
      }),
    )
    for (const { params, cost, spent } of found) {
      trials.set(JSON.stringify(params), { params, cost })
      decisions += spent
    }
  }

  await tryAll()
  for (let round = 0; round < (tuning.widenings ?? 3); round++) {
    const { params } = bestOf(trials)
    if (!widen(axes, params, tuning)) break
    await tryAll()
  }
  const { params } = bestOf(trials)
  const atEdge = [...axes.keys()].filter((name) => beyond(name, axes, params, tuning) !== undefined)
  return { params, trials: [...trials.values()], decisions, atEdge }
}

/** The first of the cheapest. */
function bestOf(trials: ReadonlyMap<string, Trial>): Trial {
  return [...trials.values()].reduce((best, trial) => (trial.cost < best.cost ? trial : best))
}

/** Adds a value beyond each end at which the best one lies; false when nothing could be added. */
function widen(axes: Map<string, Value[]>, best: Kwargs, tuning: Tuning): boolean {
  let grown = false
  for (const [name, values] of axes) {
    const next = beyond(name, axes, best, tuning)
    if (next === undefined) continue
    values.push(next)
    grown = true
  }
  return grown
}

/** The next value past the best one, at the last spacing; undefined when that is within, or at a bound. */
function beyond(
  name: string,
  axes: ReadonlyMap<string, readonly Value[]>,
  best: Kwargs,
  tuning: Tuning,
): number | undefined {
  const values = axes.get(name)!
  const edge = edgeOf(values, best[name] as Value)
  if (edge === 0) return undefined
  const sorted = [...(values as readonly number[])].sort((a, b) => a - b)
  const [end, inner] = edge < 0 ? [sorted[0]!, sorted[1]!] : [sorted.at(-1)!, sorted.at(-2)!]
  // To 12 digits, so that steps of 0.1 stay readable.
  const next = Number((2 * end - inner).toPrecision(12))
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = tuning.grid[name]!
  return next < low || next > high ? undefined : next
}

/** -1 and 1 for the least and the greatest of at least two numbers, 0 for what has no end to lie at. */
function edgeOf(values: readonly Value[], value: Value): number {
  if (values.length < 2 || !values.every((other) => typeof other === 'number')) return 0
  if (value === Math.min(...values)) return -1
  return value === Math.max(...values) ? 1 : 0
}

function combinations(axes: ReadonlyMap<string, readonly Value[]>): Kwargs[] {
  let all: Kwargs[] = [{}]
  for (const [name, values] of axes)
    all = all.flatMap((params) => values.map((value) => ({ ...params, [name]: value })))
  return all
}
