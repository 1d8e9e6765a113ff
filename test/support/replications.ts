/**
 * Independent replications of a scenario, and what a theory test asks of their means: replication i of seed s, here
 * the scenario's hash, has the seed `s/i`; the interval is Student's; |z| is at most 3.9 and the half-width at most
 * 1 % of the exact value.
 */
import { expect } from 'vitest'
import { meanInterval, studentQuantile } from '../../src/analysis/index.ts'
import type { Result } from '../../src/results/types.ts'
import { parseScenario, scenarioHash } from '../../src/scenario/index.ts'
import type { ArrivalsInput } from '../../src/scenario/schema/arrivals.ts'
import type { ServiceInput } from '../../src/scenario/schema/service.ts'
import type { ScenarioInput } from '../../src/scenario/schema.ts'
import { Simulation } from '../../src/simulation/index.ts'

/** Two-sided probability of a larger |z| by chance: 1e-4. */
export const MAX_Z = 3.9
/** Of the exact value, at 95 %. */
export const MAX_HALF_WIDTH = 0.01

export type Service = Extract<Result['components'][string], { kind: 'service' }>

export function serviceOf(result: Result, name: string): Service {
  const component = result.components[name]
  if (component?.kind !== 'service') throw new Error(`no service ${name}`)
  return component
}

/** What each of `count` replications measured, by name. `prepare` sees the simulation before it runs. */
export function replicate<K extends string>(
  input: ScenarioInput,
  count: number,
  measure: (result: Result, simulation: Simulation) => Record<K, number>,
  prepare?: (simulation: Simulation, index: number) => void,
): Record<K, number[]> {
  const scenario = parseScenario(input)
  // Every system has its own seeds: chance that one had would be chance that all have.
  const seed = scenarioHash(scenario)
  const samples: Partial<Record<K, number[]>> = {}
  for (let i = 0; i < count; i++) {
    const simulation = new Simulation(scenario, { seed: `${seed}/${i}`, series: false })
    prepare?.(simulation, i)
    simulation.run()
    const measured = measure(simulation.result(), simulation)
    for (const name in measured) (samples[name] ??= []).push(measured[name])
  }
  return samples as Record<K, number[]>
}

/**
 * The samples without what the `control`, measured beside them and of known mean, explains of their spread: the
 * regression on it is taken out. Lavenberg and Welch, Management Science 27 (1981).
 */
export function controlled(samples: readonly number[], control: readonly number[], mean: number): number[] {
  const center = control.reduce((sum, value) => sum + value, 0) / control.length
  const level = samples.reduce((sum, value) => sum + value, 0) / samples.length
  let products = 0
  let squares = 0
  control.forEach((value, i) => {
    products += (value - center) * (samples[i]! - level)
    squares += (value - center) ** 2
  })
  return samples.map((value, i) => value - (products / squares) * (control[i]! - mean))
}

/** Seconds of a core at speed 1 that the service did per second: its mean is the offered load. */
export function workDone(service: Service, cores = 1): number {
  return service.replicas.reduce((sum, { speed, utilization }) => sum + speed * utilization! * cores, 0)
}

/** `exactError`: standard error of the value compared with, where that was measured itself. */
export function expectMean(samples: readonly number[], exact: number, exactError = 0): void {
  expect(samples.length).toBeGreaterThanOrEqual(20)
  const { estimate, high } = meanInterval(samples)
  const halfWidth = high - estimate
  const standardError = halfWidth / studentQuantile(0.975, samples.length - 1)
  const z = (estimate - exact) / Math.sqrt(standardError * standardError + exactError * exactError)
  expect({ z: Math.abs(z), estimate, exact }).toSatisfy((seen: { z: number }) => seen.z <= MAX_Z)
  expect(halfWidth / Math.abs(exact)).toBeLessThanOrEqual(MAX_HALF_WIDTH)
}

/**
 * Little's law between two counts that are made apart: the time average of the number at a service, and
 * throughput x mean latency of the requests that ended. They differ by what is cut at the ends of the window.
 */
export function expectLittle(
  load: readonly number[],
  throughput: readonly number[],
  response: readonly number[],
): void {
  load.forEach((number, i) => {
    expect(Math.abs((throughput[i]! * response[i]!) / number - 1)).toBeLessThan(0.005)
  })
}

/** One workload of Poisson arrivals that calls one service named `web`; the first twentieth is warm-up. */
export function queue(rate: number, requests: number, web: ServiceInput): ScenarioInput {
  return network({ poisson: { rate } }, requests / rate, 'web', { web })
}

export function network(
  arrivals: ArrivalsInput,
  horizon: number,
  to: string,
  services: Record<string, ServiceInput>,
  rest: Partial<ScenarioInput> = {},
): ScenarioInput {
  return {
    name: 'Theory',
    horizon,
    warmup: horizon / 20,
    workloads: { clients: { to, arrivals } },
    services,
    ...rest,
  }
}

/** An endpoint of one exponential cpu step. */
export function exponentialWork(mean: number): ServiceInput['endpoints'] {
  return { work: [{ cpu: { exponential: { mean } } }] }
}
