/**
 * M/G/1 and M/G/c under processor sharing: the number present has the distribution of M/M/1 (M/M/c) whatever the
 * distribution of the demand, and with one core a demand x stays x / (1 - rho) on average. Kleinrock, J. ACM 14
 * (1967); Sakata, Noguchi and Oizumi, Operations Research 19 (1971); Cohen, Acta Informatica 12 (1979) for c cores.
 */
import { describe, expect, test } from 'vitest'
import {
  controlled,
  expectLittle,
  expectMean,
  network,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'

const LAMBDA = 0.6

/** Of M/M/c with mu = 1: Erlang's C over c - lambda, plus 1. */
function meanResponse(cores: number, lambda: number): number {
  let b = 1
  for (let k = 1; k <= cores; k++) b = (lambda * b) / (k + lambda * b)
  return 1 + b / (1 - (lambda / cores) * (1 - b)) / (cores - lambda)
}

describe.each([
  ['exponential', 1, LAMBDA, 24, { exponential: { mean: 1 } }],
  ['constant', 1, LAMBDA, 20, { constant: 1 }],
  ['lognormal, cv 1.5', 1, LAMBDA, 30, { lognormal: { mean: 1, cv: 1.5 } }],
  ['exponential', 3, 2.1, 20, { exponential: { mean: 1 } }],
  ['lognormal, cv 1.5', 3, 2.1, 24, { lognormal: { mean: 1, cv: 1.5 } }],
] as const)('processor sharing, %s demand, %i cores', (_, cores, lambda, count, cpu) => {
  const seen = replicate(
    network({ poisson: { rate: lambda } }, 30_000 / lambda, 'web', {
      web: { cores, discipline: 'ps', endpoints: { work: [{ cpu }] } },
    }),
    count,
    (result) => {
      const web = serviceOf(result, 'web')
      return {
        response: result.latency.mean!,
        work: result.phases.cpu!.mean,
        load: web.load.mean,
        utilization: web.utilization.cpu!,
        done: workDone(web, cores),
        throughput: result.throughput,
      }
    },
  )
  const exact = meanResponse(cores, lambda)

  test('has the mean response of exponential demand, first come first served', () =>
    expectMean(controlled(seen.response, seen.done, lambda), exact))
  test('has demand as phase cpu, and lambda E[S] / c as utilisation', () => {
    if ('constant' in cpu) for (const work of seen.work) expect(work).toBeCloseTo(1, 9)
    else expectMean(seen.work, 1)
    expectMean(seen.utilization, lambda / cores)
  })
  test("keeps Little's law", () => expectLittle(seen.load, seen.throughput, seen.response))
})

describe('processor sharing, two classes of constant demand', () => {
  const seen = replicate(
    {
      name: 'Theory',
      horizon: 100_000,
      warmup: 5000,
      workloads: {
        clients: {
          to: 'web',
          arrivals: { poisson: { rate: LAMBDA } },
          classes: { short: { weight: 3, endpoint: 'short' }, long: { weight: 1, endpoint: 'long' } },
        },
      },
      services: { web: { discipline: 'ps', endpoints: { short: [{ cpu: 0.5 }], long: [{ cpu: 2.5 }] } } },
    },
    24,
    ({ requests }) => ({
      short: requests.byClass['clients.short']!.latency.mean!,
      long: requests.byClass['clients.long']!.latency.mean!,
    }),
  )

  test('a demand x stays x / (1 - rho)', () => {
    expectMean(seen.short, 0.5 / (1 - LAMBDA))
    expectMean(seen.long, 2.5 / (1 - LAMBDA))
  })
})
