/**
 * M/M/1 whose clients give up after tau and whose server does not notice: the queue is that of M/M/1, the response
 * time is exponential with rate r = mu - lambda, so that P(timeout) = e^(-r tau) and the answers in time take
 * 1 / r - tau e^(-r tau) / (1 - e^(-r tau)) on average.
 */
import { describe, expect, test } from 'vitest'
import { expectMean, exponentialWork, replicate } from '../support/replications.ts'

const LAMBDA = 0.6
const TAU = 3
const R = 1 - LAMBDA

describe('M/M/1 with clients that give up', () => {
  const seen = replicate(
    {
      name: 'Theory',
      horizon: 100_000,
      warmup: 5000,
      workloads: { clients: { to: 'web', arrivals: { poisson: { rate: LAMBDA } }, timeout: TAU } },
      services: { web: { endpoints: exponentialWork(1) } },
    },
    30,
    ({ requests, latency, throughput }) => {
      const ended = requests.created - requests.inFlight
      return {
        lost: requests.outcomes.timeout! / ended,
        response: latency.mean!,
        throughput,
        max: latency.max!,
      }
    },
  )
  const beyond = Math.exp(-R * TAU)

  test('times out with probability e^(-(mu - lambda) tau)', () => expectMean(seen.lost, beyond))
  test('answers the others in the mean of the truncated exponential', () => {
    expectMean(seen.response, 1 / R - (TAU * beyond) / (1 - beyond))
    for (const max of seen.max) expect(max).toBeLessThanOrEqual(TAU)
  })
  test('completes lambda (1 - P(timeout))', () => expectMean(seen.throughput, LAMBDA * (1 - beyond)))
})
