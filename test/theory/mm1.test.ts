/**
 * M/M/1 at rho = 0.5: W = 1 / (mu - lambda), Wq = rho W, P(wait) = rho, Lq = rho^2 / (1 - rho), and the response time
 * is exponential, so that its q-quantile is -ln(1 - q) / (mu - lambda). Kleinrock, Queueing Systems I (1975), 3.2.
 */
import { describe, test } from 'vitest'
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

const LAMBDA = 0.5
const MU = 1

describe('M/M/1', () => {
  const waited: { count: number; total: number }[] = []
  const seen = replicate(
    queue(LAMBDA, 80_000, { endpoints: exponentialWork(1 / MU) }),
    30,
    ({ latency, throughput, components, phases }) => {
      const web = serviceOf({ components } as never, 'web')
      const { count, total } = waited.at(-1)!
      return {
        response: latency.mean!,
        p95: latency.p95!,
        p99: latency.p99!,
        wait: web.wait.cpu,
        waitPhase: phases['cpu-wait']!.mean,
        queue: web.queue.cpu.mean,
        load: web.load.mean,
        utilization: web.utilization.cpu!,
        delayed: count / total,
        throughput,
        work: workDone(web),
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
  const rho = LAMBDA / MU
  const response = 1 / (MU - LAMBDA)
  const control = (samples: number[]): number[] => controlled(samples, seen.work, rho)

  test('has the mean response 1 / (mu - lambda)', () => expectMean(control(seen.response), response))
  test('has the mean wait rho / (mu - lambda), as a gauge and as a phase', () => {
    expectMean(control(seen.wait), rho * response)
    expectMean(control(seen.waitPhase), rho * response)
  })
  test('has the queue length rho^2 / (1 - rho)', () =>
    expectMean(control(seen.queue), (rho * rho) / (1 - rho)))
  test('lets a share rho of the requests wait, and works for that share of the time', () => {
    expectMean(seen.delayed, rho)
    expectMean(seen.utilization, rho)
  })
  test('has an exponential response time', () => {
    expectMean(control(seen.p95), -Math.log(0.05) * response)
    expectMean(control(seen.p99), -Math.log(0.01) * response)
  })
  test("keeps Little's law", () => expectLittle(seen.load, seen.throughput, seen.response))
})
