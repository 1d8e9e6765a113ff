/** What a calling site says of its calls, completed by what the callee says, field by field. */
import { OUTCOMES, type Outcome } from '../../results/types.ts'
import type { CallPolicy, Retry, Scenario } from '../../scenario/types.ts'

const FIELDS = ['timeout', 'retry', 'hedge', 'circuitBreaker'] as const

/** A policy in force, and per field the key of its state: sites that take a callee's default share one per callee. */
export type SitePolicy = {
  readonly policy: CallPolicy
  readonly keys: { readonly retry: string; readonly hedge: string; readonly circuitBreaker: string }
}

export function sitePolicy(
  scenario: Scenario,
  site: string,
  caller: string,
  to: string,
  own: CallPolicy,
  withinTransaction = false,
): SitePolicy {
  const callee: CallPolicy = calleeDefaults(scenario, to)
  const policy: Record<string, unknown> = {}
  for (const field of FIELDS) {
    // A connection runs one query at a time: within a transaction none is sent again.
    if (withinTransaction && (field === 'retry' || field === 'hedge')) continue
    const value = own[field] ?? callee[field]
    if (value !== undefined) policy[field] = value
  }
  const key = (field: (typeof FIELDS)[number]): string =>
    own[field] === undefined ? `${caller}>${to}` : site
  return {
    policy,
    keys: { retry: key('retry'), hedge: key('hedge'), circuitBreaker: key('circuitBreaker') },
  }
}

/** A balancer hands on what all of its targets agree on. */
function calleeDefaults(scenario: Scenario, to: string): CallPolicy {
  const relay = scenario.relays.find(({ name }) => name === to)
  if (relay !== undefined) return calleeDefaults(scenario, relay.to)
  const store = [...(scenario.databases ?? []), ...(scenario.caches ?? [])].find(({ name }) => name === to)
  if (store !== undefined) return store
  const targets = scenario.balancers.find(({ name }) => name === to)?.targets ?? [to]
  const services = targets.flatMap((name) => scenario.services.find((item) => item.name === name) ?? [])
  const defaults: Record<string, unknown> = {}
  for (const field of FIELDS) {
    const value = services[0]?.[field]
    const text = JSON.stringify(value)
    if (value !== undefined && services.every((service) => JSON.stringify(service[field]) === text))
      defaults[field] = value
  }
  return defaults
}

/** Bit i: whether outcome i is retried. */
export function retriedOutcomes(retry: Retry | undefined): number {
  const given: readonly Outcome[] = retry?.on ?? OUTCOMES.filter((outcome) => outcome !== 'circuit-open')
  return given.reduce(
    (mask, outcome) => (outcome === 'deadline' ? mask : mask | (1 << OUTCOMES.indexOf(outcome))),
    0,
  )
}
