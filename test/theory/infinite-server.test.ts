/**
 * M/G/infinity: io steps hold nothing, so that their number is Poisson with mean lambda E[S] for any distribution.
 * L. Takacs (1962). A fork into n exponential branches of rate 1 joins after the n-th harmonic number.
 */
import { describe, expect, test } from 'vitest'
import { expectMean, network, replicate, serviceOf } from '../support/replications.ts'

describe.each([
  ['exponential', { exponential: { mean: 0.2 } }],
  ['lognormal, cv 2', { lognormal: { mean: 0.2, cv: 2 } }],
] as const)('M/G/infinity, %s service', (_, io) => {
  const squares: number[] = []
  const seen = replicate(
    network({ poisson: { rate: 5 } }, 6000, 'web', { web: { endpoints: { work: [{ io }] } } }),
    30,
    (result) => ({ number: serviceOf(result, 'web').io.mean, variance: squares.at(-1)! }),
    (simulation) => {
      // The number at instants far apart: the variance of a Poisson distribution is its mean.
      const { gauges } = simulation.world.services
      let count = 0
      let sum = 0
      let sumOfSquares = 0
      for (let time = 100; time < 6000; time += 1) {
        simulation.until(time)
        const value = gauges.value[0]!
        count++
        sum += value
        sumOfSquares += value * value
      }
      squares.push(sumOfSquares / count - (sum / count) ** 2)
    },
  )

  test('has lambda E[S] requests there on average', () => expectMean(seen.number, 1))
  test('has a Poisson number of them', () => expectMean(seen.variance, 1))
})

describe('a fork into three exponential branches', () => {
  const branch = [{ io: { exponential: { mean: 1 } } }]
  const seen = replicate(
    network({ poisson: { rate: 10 } }, 4000, 'web', {
      web: { endpoints: { work: [{ parallel: [branch, branch, branch] }] } },
    }),
    24,
    ({ latency, phases }) => ({ response: latency.mean!, io: phases.io!.mean }),
  )

  test('joins after 1 + 1/2 + 1/3', () => {
    expectMean(seen.response, 11 / 6)
    expect(seen.io).toEqual(seen.response.map((value) => expect.closeTo(value, 9)))
  })
})
