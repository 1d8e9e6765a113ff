/**
 * Contention by the universal scalability law, X(N) = N / (S (1 + sigma (N - 1) + kappa N (N - 1))): exactly where N
 * queries run all the time, and for users who think as the closed network with a service rate that depends on the
 * number at the server (a birth-death chain). Gunther, "Guerrilla Capacity Planning" (2007).
 */
import { describe, expect, test } from 'vitest'
import type { ScenarioInput } from '../../src/scenario/schema.ts'
import { expectMean, replicate } from '../support/replications.ts'

const USL = { sigma: 0.05, kappa: 0.02 }
const LATENCY = 0.1

/** Queries per second of n that run. */
function rate(n: number, { sigma, kappa } = USL): number {
  return n / (LATENCY * (1 + sigma * (n - 1) + kappa * n * (n - 1)))
}

function closed(users: number, think: number, horizon: number, exponential: boolean): ScenarioInput {
  const latency = exponential ? { exponential: { mean: LATENCY } } : LATENCY
  return {
    name: 'Theory',
    horizon,
    warmup: horizon / 20,
    workloads: {
      clients: { to: 'web', arrivals: { closed: { users, think: { exponential: { mean: think } } } } },
    },
    services: { web: { endpoints: { e: [{ query: { to: 'db', latency } }] } } },
    databases: { db: { connections: users, usl: USL } },
  }
}

describe.each([1, 2, 5, 7, 20])('%i queries that run all the time', (users) => {
  test('do together what the law says', () => {
    const input = closed(users, 1, 400, false)
    input.workloads.clients!.arrivals = { closed: { users, think: 0 } }
    const { throughput } = replicate({ ...input, warmup: 0 }, 1, (result) => ({
      throughput: result.throughput,
    }))
    expect(throughput[0]! / rate(users)).toBeGreaterThan(0.99)
    expect(throughput[0]! / rate(users)).toBeLessThanOrEqual(1.000001)
  })
})

test('more queries than the peak of the law do less', () => {
  const peak = Math.sqrt((1 - USL.sigma) / USL.kappa)
  expect(peak).toBeCloseTo(6.89, 2)
  expect(rate(7)).toBeGreaterThan(rate(6))
  expect(rate(7)).toBeGreaterThan(rate(8))
  expect(rate(20)).toBeLessThan(rate(3))
})

/** Throughput and number at the server of users who think exponentially and query exponentially. */
function exact(users: number, think: number): { throughput: number; running: number } {
  const weights = [1]
  for (let n = 1; n <= users; n++) weights.push((weights[n - 1]! * (users - n + 1)) / think / rate(n))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = (of: (n: number) => number): number =>
    weights.reduce((sum, weight, n) => sum + weight * of(n), 0) / total
  return { throughput: mean((n) => (n === 0 ? 0 : rate(n))), running: mean((n) => n) }
}

describe('ten users who think', () => {
  const { throughput, running } = exact(10, 0.2)
  const seen = replicate(closed(10, 0.2, 20_000 / throughput, true), 24, (result) => {
    const { db } = result.components
    if (db?.kind !== 'database') throw new Error('no database')
    return {
      throughput: result.throughput,
      running: db.running.mean,
      query: result.phases.query!.mean,
      wait: result.phases['query-wait']!.mean,
    }
  })

  test('have the throughput of the chain, and so many at the server', () => {
    expectMean(seen.throughput, throughput)
    expectMean(seen.running, running)
  })
  test('get the demand as query and the rest as query-wait', () => {
    expectMean(seen.query, LATENCY)
    expectMean(seen.wait, running / throughput - LATENCY)
  })
})
