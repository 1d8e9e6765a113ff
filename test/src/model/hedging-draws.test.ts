/** Copies and retries draw afresh, and leave everything else as it was. */
import { expect, test } from 'vitest'
import type { DrawSite, Draws } from '../../../src/random/index.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { CallPolicyInput } from '../../../src/scenario/schema/call-policy.ts'
import { Simulation } from '../../../src/simulation/index.ts'

/** What was drawn, as `site number path ordinal` and its value. */
function drawn(policy: CallPolicyInput): { draws: Map<string, number>; hedges: number } {
  const draws = new Map<string, number>()
  const recorded = (sites: readonly DrawSite[], counter: Draws): Draws => {
    const note =
      (kind: 'sample' | 'uniform') =>
      (site: number, number: number, path: number, ordinal: number): number => {
        const value = counter[kind](site, number, path, ordinal)
        draws.set(`${kind} ${sites[site]!.name} ${number} ${path} ${ordinal}`, value)
        return value
      }
    return { sample: note('sample'), uniform: note('uniform') }
  }
  const scenario = parseScenario({
    name: 'Draws',
    horizon: 20,
    workloads: {
      c: { to: 'web', arrivals: { poisson: { rate: 30 } }, classes: { x: {}, y: {} }, ...policy },
    },
    links: [{ from: 'c', to: 'web', latency: { exponential: { mean: 0.01 } }, loss: 0.05 }],
    services: {
      web: {
        cores: 100,
        endpoints: {
          e: [
            { cpu: { exponential: { mean: 0.05 } } },
            { call: { to: 'db', ...policy } },
            { io: { lognormal: { mean: 0.02, cv: 1 } } },
          ],
          f: [{ io: { exponential: { mean: 0.1 } } }],
        },
      },
      db: { replicas: 3, cores: 100, endpoints: { e: [{ cpu: { exponential: { mean: 0.03 } } }] } },
    },
  })
  const simulation = new Simulation(scenario, { seed: 4, drain: true, series: false, draws: recorded })
  simulation.run()
  const { components } = simulation.result()
  const { c } = components
  return { draws, hedges: c?.kind === 'workload' ? (c.calls?.hedges ?? 0) : 0 }
}

test('first attempts draw the same with and without hedges, budgets and breakers', () => {
  const plain = drawn({ timeout: 10 })
  const guarded = drawn({ timeout: 10, hedge: { after: 0.05, max: 2 }, circuitBreaker: { window: 1000 } })
  expect(plain.hedges).toBe(0)
  expect(guarded.hedges).toBeGreaterThan(100)
  expect(plain.draws.size).toBeGreaterThan(2000)
  for (const [key, value] of plain.draws) expect(guarded.draws.get(key)).toBe(value)
  // Every copy has its own: what only the other run drew is not what this one did.
  const values = new Set(plain.draws.values())
  const fresh = [...guarded.draws].filter(([key]) => !plain.draws.has(key) && key.startsWith('sample'))
  expect(fresh.length).toBeGreaterThan(100)
  const continuous = fresh.filter(([key]) => !/timeout|hedge/.test(key))
  expect(continuous.some(([, value]) => values.has(value))).toBe(false)
})
