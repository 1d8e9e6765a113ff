/**
 * Open Jackson networks: each station is an M/M/c of its own, here three M/M/1 in a row, T = sum 1 / (mu_i - lambda).
 * J. R. Jackson, Operations Research 5 (1957); for a probabilistic second station the same with its own rate.
 */
import { describe, test } from 'vitest'
import {
  expectLittle,
  expectMean,
  exponentialWork,
  network,
  replicate,
  serviceOf,
} from '../support/replications.ts'

const LAMBDA = 0.6
const MU = { first: 1.2, second: 1, third: 1.5 }
const RESPONSE = 1 / (1.2 - LAMBDA) + 1 / (1 - LAMBDA) + 1 / (1.5 - LAMBDA)

describe.each([
  [
    'forwards',
    {
      first: {
        endpoints: { work: [{ cpu: { exponential: { mean: 1 / MU.first } } }, { forward: 'second' }] },
      },
      second: {
        endpoints: { work: [{ cpu: { exponential: { mean: 1 / MU.second } } }, { forward: 'third' }] },
      },
      third: { endpoints: exponentialWork(1 / MU.third) },
    },
  ],
  [
    'calls',
    {
      first: { endpoints: { work: [{ cpu: { exponential: { mean: 1 / MU.first } } }, { call: 'second' }] } },
      second: { endpoints: { work: [{ cpu: { exponential: { mean: 1 / MU.second } } }, { call: 'third' }] } },
      third: { endpoints: exponentialWork(1 / MU.third) },
    },
  ],
])('a tandem of three queues by %s', (how, services) => {
  const seen = replicate(
    network({ poisson: { rate: LAMBDA } }, 60_000 / LAMBDA, 'first', services),
    24,
    (result) => ({
      response: result.latency.mean!,
      first: serviceOf(result, 'first').queue.cpu.mean,
      second: serviceOf(result, 'second').queue.cpu.mean,
      third: serviceOf(result, 'third').queue.cpu.mean,
      firstLoad: serviceOf(result, 'first').load.mean,
      secondLoad: serviceOf(result, 'second').load.mean,
      thirdLoad: serviceOf(result, 'third').load.mean,
      throughput: result.throughput,
    }),
  )

  test('has the sum of the response times', () => expectMean(seen.response, RESPONSE))
  test('sends every station a Poisson process', () => {
    for (const name of ['second', 'third'] as const) {
      const rho = LAMBDA / MU[name]
      expectMean(
        seen[`${name}Load`],
        how === 'forwards' || name === 'third'
          ? rho / (1 - rho)
          : rho / (1 - rho) + LAMBDA / (MU.third - LAMBDA),
      )
    }
  })
  test("keeps Little's law", () => {
    const load =
      how === 'forwards'
        ? seen.firstLoad.map((n, i) => n + seen.secondLoad[i]! + seen.thirdLoad[i]!)
        : seen.firstLoad // a caller is at its service while it waits
    expectLittle(load, seen.throughput, seen.response)
  })
})

describe('a station that a choice leads to', () => {
  const seen = replicate(
    network({ poisson: { rate: 1 } }, 50_000, 'app', {
      app: {
        cores: 2,
        endpoints: {
          work: [
            { cpu: { exponential: { mean: 1 } } },
            {
              choose: [
                { weight: 3, steps: [{ forward: 'db' }] },
                { weight: 2, steps: [] },
              ],
            },
          ],
        },
      },
      db: { endpoints: exponentialWork(1) },
    }),
    24,
    (result) => ({ response: result.latency.mean!, db: serviceOf(result, 'db').residence }),
  )

  test('is an M/M/1 with its share of the arrivals', () => expectMean(seen.db, 1 / (1 - 0.6)))
  // M/M/2 with a = 1: C = 1/3, W = 1 + (1/3) / (2 - 1).
  test('adds to the response in proportion to the choice', () =>
    expectMean(seen.response, 1 + 1 / 3 + 0.6 / (1 - 0.6)))
})
