import { describe, expect, test } from 'vitest'
import {
  compare,
  inProcessReplications,
  metricsOf,
  monteCarlo,
  type ReplicationExecutor,
} from '../../../src/analysis/monte-carlo/index.ts'
import { parseScenario, type Scenario, simulate } from '../../../src/index.ts'

function shop(cores = 1, extra: object = {}): Scenario {
  return parseScenario({
    horizon: 100,
    warmup: 10,
    seed: 5,
    slo: ['p95 < 250ms', 'errors < 1%'],
    workloads: {
      users: {
        to: 'web',
        arrivals: { poisson: { rate: 20 } },
        timeout: '200ms',
        classes: { read: { weight: 3 }, write: { weight: 1 } },
      },
    },
    services: { web: { cores, endpoints: { page: [{ cpu: { exponential: { mean: '30ms' } } }] } } },
    ...extra,
  })
}

/** Answers in another order than the one of the questions. */
function scrambled(workers: number): ReplicationExecutor {
  const inner = inProcessReplications()
  let turn = 0
  return {
    workers,
    async run(job) {
      await new Promise((resolve) => setTimeout(resolve, (turn++ * 7) % 5))
      return inner.run(job)
    },
  }
}

describe('many runs', () => {
  test('replication i of seed s is the run of seed s/i', async () => {
    const scenario = shop()
    const seen: unknown[] = []
    const inner = inProcessReplications()
    await monteCarlo(scenario, {
      replications: 3,
      executor: {
        workers: 1,
        run: async (job) => {
          const replication = await inner.run(job)
          seen.push(replication.metrics)
          return replication
        },
      },
    })
    expect(seen).toEqual(
      [0, 1, 2].map((i) => metricsOf(simulate(scenario, { seed: `5/${i}`, series: false }))),
    )
  })

  test('do not depend on the number of workers nor on who answers first', async () => {
    const options = { precision: 0.2, series: ['web.queue.cpu'] }
    const one = await monteCarlo(shop(), options)
    const three = await monteCarlo(shop(), { ...options, executor: scrambled(3) })
    expect(JSON.stringify(three)).toBe(JSON.stringify(one))
  })

  test('stop at the first look at which the precision is reached', async () => {
    const result = await monteCarlo(shop(2), { precision: 0.03, targets: ['latency.mean'] })
    expect(result.stop).toMatchObject({ rule: 'precision', reached: true, precision: 0.03 })
    expect(result.stop.halfWidths['latency.mean']).toBeLessThanOrEqual(0.03)
    expect((result.replications - 20) % 10).toBe(0)
    const before = await monteCarlo(shop(2), { replications: Math.max(20, result.replications - 10) })
    if (result.replications > 20) {
      const { estimate, high } = before.estimates['latency.mean']!
      expect((high! - estimate) / estimate).toBeGreaterThan(0.03)
    }
  })

  test('say so when the most replications do not do', async () => {
    const result = await monteCarlo(shop(), { precision: 1e-6, max: 25 })
    expect(result.replications).toBe(25)
    expect(result.stop.reached).toBe(false)
  })

  test('pool the errors of all replications into one ratio', async () => {
    const scenario = shop()
    const { estimates } = await monteCarlo(scenario, { replications: 10 })
    const runs = Array.from({ length: 10 }, (_, i) => simulate(scenario, { seed: `5/${i}` }).measured)
    const errors = runs.reduce((sum, run) => sum + run.errors, 0)
    const ended = runs.reduce((sum, run) => sum + run.ended, 0)
    expect(errors).toBeGreaterThan(100)
    expect(estimates.errors).toMatchObject({ estimate: errors / ended, method: 'ratio', n: 10 })
  })

  test('give a rare error the exact interval, which does not end at 0', async () => {
    const { estimates } = await monteCarlo(shop(8), { replications: 2 })
    expect(estimates.errors!.method).toBe('clopper-pearson')
    expect(estimates.errors!.high).toBeGreaterThan(0)
  })

  test('count how often each objective was met', async () => {
    const { slo } = await monteCarlo(shop(8), { replications: 8 })
    expect(slo.map(({ text, met }) => [text, met])).toEqual([
      ['p95 < 250ms', 8],
      ['errors < 1%', 8],
    ])
    expect(slo[0]!.probability.low).toBeLessThan(1)
  })

  test('draw a band of the whole curve around the pointwise one, from 40 replications on', async () => {
    const { bands, time } = await monteCarlo(shop(2), { replications: 40, series: ['requests.open'] })
    const { mean, low, high, simultaneous } = bands['requests.open']!
    expect(mean).toHaveLength(time.length)
    mean.forEach((value, k) => {
      expect(simultaneous!.low[k]!).toBeLessThanOrEqual(low[k]!)
      expect(low[k]!).toBeLessThanOrEqual(value)
      expect(high[k]!).toBeLessThanOrEqual(simultaneous!.high[k]!)
    })
    const few = await monteCarlo(shop(2), { replications: 3, series: ['requests.open'] })
    expect(few.bands['requests.open']!.simultaneous).toBeUndefined()
  })

  test('stop with what is done when they are told to', async () => {
    const controller = new AbortController()
    const result = await monteCarlo(shop(), {
      replications: 50,
      signal: controller.signal,
      onDone: (done) => {
        if (done === 7) controller.abort()
      },
    })
    expect(result.replications).toBe(7)
    expect(result.stop.reached).toBe(false)
  })

  test.each<[object, RegExp]>([
    [{ replications: 0 }, /at least 1, got 0/],
    [{ replications: 5, precision: 0.1 }, /exclude each other/],
    [{ precision: 0 }, /precision above 0/],
    [{ level: 1 }, /level between 0 and 1/],
    [{ replications: 2, targets: ['latency.p42'] }, /"latency\.p42" is no figure/],
  ])('refuse %o', async (options, message) => {
    await expect(monteCarlo(shop(), options)).rejects.toThrow(message)
  })
})

