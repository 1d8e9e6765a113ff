/**
 * Heuristics for Park's load balancing that know the sizes of jobs: each takes the server with the least score, a tie
 * to the first or to the last, which is the fastest. Pure functions of `info.view`.
 */
import { SimError } from '../../src/errors.ts'
import type { Info } from '../../src/gym/env.ts'
import { Params } from '../../src/policies/params.ts'
import type { InformationClass, PolicyParams } from '../../src/policies/types.ts'
import { pow } from '../../src/random/math.ts'
import type { Agent } from '../agent.ts'
import { decodeCheckpointOf, encodeCheckpoint } from '../checkpoint.ts'

/** Slots in rising order of speed; times and work in the environment's units. */
export type ParkHeuristicView = {
  readonly n: number
  readonly speed: ArrayLike<number>
  /** Size of the incoming job. */
  readonly demand: number
  /** What the environment observes: work that waits plus time that the running job needs. */
  readonly mixedLoad: ArrayLike<number>
  readonly drainTime: ArrayLike<number>
}

type Score = (view: ParkHeuristicView, slot: number) => number

export type ParkHeuristic = {
  readonly name: string
  readonly summary: string
  readonly information: InformationClass
  readonly defaults: PolicyParams
  score(params: Params): Score
}

export const PARK_HEURISTICS: readonly ParkHeuristic[] = [
  {
    name: 'park-fastest',
    summary: 'Always the fastest server.',
    information: 'own',
    defaults: {},
    score: () => (view, i) => -view.speed[i]!,
  },
  {
    name: 'park-least-load',
    summary: 'Least observed load, which adds work that waits and time that runs.',
    information: 'oracle',
    defaults: { ties: 'first' },
    score: () => (view, i) => view.mixedLoad[i]!,
  },
  {
    name: 'park-shortest-completion',
    summary: 'Least (observed load + size) / speed.',
    information: 'oracle',
    defaults: { ties: 'first' },
    score: () => (view, i) => (view.mixedLoad[i]! + view.demand) / view.speed[i]!,
  },
  {
    name: 'park-least-work',
    summary: 'Least work left, in time.',
    information: 'oracle',
    defaults: { ties: 'first' },
    score: () => (view, i) => view.drainTime[i]!,
  },
  {
    name: 'park-earliest-completion',
    summary: 'Least work left in time + size / speed.',
    information: 'oracle',
    defaults: { ties: 'first' },
    score: () => (view, i) => view.drainTime[i]! + view.demand / view.speed[i]!,
  },
  {
    name: 'park-offset-work',
    summary: 'Least (work left + c size) / speed^b, to be tuned.',
    information: 'oracle',
    defaults: { c: 0.1, b: 1.4, ties: 'first' },
    score: (params) => {
      const c = params.number('c', { min: 0 })
      const b = params.number('b')
      return (view, i) => (view.drainTime[i]! * view.speed[i]! + c * view.demand) / pow(view.speed[i]!, b)
    },
  },
]

class ParkAgent implements Agent {
  readonly name: string
  private readonly params: PolicyParams
  private readonly score: Score
  private readonly toLast: boolean

  constructor({ name, defaults, score }: ParkHeuristic, params: PolicyParams) {
    this.name = name
    this.params = params
    const reader = new Params(name, params, defaults)
    this.score = score(reader)
    this.toLast = 'ties' in defaults && reader.choice('ties', ['first', 'fastest']) === 'fastest'
    reader.finish()
  }

  act(_observation: unknown, info: Info): number {
    const view = info.view as ParkHeuristicView | undefined
    if (view === undefined || view === null || !('mixedLoad' in view)) {
      throw new SimError(
        'no-view',
        `${this.name} needs the work at the servers (info.view). Use Park/LoadBalance-v0.`,
      )
    }
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < view.n; i++) {
      const score = this.score(view, i)
      if (score < least || (this.toLast && score === least)) {
        best = i
        least = score
      }
    }
    return best
  }

  save(): Uint8Array {
    return encodeCheckpoint({ agent: this.name, params: this.params })
  }

  /** The parameters stay this agent's own. */
  load(bytes: Uint8Array): void {
    decodeCheckpointOf(this.name, bytes)
  }
}

/** Throws ConfigError for parameters that do not fit. */
export function parkAgent(heuristic: ParkHeuristic, params: PolicyParams): Agent {
  return new ParkAgent(heuristic, params)
}
