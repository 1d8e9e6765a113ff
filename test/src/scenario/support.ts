/** Scenarios to take apart, and what the loader says of the pieces. */
import { ConfigError, formatProblem, type Problem } from '../../../src/errors.ts'
import { type LoadOptions, loadScenario, parseScenario, type Scenario } from '../../../src/scenario/index.ts'

/** A scenario with one of everything; lines are numbered from 1 in the errors. */
export const SHOP = `name: Shop
horizon: 10min
warmup: 60s
workloads:
  shoppers:
    to: edge
    arrivals: { poisson: { rate: 120/s } }
    classes:
      browse: { weight: 8, endpoint: browse, priority: 1 }
      buy: { weight: 2, endpoint: buy, deadline: 2s }
    timeout: 3s
    retry: { attempts: 3, backoff: { exponential: { base: 100ms, jitter: full } } }
links:
  - { from: shoppers, to: edge, latency: { lognormal: { mean: 20ms, cv: 0.3 } }, loss: 0.1% }
  - { from: edge, to: web, latency: 1ms }
balancers:
  edge: { policy: least-request, to: web }
services:
  web:
    replicas: 4
    cores: 2
    memory: 4GiB
    endpoints:
      browse: [{ cpu: 3ms }, { memory: 8MiB }, { call: store }, { cpu: 1ms }]
      buy: [{ cpu: 4ms }, { memory: 16MiB }, { io: 10ms }]
    autoscaler: { policy: { hpa: { target: 60% } }, min: 2, max: 20, startup: 30s }
  store:
    endpoints:
      read: [{ cpu: { exponential: { mean: 1ms } } }]
events:
  - { outage: web/2, at: 120s, for: 60s }
  - { latency: edge->web, add: 50ms, at: 300s, for: 60s }
  - { surge: shoppers, factor: 3, at: 450s, for: 30s }
  - { slow: web, factor: 4, spells: { for: { exponential: { mean: 2s } }, gap: { exponential: { mean: 6s } } } }
`

/** Replaces the one place where `from` stands. */
export function change(text: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((current, [from, to]) => {
    if (current.split(from).length !== 2) throw new Error(`"${from}" does not stand there exactly once`)
    return current.replace(from, () => to)
  }, text)
}

export function load(text: string, options: LoadOptions = {}): Scenario {
  return loadScenario(text, { file: 'shop.yml', ...options })
}

/** What is wrong; empty where nothing is. */
export function problemsOf(text: string, options: LoadOptions = {}): readonly Problem[] {
  return caught(() => load(text, options))
}

export function problemsOfValue(value: unknown): readonly Problem[] {
  return caught(() => parseScenario(value))
}

export function messagesOf(text: string, options: LoadOptions = {}): string[] {
  return problemsOf(text, options).map(formatProblem)
}

export function caught(run: () => unknown): readonly Problem[] {
  try {
    run()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