describe('a comparison', () => {
  const variants = [
    { name: 'one core', scenario: shop(1) },
    { name: 'two cores', scenario: shop(2) },
    { name: 'also two', scenario: shop(2) },
  ]

  test('faces all variants with the same requests', async () => {
    const result = await compare(variants, { replications: 6 })
    const [, two, also] = result.variants
    expect(two!.estimates).toEqual(also!.estimates)
    expect(two!.differences['components.users.created']).toMatchObject({ estimate: 0, p: 1 })
  })

  test('pairs replications, which is far sharper than the two intervals apart', async () => {
    const { variants: results } = await compare(variants, { replications: 10 })
    const paired = results[2]!.differences['latency.p50']!
    const width = ({ low, high }: { low: number | null; high: number | null }): number => high! - low!
    expect(paired.high!).toBeLessThan(0)
    expect(paired.p).toBeLessThan(0.001)
    // Of equal load, so the difference varies less than what it is the difference of.
    const [one, two] = [results[0]!.estimates['latency.p50']!, results[2]!.estimates['latency.p50']!]
    expect(width(paired)).toBeLessThan(width(one) + width(two))
  })

  test('names the best and tests the others against it, adjusted for their number', async () => {
    const { best } = await compare(variants, { replications: 6, metric: 'latency.p95' })
    expect(best).toMatchObject({ metric: 'latency.p95', maximize: false, name: 'two cores' })
    const [one, also] = best.against
    expect(one!.difference.estimate).toBeGreaterThan(0)
    expect(one!.adjusted).toBeCloseTo(Math.min(1, 2 * one!.difference.p!), 12)
    expect(also!.adjusted).toBe(1)
  })

  test('takes more for better where that is so', async () => {
    const { best } = await compare(variants, { replications: 3, metric: 'throughput' })
    expect(best.maximize).toBe(true)
    expect(best.name).not.toBe('one core')
  })

  test('refuses two variants of one name, none, and an unknown metric', async () => {
    await expect(compare([variants[0]!, variants[0]!])).rejects.toThrow(/"one core" is given twice/)
    await expect(compare([])).rejects.toThrow(/nothing to compare/)
    await expect(compare(variants, { replications: 1, metric: 'speed' })).rejects.toThrow(
      /"speed" is no figure/,
    )
  })
})
