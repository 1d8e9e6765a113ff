/** The scenario of the same name: a line for connections that works for nobody, and what keeps it short. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'
import { Simulation } from '../../../src/simulation/index.ts'

const TEXT = readFileSync(new URL('../../../scenarios/connection-pool-collapse.yml', import.meta.url), 'utf8')

/** Requests per second that ended ok before the slowdown and in the last minute, long after it. */
function okRates(text: string): { before: number; after: number; waiting: number } {
  const simulation = new Simulation(loadScenario(text))
  simulation.run()
  const { series } = simulation.result()
  const rate = (from: number, to: number): number =>
    series.values['requests.ok']!.reduce(
      (sum, ok, i) => (series.time[i]! > from && series.time[i]! <= to ? sum + ok : sum),
      0,
    ) /
    (to - from)
  return { before: rate(10, 30), after: rate(120, 179), waiting: series.values['orders.queue.pool']!.at(-1)! }
}

test('a slowdown of the database outlives its cause where queries wait for long', () => {
  const { before, after, waiting } = okRates(TEXT)
  expect(before).toBeGreaterThan(270)
  expect(after).toBeLessThan(0.2 * before)
  expect(waiting).toBeGreaterThan(1000)
})

test('and ends with it where they do not', () => {
  const { before, after, waiting } = okRates(TEXT.replace('acquireTimeout: 30s', 'acquireTimeout: 300ms'))
  expect(after).toBeGreaterThan(0.95 * before)
  expect(waiting).toBeLessThan(100)
})
