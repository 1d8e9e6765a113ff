/**
 * M/G/1 by Pollaczek-Khinchine: Wq = rho / (1 - rho) x (1 + cv^2) / 2 x E[S]. F. Pollaczek (1930), A. Khinchine
 * (1932); Kleinrock, Queueing Systems I (1975), 5.7. M/D/1 is cv = 0.
 */
import { describe, test } from 'vitest'
import {
  controlled,
  expectLittle,
  expectMean,
  queue,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'

const RHO = 0.6

describe.each([
  ['constant', 0, 20, { constant: 1 }],
  ['Erlang-4', 0.25, 20, { erlang: { k: 4, mean: 1 } }],
  ['lognormal, cv 1', 1, 40, { lognormal: { mean: 1, cv: 1 } }],
] as const)('M/G/1, %s service', (_, squaredCv, count, cpu) => {
  const seen = replicate(queue(RHO, 60_000, { endpoints: { work: [{ cpu }] } }), count, (result) => {
    const web = serviceOf(result, 'web')
    return {
      wait: web.wait.cpu,
      response: result.latency.mean!,
      load: web.load.mean,
      throughput: result.throughput,
      work: workDone(web),
    }
  })
  const wait = ((RHO / (1 - RHO)) * (1 + squaredCv)) / 2

  test('has the mean wait of Pollaczek and Khinchine', () =>
    expectMean(controlled(seen.wait, seen.work, RHO), wait))
  test('has the mean response of the wait plus E[S]', () =>
    expectMean(controlled(seen.response, seen.work, RHO), wait + 1))
  test("keeps Little's law", () => expectLittle(seen.load, seen.throughput, seen.response))
})
