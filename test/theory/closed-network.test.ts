/**
 * Closed network of n users who think (mean Z) and then visit two exponential stations of demand D_k: throughput and
 * response by exact mean value analysis. Reiser and Lavenberg, J. ACM 27 (1980).
 */
import { describe, expect, test } from 'vitest'
import { expectMean, exponentialWork, network, replicate, serviceOf } from '../support/replications.ts'

const THINK = 10
const DEMANDS = [1, 0.5] as const

function meanValueAnalysis(users: number): { throughput: number; response: number; load: number[] } {
  let load = DEMANDS.map(() => 0)
  let throughput = 0
  let response = 0
  for (let n = 1; n <= users; n++) {
    const times = DEMANDS.map((demand, k) => demand * (1 + load[k]!))
    response = times.reduce((sum, time) => sum + time, 0)
    throughput = n / (THINK + response)
    load = times.map((time) => throughput * time)
  }
  return { throughput, response, load }
}

test('mean value analysis has its tabulated values', () => {
  expect(meanValueAnalysis(5).throughput).toBeCloseTo(0.415451, 6)
  expect(meanValueAnalysis(10).response).toBeCloseTo(3.317796, 6)
})

describe.each([
  [1, 10_000],
  [5, 15_000],
  [10, 25_000],
])('a closed network of %i users', (users, requests) => {
  const exact = meanValueAnalysis(users)
  const seen = replicate(
    network(
      { closed: { users, think: { exponential: { mean: THINK } } } },
      requests / exact.throughput,
      'app',
      {
        app: { endpoints: { work: [{ cpu: { exponential: { mean: DEMANDS[0] } } }, { forward: 'db' }] } },
        db: { endpoints: exponentialWork(DEMANDS[1]) },
      },
    ),
    24,
    (result) => ({
      throughput: result.throughput,
      response: result.latency.mean!,
      app: serviceOf(result, 'app').load.mean,
      db: serviceOf(result, 'db').load.mean,
    }),
  )

  test('has the throughput and the response of mean value analysis', () => {
    expectMean(seen.throughput, exact.throughput)
    expectMean(seen.response, exact.response)
  })
  test('has its numbers at the stations', () => {
    expectMean(seen.app, exact.load[0]!)
    expectMean(seen.db, exact.load[1]!)
  })
  test('has, by the response time law, all users somewhere', () => {
    seen.throughput.forEach((rate, i) => {
      expect(rate * (THINK + seen.response[i]!)).toBeGreaterThan(0.97 * users)
      expect(rate * (THINK + seen.response[i]!)).toBeLessThan(1.03 * users)
    })
  })
})
