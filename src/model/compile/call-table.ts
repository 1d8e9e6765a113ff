/** The calling sites: workload w is call w, then every step that calls, in order. */
import { compileDistribution } from '../../random/index.ts'
import type { CallPolicy, Key, Scenario } from '../../scenario/types.ts'
import { retriedOutcomes, sitePolicy } from './call-defaults.ts'
import type { CallSpec, HedgeSpec } from './compiled.ts'
import { slotsOf } from './service-spec.ts'
import { constantOf, type Tables } from './tables.ts'

export type CallSite = {
  readonly name: string
  readonly caller: string
  readonly to: string
  /** Interned name; -1: the callee chooses. */
  readonly endpoint: number
  readonly own: CallPolicy
  readonly key?: Key | undefined
  /** Of a query. */
  readonly latencySite?: number
  /** Of a query within a transaction: which of those that its caller has open; -1. */
  readonly transaction?: number
}

export class CallTable {
  readonly calls: CallSpec[] = []
  private readonly tables: Tables
  private readonly firstReplica: ReadonlyMap<string, number>

  constructor(tables: Tables) {
    this.tables = tables
    let replicas = 0
    this.firstReplica = new Map(
      tables.scenario.services.map((service) => {
        const first = replicas
        replicas += slotsOf(service)
        return [service.name, first]
      }),
    )
  }

  /** The answer is the site's number. */
  add({ name, caller, to, endpoint, own, key, latencySite = -1, transaction = -1 }: CallSite): number {
    const { tables } = this
    const { policy, keys } = sitePolicy(tables.scenario, name, caller, to, own, transaction >= 0)
    const timeout = policy.timeout === undefined ? undefined : compileDistribution(policy.timeout)
    const { retry, hedge, circuitBreaker } = policy
    const retries = retry !== undefined && retry.attempts > 1
    return (
      this.calls.push({
        name,
        caller: tables.node(caller),
        hop: tables.hop(caller, to),
        endpoint,
        timeoutSite: policy.timeout === undefined ? -1 : tables.site(`${name}.timeout`, policy.timeout),
        timeoutConstant: timeout?.constant ? timeout.mean : Number.NaN,
        attempts: retry?.attempts ?? 1,
        backoff: retry?.backoff ?? { base: 0, factor: 1, max: 0, jitter: 'none' },
        retryMask: retriedOutcomes(retry),
        budget: retries ? retry.budget : undefined,
        hedge: hedge === undefined ? undefined : this.hedge(name, hedge),
        breaker: circuitBreaker,
        keys,
        instances: instancesOf(tables.scenario, caller),
        firstInstance: this.firstReplica.get(caller) ?? -1,
        guarded: (retries && retry.budget !== undefined) || (hedge ?? circuitBreaker) !== undefined,
        jitterSite: retries ? tables.site(`${name}.backoff`) : -1,
        backoffCell: retries || hedge !== undefined ? tables.cell('backoff', caller) : -1,
        failedCell: retries ? tables.cell('failed-attempt', caller) : -1,
        latencySite,
        transaction,
        key: tables.key(`${name}.key`, key),
        salt: hashName(name),
      }) - 1
    )
  }

  private hedge(name: string, { after, max, maxExtra }: NonNullable<CallPolicy['hedge']>): HedgeSpec {
    return {
      site: after.kind === 'quantile' ? -1 : this.tables.site(`${name}.hedge`, after),
      constant: after.kind === 'quantile' ? Number.NaN : constantOf(after),
      quantile: after.kind === 'quantile' ? after.q : Number.NaN,
      max,
      maxExtra: maxExtra ?? Number.NaN,
    }
  }
}

/** A service calls from each of its slots by itself, anything else as one. */
function instancesOf(scenario: Scenario, caller: string): number {
  const service = scenario.services.find((item) => item.name === caller)
  return service === undefined ? 1 : slotsOf(service)
}

/** 32-bit FNV-1a over UTF-16 code units. */
function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash | 0
}
