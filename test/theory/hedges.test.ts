/**
 * Exponential times of mean 1 without any queue, and one copy after d: the copy is sent with probability e^(-d), from
 * then on the answer is the minimum of two, so that the mean is 1 - e^(-d) / 2 and the copy wins half of the time. (Dean
 * and Barroso, "The Tail at Scale", CACM 2013: a small additional load takes the tail away.)
 */
import { describe, test } from 'vitest'
import { expectMean, replicate } from '../support/replications.ts'

const DELAY = 2
const COPIED = Math.exp(-DELAY)

describe('a copy after a delay, without a queue', () => {
  const seen = replicate(
    {
      name: 'Hedges',
      horizon: 4000,
      workloads: { c: { to: 'web', arrivals: { poisson: { rate: 10 } }, hedge: { after: DELAY } } },
      services: { web: { endpoints: { e: [{ io: { exponential: { mean: 1 } } }] } } },
    },
    30,
    ({ latency, components, phases }) => {
      const { c } = components
      if (c?.kind !== 'workload' || c.calls === undefined) throw new Error('no calling site')
      return {
        mean: latency.mean!,
        copies: c.calls.hedges / c.created,
        wins: c.calls.hedgeWins / c.calls.hedges,
        p99: latency.p99!,
        delay: phases.backoff!.mean,
      }
    },
  )

  test('is sent to a share e^(-d) of the requests', () => expectMean(seen.copies, COPIED))
  test('makes the mean 1 - e^(-d) / 2', () => expectMean(seen.mean, 1 - COPIED / 2))
  test('wins half of the time, and its delay is then in the phases', () => {
    expectMean(seen.wins, 0.5)
    expectMean(seen.delay, (DELAY * COPIED) / 2)
  })
  test('halves what is left of the tail', () => {
    // P(T > t) = e^(-d) e^(-2 (t - d)) beyond d.
    expectMean(seen.p99, DELAY + (Math.log(100) - DELAY) / 2)
  })
})
