/**
 * DAGOR holds the mean wait at its threshold: at replicas that are M/M/1 with mean service S the admitted load is where
 * rho S / (1 - rho) is the threshold; with 4 ms and 20 ms that is rho = 5/6. The calls for one request have one level, so
 * that the share of the requests that succeed does not depend on how many calls they need, as it does with what refuses
 * each call by itself. (Zhou et al. 2018, figures 5 to 7.)
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadScenario, parseScenario, type Result, simulate } from '../../src/index.ts'
import type { OverloadInput } from '../../src/scenario/schema/overload.ts'

/** Of requests that need `calls` answers of a service at `load` times its capacity of 750/s: the share that gets them. */
function success(calls: number, load: number, overload: OverloadInput, seed: number): number {
  const rate = (load * 750) / calls
  const scenario = parseScenario({
    name: 'Subsequent overload',
    horizon: 90,
    warmup: 40,
    workloads: { users: { to: 'front', arrivals: { poisson: { rate } }, timeout: 0.5 } },
    services: {
      front: { replicas: 4, endpoints: { e: Array.from({ length: calls }, () => ({ call: { to: 'm' } })) } },
      m: {
        replicas: 3,
        overload: { ...overload, shed: 'deadline' },
        endpoints: { e: [{ cpu: { exponential: { mean: 0.004 } } }] },
      },
    },
  })
  return simulate(scenario, { seed, series: false }).throughput / rate
}

describe('at twice the capacity, requests that need four answers of one service', () => {
  test.each([1, 2])('succeed under DAGOR as often as those that need one (seed %i)', (seed) => {
    const one = success(1, 2, { dagor: {} }, seed)
    const four = success(4, 2, { dagor: {} }, seed)
    // 5/6 of 1/2 is 0.417.
    expect(one).toBeGreaterThan(0.38)
    expect(one).toBeLessThan(0.45)
    expect(Math.abs(four - one)).toBeLessThan(0.04)
  })

  test('succeed much less often under a queue limit', () => {
    const one = success(1, 2, { queueLimit: 10 }, 1)
    const four = success(4, 2, { queueLimit: 10 }, 1)
    expect(one).toBeGreaterThan(0.48)
    expect(four).toBeLessThan(0.75 * one)
  })
})

test('callers that know the level keep back what would be refused, and no other', () => {
  const run = (share: boolean): Result => {
    const scenario = parseScenario({
      name: 'Shared levels',
      horizon: 60,
      warmup: 30,
      workloads: { users: { to: 'front', arrivals: { poisson: { rate: 500 } } } },
      balancers: { lb: { to: 'm', policy: 'random' } },
      services: {
        front: { replicas: 2, endpoints: { e: [{ call: { to: 'lb' } }] } },
        m: { replicas: 2, overload: { dagor: { share } }, endpoints: { e: [{ cpu: 0.008 }] } },
      },
    })
    return simulate(scenario, { seed: 1, series: false })
  }
  const shared = run(true)
  const alone = run(false)
  const m = ({ components }: Result): Extract<Result['components'][string], { kind: 'service' }> => {
    const component = components.m!
    if (component.kind !== 'service') throw new Error('m is a service')
    return component
  }
  expect(m(alone).overload!.refused['kept-back']).toBeUndefined()
  // What the balancer keeps back does not arrive; nearly all that would be refused is kept back.
  const { level = 0, 'kept-back': kept = 0 } = m(shared).overload!.refused
  expect(kept).toBeGreaterThan(5 * level)
  expect(m(shared).arrivals + kept).toBe(m(alone).arrivals)
  // Its share of what is answered stays the same.
  expect(shared.throughput / alone.throughput).toBeGreaterThan(0.9)
  expect(shared.throughput / alone.throughput).toBeLessThan(1.1)
})

test('scenarios/subsequent-overload.yml serves the important ones, and whole pages of the others', () => {
  const text = readFileSync(new URL('../../scenarios/subsequent-overload.yml', import.meta.url), 'utf8')
  const { requests } = simulate(loadScenario(text), { horizon: 120, series: false })
  const share = (name: string): number => {
    const { outcomes, created } = requests.byClass[`users.${name}`]!
    return (outcomes.ok ?? 0) / created
  }
  // Of the whole run, the first seconds included, in which the level is not yet found.
  expect(share('checkout')).toBeGreaterThan(0.9)
  // 750/s x 5/6 / 4 = 156 pages/s, less 37.5 of checkout, of 337.5.
  expect(share('browse')).toBeGreaterThan(0.3)
  expect(share('browse')).toBeLessThan(0.4)
})
