/**
 * M/M/1 with two classes, the important one served first and nobody interrupted: W1 = R / (1 - rho1) and
 * W2 = R / ((1 - rho1) (1 - rho)), R = rho E[S] the mean residual work. Cobham, Operations Research 2 (1954).
 */
import { describe, test } from 'vitest'
import type { Result } from '../../src/results/types.ts'
import { expectMean, exponentialWork, network, replicate } from '../support/replications.ts'

describe('M/M/1 with priorities, lambda 0.3 and 0.4', () => {
  const workload = (rate: number, priority: number) => ({
    to: 'web',
    arrivals: { poisson: { rate } },
    classes: { all: { priority } },
  })
  const { workloads: _, ...input } = network({ poisson: { rate: 1 } }, 100_000, 'web', {
    web: { overload: { queue: 'priority' }, endpoints: exponentialWork(1) },
  })
  const response = (result: Result, name: string): number =>
    Object.entries(result.requests.byClass).find(([key]) => key.startsWith(name))![1].latency.mean!
  const seen = replicate(
    { ...input, workloads: { important: workload(0.3, 0), other: workload(0.4, 1) } },
    40,
    (result) => ({ important: response(result, 'important'), other: response(result, 'other') }),
  )
  test('the important ones respond in 1 + 0.7 / 0.7', () => expectMean(seen.important, 2))
  test('the others respond in 1 + 0.7 / (0.7 x 0.3)', () => expectMean(seen.other, 1 + 0.7 / (0.7 * 0.3)))
})
