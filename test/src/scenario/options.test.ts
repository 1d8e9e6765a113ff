/** Every option of the reference is used by a scenario that the tests run, and every parameter of every policy. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  balancingPolicies,
  loadScenario,
  scalingPolicies,
  scenarioJsonSchema,
  simulate,
} from '../../../src/index.ts'
import { SchemaOptions } from '../../support/schema-options.ts'

/** The first two are run by other tests: of invariants, and of golden digests. */
const [SHOWN, GOLDEN, OWN] = [
  '../../../scenarios/',
  '../../determinism/scenarios/',
  '../../fixtures/options/',
]

const files = (folder: string): { name: string; text: string }[] =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ name, text: readFileSync(new URL(folder + name, import.meta.url), 'utf8') }))

/** A trace is a file beside the scenario. */
const resolve = (name: string): string =>
  readFileSync(new URL(`../../fixtures/options/${name}`, import.meta.url), 'utf8')

test('every option of the schema is used by a scenario', () => {
  const options = new SchemaOptions(scenarioJsonSchema())
  for (const folder of [SHOWN!, GOLDEN!, OWN!])
    for (const { text } of files(folder))
      for (const id of options.usedBy(parse(text))) options.paths.delete(id)
  expect([...options.paths.values()]).toEqual([])
})

test.each(files(OWN!))('$name runs and answers', ({ text }) => {
  const { requests } = simulate(loadScenario(text, { resolve }))
  expect(requests.outcomes.ok).toBeGreaterThan(0)
})

describe('with every parameter written out', () => {
  test.each([...balancingPolicies.values()])('the balancing policy $name runs', ({ name, defaults }) => {
    const scenario = loadScenario(
      JSON.stringify({
        name,
        horizon: 5,
        workloads: { w: { to: 'lb', arrivals: { poisson: { rate: 40 } } } },
        balancers: { lb: { to: 'web', policy: { [name]: defaults }, reports: { interval: 0.5 } } },
        services: { web: { replicas: 3, endpoints: { e: [{ cpu: 0.02 }] } } },
      }),
    )
    expect(simulate(scenario, { seed: 1 }).requests.outcomes.ok).toBeGreaterThan(100)
  })

  test.each([...scalingPolicies.values()])('the scaling policy $name runs', ({ name, defaults }) => {
    const scenario = loadScenario(
      JSON.stringify({
        name,
        horizon: 20,
        workloads: { w: { to: 'web', arrivals: { poisson: { rate: 40 } } } },
        services: {
          web: {
            replicas: 2,
            endpoints: { e: [{ cpu: 0.02 }] },
            autoscaler: { policy: { [name]: defaults }, max: 4, interval: 2 },
          },
        },
      }),
    )
    expect(simulate(scenario, { seed: 1 }).requests.outcomes.ok).toBeGreaterThan(100)
  })
})
