/**
 * Queues with a limit: M/M/c/K from its chain, Erlang B, which holds for every distribution of the service time
 * (Sevastyanov, 1957), and the token bucket with Poisson input, which refuses as M/D/1/K does.
 */
import { describe, expect, test } from 'vitest'
import type { RateLimitInput } from '../../src/scenario/schema/rate-limit.ts'
import type { ServiceInput } from '../../src/scenario/schema/service.ts'
import {
  expectMean,
  exponentialWork,
  queue,
  replicate,
  type Service,
  serviceOf,
} from '../support/replications.ts'

/** Blocking probability, mean number and mean wait of those admitted, of M/M/c/K with mu = 1. */
function finite(lambda: number, c: number, k: number): { block: number; number: number; wait: number } {
  const weights = [1]
  for (let n = 1; n <= k; n++) weights.push((weights[n - 1]! * lambda) / Math.min(n, c))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const p = weights.map((weight) => weight / total)
  const number = p.reduce((sum, share, n) => sum + n * share, 0)
  const queued = p.reduce((sum, share, n) => sum + Math.max(0, n - c) * share, 0)
  return { block: p[k]!, number, wait: queued / (lambda * (1 - p[k]!)) }
}

function refused({ overload }: Service): number {
  return Object.values(overload!.refused).reduce((sum, count) => sum + count, 0)
}

test('M/M/c/K has its tabulated values', () => {
  expect(finite(0.8, 1, 5).block).toBeCloseTo(0.088819, 6)
  expect(finite(0.8, 1, 10).block).toBeCloseTo(0.023493, 6)
  expect(finite(3.2, 4, 10).block).toBeCloseTo(0.035741, 6)
  expect(finite(5, 4, 10).block).toBeCloseTo(0.230024, 6)
  expect(finite(5, 4, 10).wait).toBeCloseTo(0.910739, 6)
  expect(finite(10, 10, 10).block).toBeCloseTo(0.214582, 6)
})

describe.each([
  [0.8, 1, 5, 'fifo', 60_000, 44],
  [5, 4, 10, 'fifo', 30_000, 40],
  [5, 4, 10, 'ps', 40_000, 44],
] as const)('lambda = %d, c = %i, K = %i under %s', (lambda, cores, k, discipline, requests, count) => {
  const exact = finite(lambda, cores, k)
  const web: ServiceInput = {
    cores,
    discipline,
    overload: { queueLimit: k - cores },
    endpoints: exponentialWork(1),
  }
  const seen = replicate(queue(lambda, requests, web), count, (result) => {
    const service = serviceOf(result, 'web')
    return {
      block: refused(service) / service.arrivals,
      number: service.load.mean,
      response: result.latency.mean!,
      max: service.load.max,
    }
  })
  test('refuses the share of the chain', () => expectMean(seen.block, exact.block))
  test('has the mean number of the chain', () => expectMean(seen.number, exact.number))
  test('has the mean response of those admitted', () => expectMean(seen.response, exact.wait + 1))
  test('never has more than K', () => expect(Math.max(...seen.max)).toBe(k))
})

describe.each([
  ['constant', 40_000, 1],
  ['lognormal', 60_000, { lognormal: { mean: 1, cv: 1.5 } }],
  ['Pareto', 40_000, { pareto: { mean: 1, shape: 2.5 } }],
] as const)("Erlang's loss formula with %s service times", (_, requests, cpu) => {
  test.each([[10, 10, 0.214582]])('c = %i, a = %d: %d', (cores, load, exact) => {
    const web: ServiceInput = { cores, overload: { queueLimit: 0 }, endpoints: { work: [{ cpu }] } }
    const seen = replicate(queue(load, requests, web), 24, (result) => {
      const service = serviceOf(result, 'web')
      return { block: refused(service) / service.arrivals }
    })
    expectMean(seen.block, exact)
  })
})

test("Erlang's loss formula by a limit of concurrency and by a bulkhead", () => {
  for (const concurrencyLimit of [10, { bulkhead: { concurrent: 10 } }]) {
    const web: ServiceInput = { cores: 99, overload: { concurrencyLimit }, endpoints: exponentialWork(1) }
    const seen = replicate(queue(10, 40_000, web), 20, (result) => {
      const service = serviceOf(result, 'web')
      return { block: refused(service) / service.arrivals }
    })
    expectMean(seen.block, 0.214582)
  }
})

describe('a token bucket with Poisson input', () => {
  test.each([
    [0.8, 1, 0.444444],
    [0.8, 2, 0.19957],
    [1, 5, 0.103449],
    [1.2, 5, 0.199147],
  ])('rho = %d, b = %i refuses %d, as M/D/1/K', (rho, burst, exact) => {
    const limits: RateLimitInput[] = [
      { rate: 1, burst },
      ...(rho > 1 ? [{ leaky: { rate: 1, capacity: burst } }] : []),
    ]
    for (const rateLimit of limits) {
      const web: ServiceInput = { overload: { rateLimit }, endpoints: { work: [] } }
      const seen = replicate(queue(rho, 40_000, web), 24, (result) => {
        const service = serviceOf(result, 'web')
        return { block: refused(service) / service.arrivals }
      })
      expectMean(seen.block, exact)
    }
  })
})

test('M/M/1+D: what waited longer than the patience of 5 is dropped when it would start', () => {
  const input = queue(0.8, 60_000, { cancel: 'dequeue', endpoints: exponentialWork(1) })
  // The client's timeout is the patience: it sends over no link, so that its attempt arrives when it is sent. Work that has
  // begun is finished, whether or not its client still waits: so those are dropped who would have waited longer than 5.
  const patient = { ...input, workloads: { clients: { ...input.workloads.clients!, timeout: 5 } } }
  const seen = replicate(patient, 40, (result) => {
    const service = serviceOf(result, 'web')
    return { dropped: refused(service) / service.arrivals }
  })
  expectMean(seen.dropped, 0.076987)
})
