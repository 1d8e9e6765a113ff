/** The scenario of the same name: a flush that asks a database for everything many times over, or once. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'
import { Simulation } from '../../../src/simulation/index.ts'

const TEXT = readFileSync(new URL('../../../scenarios/cache-stampede.yml', import.meta.url), 'utf8')

function stampede(text: string) {
  const simulation = new Simulation(loadScenario(text))
  simulation.run()
  const { components, requests, series } = simulation.result()
  const { articles, pages } = components
  if (articles?.kind !== 'database' || pages?.kind !== 'cache') throw new Error('not the scenario')
  const misses = (from: number, to: number): number =>
    series.values['pages.misses']!.reduce(
      (sum, count, i) => (series.time[i]! > from && series.time[i]! <= to ? sum + count : sum),
      0,
    )
  return {
    queries: articles.arrivals,
    longestQueue: articles.queue.pool.max,
    timeouts: requests.outcomes.timeout ?? 0,
    coalesced: pages.coalesced,
    missesBefore: misses(0, 39),
    missesAfter: misses(39, 119),
  }
}

test('a flush under load saturates the database with queries for the same pages', () => {
  const seen = stampede(TEXT)
  expect(seen.missesBefore).toBe(0)
  expect(seen.queries).toBeGreaterThan(1000)
  expect(seen.longestQueue).toBeGreaterThan(500)
  expect(seen.timeouts).toBeGreaterThan(300)
})

test('and asks it for each page once where misses are coalesced', () => {
  const seen = stampede(TEXT.replace('coalesce: false', 'coalesce: true'))
  expect(seen.queries).toBeLessThanOrEqual(300)
  expect(seen.missesAfter).toBe(seen.queries + seen.coalesced)
  expect(seen.coalesced).toBeGreaterThan(50)
  expect(seen.longestQueue).toBeLessThan(100)
  expect(seen.timeouts).toBe(0)
})
