/**
 * A pool of c connections with Poisson queries of exponential latency is M/M/c (Erlang C); with an exponential
 * acquireTimeout it is M/M/c+M (Erlang A), whose chain is summed here: P(abandon) = theta Lq / lambda.
 */
import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/results/types.ts'
import type { ScenarioInput } from '../../src/scenario/schema.ts'
import { expectMean, replicate } from '../support/replications.ts'

type DatabaseResult = Extract<Result['components'][string], { kind: 'database' }>

function pool(lambda: number, c: number, theta: number, queries: number): ScenarioInput {
  const horizon = queries / lambda
  return {
    name: 'Theory',
    horizon,
    warmup: horizon / 20,
    workloads: { clients: { to: 'web', arrivals: { poisson: { rate: lambda } } } },
    services: { web: { endpoints: { e: [{ query: { to: 'db', latency: { exponential: { mean: 1 } } } }] } } },
    databases: {
      db: { connections: c, acquireTimeout: theta > 0 ? { exponential: { mean: 1 / theta } } : 1e9 },
    },
  }
}

/** Stationary numbers of M/M/c+M at mu = 1; theta = 0 is M/M/c. */
function exact(lambda: number, c: number, theta: number): { wait: number; queue: number } {
  let weight = 1
  let total = 0
  let waiting = 0
  let queue = 0
  for (let n = 0; n < 5000; n++) {
    total += weight
    if (n >= c) waiting += weight
    queue += Math.max(0, n - c) * weight
    weight *= lambda / (Math.min(n + 1, c) + Math.max(0, n + 1 - c) * theta)
  }
  return { wait: waiting / total, queue: queue / total }
}

test('the chain has the published values of Erlang A', () => {
  expect(exact(10, 10, 1).queue).toBeCloseTo(1.2511, 4)
  expect(exact(10, 10, 0.5).wait).toBeCloseTo(0.619655, 6)
  expect(exact(1.2, 1, 0.5).queue).toBeCloseTo(0.87889, 5)
})

describe.each([
  [10, 10, 1, 90_000],
  [10, 10, 0.5, 130_000],
  [1.2, 1, 0.5, 40_000],
  [1, 2, 0, 150_000],
])('arrivals %s, connections %s, abandonment %s', (lambda, c, theta, queries) => {
  const { queue } = exact(lambda, c, theta)
  const seen = replicate(pool(lambda, c, theta, queries), 24, (result) => {
    const db = result.components.db as DatabaseResult
    const ended = result.requests.created - result.requests.inFlight
    return {
      queue: db.queue.pool.mean,
      wait: db.wait.pool,
      abandoned: (result.requests.outcomes['pool-timeout'] ?? 0) / ended,
      busy: db.utilization.connections,
    }
  })

  test('so many wait, for so long', () => {
    expectMean(seen.queue, queue)
    expectMean(seen.wait, queue / lambda)
  })
  test('so many give up', () => {
    if (theta > 0) expectMean(seen.abandoned, (theta * queue) / lambda)
    else expect(Math.max(...seen.abandoned)).toBe(0)
  })
  test('connections are used by those who stay', () => {
    expectMean(seen.busy, (lambda - theta * queue) / c)
  })
})

test('M/M/1+D: of lambda 0.8 with a constant acquireTimeout of 5 give up 7.6987 %', () => {
  const input = pool(0.8, 1, 0, 120_000)
  const seen = replicate(
    { ...input, databases: { db: { connections: 1, acquireTimeout: 5 } } },
    24,
    (result) => ({
      abandoned:
        result.requests.outcomes['pool-timeout']! / (result.requests.created - result.requests.inFlight),
    }),
  )
  expectMean(seen.abandoned, 0.076987)
})
