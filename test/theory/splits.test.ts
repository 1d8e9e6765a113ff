/**
 * Splits without memory and in turn. A Bernoulli split of a Poisson process gives independent M/M/1 queues, so that
 * T = sum p_i / (mu_i - p_i lambda). In turn over n servers, each is an E_n/M/1: with
 * sigma = (n rho / (n rho + 1 - sigma))^n, T = 1 / (mu (1 - sigma)) and P(T > t) = e^(-mu (1 - sigma) t).
 * Kleinrock, Queueing Systems I (1975), 6.4 (G/M/1).
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

function sigmaOf(n: number, rho: number): number {
  let sigma = 0.5
  for (let i = 0; i < 10_000; i++) sigma = ((n * rho) / (n * rho + 1 - sigma)) ** n
  return sigma
}

test('E_n/M/1 has its tabulated values', () => {
  expect(1 / (1 - sigmaOf(10, 0.8))).toBeCloseTo(2.922269, 6)
  expect(1 / (1 - sigmaOf(10, 0.5))).toBeCloseTo(1.324642, 6)
})

describe('round robin over ten servers', () => {
  const rho = 0.8
  const seen = replicate(
    network(
      { poisson: { rate: 10 * rho } },
      60_000 / (10 * rho),
      'edge',
      { web: { replicas: 10, endpoints: exponentialWork(1) } },
      { balancers: { edge: { policy: 'round-robin', to: 'web' } } },
    ),
    44,
    (result) => ({
      response: result.latency.mean!,
      p95: result.latency.p95!,
      work: workDone(serviceOf(result, 'web')),
    }),
  )
  const response = 1 / (1 - sigmaOf(10, rho))

  test('has the mean response of E_10/M/1', () =>
    expectMean(controlled(seen.response, seen.work, 10 * rho), response))
  test('has its exponential response time', () =>
    expectMean(controlled(seen.p95, seen.work, 10 * rho), -Math.log(0.05) * response))
})

describe('random split over four servers', () => {
  const seen = replicate(
    network(
      { poisson: { rate: 2.4 } },
      60_000 / 2.4,
      'edge',
      { web: { replicas: 4, endpoints: exponentialWork(1) } },
      { balancers: { edge: { policy: 'random', to: 'web' } } },
    ),
    30,
    (result) => ({
      response: result.latency.mean!,
      p95: result.latency.p95!,
      work: workDone(serviceOf(result, 'web')),
      share: serviceOf(result, 'web').replicas[0]!.arrivals / serviceOf(result, 'web').arrivals,
    }),
  )

  test('makes four M/M/1 queues', () => {
    expectMean(controlled(seen.response, seen.work, 2.4), 1 / (1 - 0.6))
    expectMean(controlled(seen.p95, seen.work, 2.4), -Math.log(0.05) / (1 - 0.6))
    expectMean(seen.share, 0.25)
  })
})

describe('weighted split over two unequal servers', () => {
  const lambda = 1.05
  const p = 0.7013
  const seen = replicate(
    network(
      { poisson: { rate: lambda } },
      80_000 / lambda,
      'edge',
      { web: { replicas: [{ speed: 1 }, { speed: 0.5 }], endpoints: exponentialWork(1) } },
      { balancers: { edge: { policy: { 'weighted-random': { weights: [p, 1 - p] } }, to: 'web' } } },
    ),
    24,
    (result) => ({
      load: serviceOf(result, 'web').load.mean,
      response: result.latency.mean!,
      work: workDone(serviceOf(result, 'web')),
    }),
  )
  const response = p / (1 - p * lambda) + (1 - p) / (0.5 - (1 - p) * lambda)

  test('has the known best value among such splits', () => expect(lambda * response).toBeCloseTo(4.47603, 4))
  test('makes two M/M/1 queues', () => {
    expectMean(controlled(seen.load, seen.work, lambda), lambda * response)
    expectMean(controlled(seen.response, seen.work, lambda), response)
  })
})
