import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RequestRecord } from '../../../src/model/requests.ts'
import { balancingPolicies } from '../../../src/policies/index.ts'
import type { Draws } from '../../../src/random/index.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'
import { anyScenario, fitting } from '../../support/any-scenario.ts'

const SEED = 3

type Seen = {
  /** `site request path ordinal` -> value, over all draws made for requests. */
  readonly draws: Map<string, number>
  /** `workload number` -> `start class`. */
  readonly arrivals: Map<string, string>
}

function watch(input: ScenarioInput, seed: number): Seen {
  const draws = new Map<string, number>()
  const arrivals = new Map<string, string>()
  const simulation = new Simulation(parseScenario(input), {
    seed,
    drain: true,
    series: false,
    draws: (sites, counter): Draws => {
      const note = (site: number, request: number, path: number, ordinal: number, value: number): number => {
        const key = `${sites[site]!.name} ${request} ${path} ${ordinal}`
        const before = draws.get(key)
        if (before !== undefined && before !== value) throw new Error(`${key} was ${before} and is ${value}`)
        draws.set(key, value)
        return value
      }
      return {
        sample: (site, request, path, ordinal) =>
          note(site, request, path, ordinal, counter.sample(site, request, path, ordinal)),
        uniform: (site, request, path, ordinal) =>
          note(site, request, path, ordinal, counter.uniform(site, request, path, ordinal)),
      }
    },
    onRequest: ({ workload, number, start, class: name }: RequestRecord) =>
      arrivals.set(`${workload} ${number}`, `${start} ${name}`),
  })
  simulation.run()
  return { draws, arrivals }
}

function withPolicy(input: ScenarioInput, policy: string): ScenarioInput {
  const balancers = Object.entries(input.balancers ?? {}).map(([name, balancer]) => [
    name,
    fitting({ ...balancer, policy }),
  ])
  return { ...input, balancers: Object.fromEntries(balancers) }
}

const policy = fc.constantFrom(...balancingPolicies.keys())
/** A scaler's starts are numbered in time, and when they happen depends on the policy. */
const isOfRequest = ([key]: [string, number]): boolean => !key.includes('.startup ')

describe('under one seed', () => {
  test('two policies face the same arrivals, classes and demands', () => {
    fc.assert(
      fc.property(
        anyScenario({ calm: true, open: true }),
        fc.nat(),
        policy,
        policy,
        (input, seed, one, other) => {
          const first = watch(withPolicy(input, one), seed)
          const second = watch(withPolicy(input, other), seed)
          expect(second.arrivals).toEqual(first.arrivals)
          // A link to one slot draws for those only that the policy sends there.
          const common = (seen: Seen): Map<string, number> =>
            new Map([...seen.draws].filter((entry) => isOfRequest(entry) && !/^\S+->/.test(entry[0])))
          expect(common(second)).toEqual(common(first))
        },
      ),
      { numRuns: 60, seed: SEED },
    )
  })

  test('also where requests fail, what both draw is equal, and arrivals are', () => {
    fc.assert(
      fc.property(anyScenario({ open: true }), fc.nat(), policy, policy, (input, seed, one, other) => {
        const first = watch(withPolicy(input, one), seed)
        const second = watch(withPolicy(input, other), seed)
        expect(second.arrivals).toEqual(first.arrivals)
        for (const [key, value] of second.draws) {
          const before = first.draws.get(key)
          if (before !== undefined && isOfRequest([key, value])) expect(value).toBe(before)
        }
      }),
      { numRuns: 40, seed: SEED },
    )
  })

  test('a component more shifts the draws of no other', () => {
    fc.assert(
      fc.property(anyScenario({ open: true }), fc.nat(), (input, seed) => {
        const more: ScenarioInput = {
          ...input,
          workloads: { extra: { to: 'other', arrivals: { poisson: { rate: 9 } } }, ...input.workloads },
          links: [
            { from: 'extra', to: 'other', latency: { exponential: { mean: 0.01 } } },
            ...(input.links ?? []),
          ],
          services: {
            other: { endpoints: { o: [{ cpu: { exponential: { mean: 0.05 } } }] } },
            ...input.services,
          },
        }
        const first = watch(input, seed)
        const second = watch(more, seed)
        const mine = new Map([...second.draws].filter(([key]) => !/^(extra|other)\b/.test(key)))
        expect(mine).toEqual(first.draws)
        expect(new Map([...second.arrivals].filter(([key]) => !key.startsWith('extra')))).toEqual(
          first.arrivals,
        )
      }),
      { numRuns: 40, seed: SEED },
    )
  })

  test('attempts draw afresh', () => {
    const { draws } = watch(
      {
        name: 'Retries',
        horizon: 50,
        workloads: {
          w: { to: 'web', arrivals: { deterministic: { rate: 1 } }, timeout: 0.1, retry: { attempts: 3 } },
        },
        services: { web: { cores: 99, endpoints: { e: [{ cpu: { exponential: { mean: 1 } } }] } } },
      },
      1,
    )
    const demands = [...draws].filter(([key]) => key.startsWith('web.e[0] 7 ')).map(([, value]) => value)
    expect(demands.length).toBeGreaterThan(1)
    expect(new Set(demands).size).toBe(demands.length)
  })
})
