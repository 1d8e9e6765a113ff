import { describe, expect, test } from 'vitest'
import { type Configuration, plan } from '../../../src/analysis/monte-carlo/index.ts'
import { parseScenario } from '../../../src/index.ts'

/** M/M/1 at 50 requests per second; the k-th configuration serves 55 + 5 k. Its p95 is ln 20 / (5 + 5 k). */
function server(k: number, slo: readonly string[], cost = k): Configuration {
  return {
    name: `k=${k}`,
    scenario: parseScenario({
      horizon: 400,
      warmup: 40,
      slo: [...slo],
      workloads: { users: { to: 'web', arrivals: { poisson: { rate: 50 } } } },
      services: {
        web: { cost, endpoints: { page: [{ cpu: { exponential: { mean: 1 / (55 + 5 * k) } } }] } },
      },
    }),
  }
}

const KS = Array.from({ length: 16 }, (_, k) => k)

describe('a plan', () => {
  // p95 of k is 0.599 / (1 + k): 100 ms at k = 4.99, so k = 5 meets 110 ms and k = 4 (120 ms) does not.
  const configurations = KS.map((k) => server(k, ['p95 < 110ms', 'errors < 1%']))

  test('finds by bisection the weakest configuration that meets the objectives, without running all', async () => {
    const result = await plan(configurations, { search: 'monotone' })
    expect(result.chosen).toBe('k=5')
    const run = result.configurations.filter(({ replications }) => replications > 0)
    expect(run.length).toBeLessThanOrEqual(5)
    expect(result.configurations[4]!.verdict).toBe('missed')
    expect(result.configurations[5]!.objectives.map(({ verdict }) => verdict)).toEqual(['met', 'met'])
  })

  test('finds by elimination the cheapest one, whatever the order', async () => {
    const shuffled = [9, 5, 2, 12, 7].map((k) => server(k, ['p95 < 110ms'], 100 - k))
    const result = await plan(shuffled, { search: 'elimination' })
    expect(result.chosen).toBe('k=12')
  })

  test('marks those that no other beats in cost and in latency', async () => {
    const result = await plan(
      [server(6, ['p95 < 1s'], 1), server(8, ['p95 < 1s'], 2), server(7, ['p95 < 1s'], 3)],
      { search: 'elimination' },
    )
    expect(result.configurations.map(({ frontier }) => frontier)).toEqual([true, true, false])
  })

  test('takes a throughput that is to be exceeded for one', async () => {
    const slow = (k: number): Configuration => {
      const { name, scenario } = server(k, ['throughput > 45/s'])
      // Two places: what comes beyond them is lost.
      const services = scenario.services.map((service) => ({
        ...service,
        overload: { queueLimit: 1, shedExpired: false, queue: 'fifo', scope: 'replica' } as const,
      }))
      return { name, scenario: { ...scenario, services } }
    }
    // M/M/1/2 of rho = 50 / mu lets 50 (1 + rho) / (1 + rho + rho^2) through: 45.2 at mu = 130 (k = 15), 42.3 at k = 9.
    const result = await plan(
      [3, 9, 17].map((k) => slow(k)),
      { search: 'monotone' },
    )
    expect(result.chosen).toBe('k=17')
    expect(result.configurations[1]!.objectives).toMatchObject([{ verdict: 'missed', bound: 45 }])
  })

  test('chooses none where none meets the objectives, and takes the undecided for missed', async () => {
    expect(
      (
        await plan(
          KS.map((k) => server(k, ['p95 < 10ms'])),
          { search: 'monotone' },
        )
      ).chosen,
    ).toBeNull()
    // 99.86 ms is the truth of k = 5: no number of runs this small can tell it from 99.9 ms.
    const close = await plan([server(5, ['p95 < 99.9ms'])], { search: 'monotone', max: 30 })
    expect(close.chosen).toBeNull()
    expect(close.configurations[0]).toMatchObject({ verdict: 'undecided', replications: 30 })
  })

  test('refuses what has no objectives, and nothing', async () => {
    await expect(plan([server(1, [])], { search: 'monotone' })).rejects.toThrow(/needs objectives/)
    await expect(plan([], { search: 'monotone' })).rejects.toThrow(/nothing to choose from/)
  })
})
