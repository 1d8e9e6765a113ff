/**
 * M/M/c: P(wait) = Erlang's C = B / (1 - rho (1 - B)) with B_0 = 1, B_k = a B_(k-1) / (k + a B_(k-1)); then
 * Wq = C / (c mu - lambda). A. K. Erlang (1917); Kleinrock, Queueing Systems I (1975), 3.5.
 */
import { describe, expect, test } from 'vitest'
import { watchPhases } from '../support/phase-vectors.ts'
import {
  controlled,
  expectLittle,
  expectMean,
  exponentialWork,
  queue,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'

function erlangC(servers: number, load: number): number {
  let b = 1
  for (let k = 1; k <= servers; k++) b = (load * b) / (k + load * b)
  return b / (1 - (load / servers) * (1 - b))
}

test("Erlang's C has its tabulated values", () => {
  expect(erlangC(2, 1.6)).toBeCloseTo(0.711111, 6)
  expect(erlangC(10, 8)).toBeCloseTo(0.40918, 6)
})

describe.each([
  [2, 1.2, 60_000, 30],
  [5, 3.5, 80_000, 56],
])('M/M/%i with lambda = %d', (cores, lambda, requests, count) => {
  const waited: { count: number; total: number }[] = []
  const seen = replicate(
    queue(lambda, requests, { cores, endpoints: exponentialWork(1) }),
    count,
    (result) => {
      const web = serviceOf(result, 'web')
      const { count, total } = waited.at(-1)!
      return {
        wait: web.wait.cpu,
        response: result.latency.mean!,
        delayed: count / total,
        load: web.load.mean,
        throughput: result.throughput,
        work: workDone(web, cores),
      }
    },
    (simulation) => {
      const counts = { count: 0, total: 0 }
      waited.push(counts)
      watchPhases(simulation, (_, phases) => {
        counts.total++
        if (phases.of('cpu-wait') > 0) counts.count++
      })
    },
  )
  const c = erlangC(cores, lambda)
  const control = (samples: number[]): number[] => controlled(samples, seen.work, lambda)

  test('lets a share C of the requests wait', () => expectMean(control(seen.delayed), c))
  test('has the mean wait C / (c mu - lambda)', () => expectMean(control(seen.wait), c / (cores - lambda)))
  test('has the mean response of the wait plus 1 / mu', () =>
    expectMean(control(seen.response), 1 + c / (cores - lambda)))
  test("keeps Little's law", () => expectLittle(seen.load, seen.throughput, seen.response))
})
