import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadScenario, simulate, toPrometheus } from '../../../src/index.ts'
import { type PrometheusFamily, readPrometheus } from '../../support/prometheus.ts'
import { exampleResult } from './example-result.ts'

/** The value of the only sample with these labels. */
function sampleOf(
  families: Record<string, PrometheusFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
  suffix = '',
): number {
  const found = families[name]!.samples.filter(
    (sample) =>
      sample.name === name + suffix &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )
  expect(found).toHaveLength(1)
  return found[0]!.value
}

/** Between them they have every kind of component, sockets, overload control, classes and retries. */
const FILES = ['three-tier', 'socket-exhaustion', 'metastable-failure', 'cache-stampede', 'retry-storm']

test.each(FILES)('%s is exported as the format and the naming rules demand', (name) => {
  const scenario = loadScenario(readFileSync(`scenarios/${name}.yml`, 'utf8'))
  const result = simulate(scenario, { horizon: scenario.warmup + 2, seed: 1 })
  const families = readPrometheus(toPrometheus(result))
  const ended = families.asyncflow_requests_total!.samples.reduce((sum, { value }) => sum + value, 0)
  expect(ended).toBe(result.requests.created - result.requests.inFlight)
  for (const component of Object.keys(result.components)) {
    const samples = Object.values(families).flatMap((family) => family.samples)
    expect(samples.some(({ labels }) => labels.component === component)).toBe(true)
  }
})

test('the figures are those of the result, in base units', () => {
  const families = readPrometheus(toPrometheus(exampleResult))
  const duration = 'asyncflow_request_duration_seconds'
  expect(families[duration]!.type).toBe('summary')
  expect(sampleOf(families, duration, { class: 'default', quantile: '0.95' })).toBe(0.65)
  expect(sampleOf(families, duration, { class: 'default' }, '_count')).toBe(3)
  expect(sampleOf(families, duration, { class: 'default' }, '_sum')).toBeCloseTo(0.9, 12)
  expect(sampleOf(families, 'asyncflow_requests_total', { outcome: 'timeout' })).toBe(1)
  expect(sampleOf(families, 'asyncflow_request_phase_seconds_total', { phase: 'cpu' })).toBeCloseTo(0.6, 12)
  const web = { component: 'web', kind: 'service' }
  expect(sampleOf(families, 'asyncflow_component_utilization_ratio', { ...web, resource: 'cpu' })).toBe(0.5)
  expect(sampleOf(families, 'asyncflow_component_queue_length_max', { ...web, queue: 'cpu' })).toBe(3)
  expect(sampleOf(families, 'asyncflow_slo_met', { objective: 'p95 < 250ms' })).toBe(0)
  expect(sampleOf(families, 'asyncflow_run_info', { seed: '7/1' })).toBe(1)
})

test('what was not measured is absent, and names survive that need escapes', () => {
  const name = 'a "b"\\\nc'
  const families = readPrometheus(
    toPrometheus({ ...exampleResult, scenario: { name, hash: 'abc' }, slo: [] }),
  )
  expect(families.asyncflow_run_info!.samples[0]!.labels.scenario).toBe(name)
  expect(families.asyncflow_slo_met).toBeUndefined()
  const resources = families.asyncflow_component_utilization_ratio!.samples.map(
    ({ labels }) => labels.resource,
  )
  expect(resources).toEqual(['cpu'])
})
