/**
 * Metastable failures (Bronson et al., HotOS 2021; Huang et al., OSDI 2022): a burst pushes the waits beyond the
 * timeout; with A attempts per request the load that remains is A times the arrivals, and the system recovers only if
 * that is below its capacity. A budget bounds A to 1 + its share.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadScenario, parseScenario, simulate } from '../../src/index.ts'
import type { RetryBudgetInput } from '../../src/scenario/schema/retry-budget.ts'

/** Answers per second in [from, to) after a burst of twice the load at 60-80 s. */
function goodput(
  cores: number,
  rate: number,
  budget: RetryBudgetInput | undefined,
  [from, to]: readonly [number, number],
  seed: number,
  attempts = 4,
): number {
  const scenario = parseScenario({
    name: 'Storm',
    horizon: to,
    warmup: from,
    workloads: {
      c: {
        to: 'web',
        arrivals: { poisson: { rate } },
        timeout: 1,
        retry: {
          attempts,
          backoff: { exponential: { base: 0.1, factor: 2, jitter: 'full' } },
          ...(budget === undefined ? {} : { budget }),
        },
      },
    },
    services: { web: { cores, endpoints: { e: [{ cpu: { exponential: { mean: 0.1 } } }] } } },
    events: [{ surge: 'c', factor: 2, at: 60, for: 20 }],
  })
  return simulate(scenario, { seed, series: false }).throughput
}

const SEEDS = [1, 2, 3]

describe('ten cores of 10/s each at 70/s, two minutes after the burst', () => {
  const window = [200, 300] as const

  test.each(SEEDS)('with four attempts answer nobody any more (seed %i)', (seed) => {
    expect(goodput(10, 70, undefined, window, seed)).toBeLessThan(1)
  })

  test.each(SEEDS)('with a budget of half still answer nobody: 1.5 x 70 > 100 (seed %i)', (seed) => {
    expect(goodput(10, 70, '50%', window, seed)).toBeLessThan(1)
  })

  test.each([
    ['10%', 1],
    ['10%', 2],
    ['20%', 1],
    ['20%', 2],
    ['20%', 3],
  ] as const)('with a budget of %s answer all: 1.2 x 70 < 100 (seed %i)', (budget, seed) => {
    expect(goodput(10, 70, budget, window, seed)).toBeGreaterThan(67)
  })

  test('without retries answer all', () => {
    expect(goodput(10, 70, undefined, window, 1, 1)).toBeGreaterThan(67)
  })

  test("with gRPC's throttle answer all", () => {
    expect(goodput(10, 70, { throttle: {} }, window, 1)).toBeGreaterThan(67)
  })
})

describe('four cores of 10/s each: (1 + budget) x rate has to stay below 40/s', () => {
  const late = [500, 600] as const

  test.each([
    [30, '20%', true],
    [28, '10%', true],
    [30, '50%', false],
    [36, '20%', false],
  ] as const)('at %i/s with a budget of %s: recovers is %s', (rate, budget, recovers) => {
    const rates = SEEDS.map((seed) => goodput(4, rate, budget, late, seed))
    for (const value of rates) {
      if (recovers) expect(value).toBeGreaterThan(0.9 * rate)
      else expect(value).toBeLessThan(0.1 * rate)
    }
  })
})

test('scenarios/retry-storm.yml ends with its cause thanks to the budgets, and does not without', () => {
  const text = readFileSync(new URL('../../scenarios/retry-storm.yml', import.meta.url), 'utf8')
  const lateErrors = (source: string): { errors: number; perRequest: number } => {
    const scenario = loadScenario(source)
    const result = simulate({ ...scenario, warmup: 200 }, {})
    const { clients, shop } = result.components
    if (clients?.kind !== 'workload' || shop?.kind !== 'service') throw new Error('no such component')
    const { store } = result.components
    if (store?.kind !== 'service') throw new Error('no such component')
    return { errors: 1 - result.throughput / clients.rate, perRequest: store.arrivals / clients.created }
  }
  const guarded = lateErrors(text)
  const bare = lateErrors(text.replaceAll(/^ *budget: 10%.*\n/gm, ''))
  expect(guarded.errors).toBeLessThan(0.02)
  expect(guarded.perRequest).toBeLessThan(1.21)
  expect(bare.errors).toBeGreaterThan(0.9)
  expect(bare.perRequest).toBeGreaterThan(2.5)
})
