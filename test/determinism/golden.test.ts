/**
 * The results of the determinism scenarios, bit for bit. Where a change of results is meant, write the digests anew:
 * `UPDATE_GOLDEN=1 npx vitest run test/determinism`, and say in the changelog what changed and why.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Simulation, simulate, toJson } from '../../src/index.ts'
import { digest, loadDeterminismScenario, scenarioFiles } from './digest.ts'

const GOLDEN = new URL('../fixtures/golden-digests.json', import.meta.url)
const results = scenarioFiles.map((file) => ({ file, result: simulate(loadDeterminismScenario(file)) }))

test('results are what they were, to the last bit', () => {
  const digests = Object.fromEntries(results.map(({ file, result }) => [file, digest(result)]))
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, `${JSON.stringify(digests, undefined, 2)}\n`)
  expect(digests).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
})

describe.each(results)('$file', ({ file, result }) => {
  const scenario = loadDeterminismScenario(file)

  test('gives the same bytes when it is run again, and others under another seed', () => {
    expect(toJson(simulate(scenario))).toBe(toJson(result))
    expect(simulate(scenario, { seed: 'another' }).latency.mean).not.toBe(result.latency.mean)
  })

  test('gives the same bytes when it is stopped, saved and continued from the save, twice', () => {
    const first = new Simulation(scenario)
    first.until(scenario.horizon * 0.31)
    const second = Simulation.restore(first.snapshot(), loadDeterminismScenario(file))
    second.until(scenario.horizon * 0.74)
    const third = Simulation.restore(second.snapshot(), scenario)
    for (const simulation of [first, second, third]) {
      simulation.run()
      expect(toJson(simulation.result())).toBe(toJson(result))
    }
  })
})
