/**
 * Renewal arrivals of gamma-distributed gaps with cv = 1 are Poisson: M/M/1 at rho = 0.5. With Erlang-2 gaps (cv^2 = 1/2)
 * a request finds n others with probability (1 - sigma) sigma^n, where sigma = A*(mu - mu sigma), A* the gaps' transform:
 * W = 1 / (mu (1 - sigma)). Kleinrock, Queueing Systems I (1975), 6.4.
 */
import { describe, test } from 'vitest'
import {
  controlled,
  expectMean,
  exponentialWork,
  network,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'

const LAMBDA = 0.5
const MU = 1

/** The root in (0, 1) for gaps of shape k: sigma = (k lambda / (k lambda + mu - mu sigma))^k. */
function sigma(k: number): number {
  let value = 0.1
  for (let i = 0; i < 1000; i++) value = ((k * LAMBDA) / (k * LAMBDA + MU * (1 - value))) ** k
  return value
}

describe.each([
  [1, 1],
  [Math.SQRT1_2, 2],
])('gaps of cv %d', (cv, shape) => {
  const requests = 60_000
  const seen = replicate(
    network({ gamma: { rate: LAMBDA, cv } }, requests / LAMBDA, 'web', {
      web: { endpoints: exponentialWork(1 / MU) },
    }),
    24,
    (result) => {
      const web = serviceOf(result, 'web')
      return { response: result.latency.mean!, load: web.load.mean, work: workDone(web) }
    },
  )
  const response = 1 / (MU * (1 - sigma(shape)))

  test('have the mean response and the mean number of GI/M/1', () => {
    expectMean(controlled(seen.response, seen.work, LAMBDA / MU), response)
    expectMean(controlled(seen.load, seen.work, LAMBDA / MU), LAMBDA * response)
  })
})
