/**
 * Ten exponential servers under power of two choices and join the shortest queue, for which there is no closed form:
 * compared with an independent simulation (6 replications each; its standard errors are part of z). In the limit of
 * many servers the mean response with two choices is sum over i of lambda^(2^i - 2). Mitzenmacher (1996),
 * Vvedenskaya, Dobrushin and Karpelevich (1996).
 */
import { describe, expect, test } from 'vitest'
import {
  controlled,
  expectMean,
  exponentialWork,
  network,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'

/** Half of a 95 % interval of six replications is 2.571 standard errors. */
const T5 = 2.571

describe.each([
  ['power-of-two', 0.9, 2.98, 0.013, 24, 80_000],
  ['power-of-two', 0.8, 2.074, 0.004, 20, 40_000],
  ['jsq', 0.9, 1.912, 0.015, 30, 80_000],
  ['jsq', 0.8, 1.358, 0.002, 20, 40_000],
] as const)('%s over ten servers at load %d', (policy, rho, mean, halfWidth, count, requests) => {
  const seen = replicate(
    network(
      { poisson: { rate: 10 * rho } },
      requests / (10 * rho),
      'edge',
      { web: { replicas: 10, endpoints: exponentialWork(1) } },
      { balancers: { edge: { policy, to: 'web' } } },
    ),
    count,
    (result) => ({ response: result.latency.mean!, work: workDone(serviceOf(result, 'web')) }),
  )

  test('has the mean response of an independent simulation', () =>
    expectMean(controlled(seen.response, seen.work, 10 * rho), mean, halfWidth / T5))
})

describe('power of two over 500 servers', () => {
  const rho = 0.7
  const limit = [1, 2, 3, 4, 5, 6].reduce((sum, i) => sum + rho ** (2 ** i - 2), 0)
  const seen = replicate(
    network(
      { poisson: { rate: 500 * rho } },
      60_000 / (500 * rho),
      'edge',
      { web: { replicas: 500, endpoints: exponentialWork(1) } },
      { balancers: { edge: { policy: 'power-of-two', to: 'web' } } },
    ),
    20,
    ({ latency }) => ({ response: latency.mean! }),
  )

  test('is near the limit of many servers', () => {
    expect(limit).toBeCloseTo(1.614454, 6)
    // Finite numbers of servers are above it by O(1 / n).
    const mean = seen.response.reduce((sum, value) => sum + value, 0) / seen.response.length
    expect(mean / limit).toBeGreaterThan(0.99)
    expect(mean / limit).toBeLessThan(1.015)
  })
})
