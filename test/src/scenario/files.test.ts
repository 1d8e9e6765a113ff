/** The scenarios that we ship. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatProblem } from '../../../src/errors.ts'
import { loadScenario } from '../../../src/scenario/index.ts'

const ROOT = new URL('../../../scenarios/', import.meta.url)
const files = (folder: string): string[] =>
  readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.yml'))
const read = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8')

test.each(files('.'))('scenarios/%s loads without a warning and names its schema', (name) => {
  const text = read(name)
  const warnings: string[] = []
  const scenario = loadScenario(text, {
    file: name,
    warn: (problem) => warnings.push(formatProblem(problem)),
  })
  expect(warnings).toEqual([])
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./scenario.schema.json')
  expect(scenario.name).not.toBe('Scenario')
  expect(scenario.description).not.toBe('')
})

test.each(files('asyncflow/'))("scenarios/asyncflow/%s loads as AsyncFlow's", (name) => {
  const scenario = loadScenario(read(`asyncflow/${name}`), { file: `asyncflow/${name}` })
  expect(scenario.relays).toHaveLength(1)
  expect(scenario.name).toBe(name.replace('.yml', ''))
})

test('the pools of the environments have the load that their definitions ask for', () => {
  const noisy = loadScenario(read('pool-noisy.yml'))
  const rates = noisy.workloads.map(({ arrivals }) =>
    arrivals.kind === 'poisson' ? arrivals.rate : Number.NaN,
  )
  expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(0.7 * 6 * 2 * 0.8125 * 100, 9)
  expect(noisy.balancers).toHaveLength(2)
  const mixed = loadScenario(read('heterogeneous.yml'))
  expect(mixed.workloads[0]?.arrivals).toEqual({ kind: 'poisson', rate: 364 })
  expect(mixed.services[0]?.groups).toEqual([
    { count: 4, speed: 1 },
    { count: 4, speed: 0.3 },
  ])
  const diurnal = loadScenario(read('diurnal.yml'))
  expect(diurnal.services[0]?.autoscaler).toMatchObject({
    min: 2,
    max: 30,
    interval: 15,
    startup: { kind: 'constant', value: 60 },
  })
  expect(diurnal.workloads[0]?.profile).toEqual({ kind: 'diurnal', amplitude: 0.6, period: 900, phase: 0 })
  expect(diurnal.slo[0]).toMatchObject({ quantile: 0.95, below: 2.5 })
})
