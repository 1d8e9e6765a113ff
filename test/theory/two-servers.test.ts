/**
 * Dispatch of Poisson arrivals to two exponential servers of speeds (1, mu): the mean number in the system under join
 * the shortest queue (ties to the fastest) and shortest expected delay, from the stationary distribution of the
 * Markov chain. Its values agree with those that value iteration over the same chain gives for the two policies.
 */
import { describe, expect, test } from 'vitest'
import {
  controlled,
  expectLittle,
  expectMean,
  exponentialWork,
  network,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'
import { meanNumber, type Route } from '../support/two-queue-chain.ts'

const jsq: Route = (fast, slow) => (fast <= slow ? 0 : 1)
const sed =
  (mu: number): Route =>
  (fast, slow) =>
    fast + 1 <= (slow + 1) / mu ? 0 : 1

describe.each([
  [{ jsq: { ties: 'fastest' } }, jsq, 1.05, 0.5, 2.94682, 24, 60_000],
  ['sed', sed(0.5), 1.05, 0.5, 3.02926, 24, 60_000],
  [{ jsq: { ties: 'fastest' } }, jsq, 0.99, 0.1, 13.90788, 36, 120_000],
  ['sed', sed(0.1), 0.99, 0.1, 11.09192, 40, 120_000],
] as const)(
  '%j, %o, lambda = %d, slow server %d',
  (policy, route, lambda, mu, published, count, requests) => {
    const exact = meanNumber(lambda, 1, mu, route)
    const seen = replicate(
      network(
        { poisson: { rate: lambda } },
        requests / lambda,
        'edge',
        { web: { replicas: [{ speed: 1 }, { speed: mu }], endpoints: exponentialWork(1) } },
        { balancers: { edge: { policy, to: 'web' } } },
      ),
      count,
      (result) => ({
        load: serviceOf(result, 'web').load.mean,
        response: result.latency.mean!,
        throughput: result.throughput,
        work: workDone(serviceOf(result, 'web')),
      }),
    )

    test('is a chain with the known value', () => expect(exact).toBeCloseTo(published, 4))
    test('has the mean number of the chain in the system', () =>
      expectMean(controlled(seen.load, seen.work, lambda), exact))
    test('has the mean response L / lambda', () =>
      expectMean(controlled(seen.response, seen.work, lambda), exact / lambda))
    test("keeps Little's law", () => expectLittle(seen.load, seen.throughput, seen.response))
  },
)
