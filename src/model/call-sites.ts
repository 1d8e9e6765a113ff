/**
 * What the calling sites remember: retry budgets, circuit breakers and recent latencies, one of each per caller
 * instance (a workload, or a replica that calls), and what was done at each site.
 */
import {
  type Breaker,
  type Budget,
  createBreaker,
  createBudget,
  RecentQuantile,
  TokenBudget,
} from '../policies/resilience/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { CallSpec, Compiled } from './compile/compiled.ts'

const OK = OUTCOMES.indexOf('ok')

/** Counters of a site. */
export const ATTEMPTS = 0
export const RETRIES = 1
export const HEDGES = 2
export const HEDGE_WINS = 3
/** Retries and copies that their budget did not allow. */
export const DENIED_RETRIES = 4
export const DENIED_HEDGES = 5
/** Calls that the circuit breaker did not let through, copies included. */
export const REJECTED = 6
const COUNTERS = 7

/** Seconds over which the extra load of hedges is bounded. */
const HEDGE_WINDOW = 10

/** One state per caller instance, shared by the sites of a key. */
class PerInstance<T extends { save(): unknown; load(state: unknown): void }> {
  readonly states: T[] = []
  private readonly first: Int32Array
  private readonly known = new Map<string, number>()

  constructor(sites: number) {
    this.first = new Int32Array(sites).fill(-1)
  }

  add(site: number, key: string, instances: number, create: () => T): void {
    let first = this.known.get(key)
    if (first === undefined) {
      first = this.states.length
      this.known.set(key, first)
      for (let i = 0; i < instances; i++) this.states.push(create())
    }
    this.first[site] = first
  }

  of(site: number, instance: number): T | undefined {
    const first = this.first[site]!
    return first < 0 ? undefined : this.states[first + instance]
  }

  save(): unknown {
    return this.states.map((state) => state.save())
  }

  load(state: unknown): void {
    const from = state as unknown[]
    this.states.forEach((item, i) => {
      item.load(from[i])
    })
  }
}

export class CallSites {
  readonly counts: Float64Array
  readonly retriesByClass: Float64Array
  private readonly calls: readonly CallSpec[]
  private readonly budgets: PerInstance<Budget>
  private readonly breakers: PerInstance<Breaker>
  private readonly extra: PerInstance<Budget>
  private readonly quantiles: PerInstance<RecentQuantile>

  constructor({ calls, classes }: Compiled) {
    this.calls = calls
    this.counts = new Float64Array(calls.length * COUNTERS)
    this.retriesByClass = new Float64Array(classes.length)
    this.budgets = new PerInstance(calls.length)
    this.breakers = new PerInstance(calls.length)
    this.extra = new PerInstance(calls.length)
    this.quantiles = new PerInstance(calls.length)
    calls.forEach(({ budget, breaker, hedge, keys, instances }, site) => {
      if (budget !== undefined) this.budgets.add(site, keys.retry, instances, () => createBudget(budget))
      if (breaker !== undefined)
        this.breakers.add(site, keys.circuitBreaker, instances, () => createBreaker(breaker))
      if (hedge === undefined) return
      if (!Number.isNaN(hedge.maxExtra))
        this.extra.add(site, keys.hedge, instances, () => new TokenBudget(hedge.maxExtra, HEDGE_WINDOW, 0))
      if (!Number.isNaN(hedge.quantile))
        this.quantiles.add(site, keys.hedge, instances, () => new RecentQuantile(hedge.quantile))
    })
  }

  add(site: number, counter: number): void {
    this.counts[site * COUNTERS + counter]!++
  }

  count(site: number, counter: number): number {
    return this.counts[site * COUNTERS + counter]!
  }

  /** The first attempt of a call. */
  begun(site: number, instance: number, now: number): void {
    this.budgets.of(site, instance)?.deposit(now)
    this.extra.of(site, instance)?.deposit(now)
  }

  /** Whether the circuit breaker lets a call through; one that it does is told of by `ended`. */
  mayCall(site: number, instance: number, now: number): boolean {
    const breaker = this.breakers.of(site, instance)
    if (breaker === undefined || breaker.acquire(now)) return true
    this.add(site, REJECTED)
    return false
  }

  /** A leg is sent over a guarded site. */
  sent(site: number, instance: number): void {
    this.budgets.of(site, instance)?.sent()
  }

  /** A retry that was allowed is no longer under way. */
  retried(site: number, instance: number): void {
    this.budgets.of(site, instance)?.retried()
  }

  mayRetry(site: number, instance: number, now: number): boolean {
    const budget = this.budgets.of(site, instance)
    if (budget === undefined || budget.withdraw(now)) return true
    this.add(site, DENIED_RETRIES)
    return false
  }

  mayHedge(site: number, instance: number, now: number): boolean {
    const extra = this.extra.of(site, instance)
    if (extra === undefined || extra.withdraw(now)) return this.mayCall(site, instance, now)
    this.add(site, DENIED_HEDGES)
    return false
  }

  /** Seconds until a copy is due where that is a quantile; Infinity while too little is known. */
  hedgeQuantile(site: number, instance: number): number {
    return this.quantiles.of(site, instance)!.value
  }

  /** A leg that was sent at `sentAt` has an outcome; -1: its caller no longer cares. */
  ended(site: number, instance: number, outcome: number, sentAt: number, now: number): void {
    const breaker = this.breakers.of(site, instance)
    const budget = this.budgets.of(site, instance)
    if (outcome < 0) {
      breaker?.release()
      budget?.ended(undefined)
      return
    }
    breaker?.record(now, outcome !== OK, now - sentAt)
    budget?.ended(outcome === OK)
    if (outcome === OK) this.quantiles.of(site, instance)?.observe(now - sentAt)
  }

  /** Of every caller and site; for looking at. */
  get allBudgets(): readonly Budget[] {
    return this.budgets.states
  }

  /** Of every caller and site; for looking at. */
  get allBreakers(): readonly Breaker[] {
    return this.breakers.states
  }

  /** Times that the breakers of the site went to open, and seconds that they were, over all callers. */
  breakerTotals(site: number, now: number): { opens: number; openTime: number } | undefined {
    if (this.calls[site]!.breaker === undefined) return undefined
    let opens = 0
    let openTime = 0
    for (let i = 0; i < this.calls[site]!.instances; i++) {
      const breaker = this.breakers.of(site, i)!
      openTime += breaker.openTime(now)
      opens += breaker.opens
    }
    return { opens, openTime }
  }

  save(): unknown {
    return {
      counts: this.counts.slice(),
      retriesByClass: this.retriesByClass.slice(),
      budgets: this.budgets.save(),
      breakers: this.breakers.save(),
      extra: this.extra.save(),
      quantiles: this.quantiles.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      counts: Float64Array
      retriesByClass: Float64Array
      budgets: unknown
      breakers: unknown
      extra: unknown
      quantiles: unknown
    }
    this.counts.set(from.counts)
    this.retriesByClass.set(from.retriesByClass)
    this.budgets.load(from.budgets)
    this.breakers.load(from.breakers)
    this.extra.load(from.extra)
    this.quantiles.load(from.quantiles)
  }
}
