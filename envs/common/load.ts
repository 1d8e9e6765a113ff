/** What a scenario asks of its services, from its declared rates and mean demands. */

import type { Compiled } from '../../src/model/compile/compiled.ts'
import { demandPerRequest } from '../../src/model/declared-load.ts'
import { mmppRate } from '../../src/model/modulation.ts'
import { PiecewiseRate } from '../../src/model/piecewise-rate.ts'
import { ProductRate } from '../../src/model/product-rate.ts'
import { compileDistribution } from '../../src/random/index.ts'
import type { Profile, Scenario, Workload } from '../../src/scenario/index.ts'

/** Requests per second that a workload means to send, over the long run; NaN where that depends on the answers. */
export function meanRate({ arrivals, profile }: Workload, horizon: number): number {
  const factor = meanFactor(profile, horizon)
  switch (arrivals.kind) {
    case 'users':
      return (factor * compileDistribution(arrivals.users).mean * arrivals.perMinute) / 60
    case 'closed':
      return Number.NaN
    case 'mmpp':
      return factor * mmppRate(arrivals)
    case 'sessions':
      return factor * arrivals.rate * Math.max(1, compileDistribution(arrivals.requests).mean)
    case 'trace': {
      const last = arrivals.times.at(-1) ?? 0
      return last > 0 ? arrivals.times.length / last : Number.NaN
    }
    case 'counts':
      return (
        arrivals.counts.reduce((sum, count) => sum + count, 0) / (arrivals.counts.length * arrivals.interval)
      )
    default:
      return factor * arrivals.rate
  }
}

/** What a profile multiplies the rate with: over its period, where it has one, else over the horizon. */
function meanFactor(profile: Profile | undefined, horizon: number): number {
  switch (profile?.kind) {
    case 'pieces': {
      const span = Math.min(profile.period, horizon)
      return new PiecewiseRate(profile.points, profile.period).between(0, span) / span
    }
    case 'product':
      return new ProductRate(profile.factors, horizon).between(0, horizon) / horizon
    default:
      return 1
  }
}

/**
 * Seconds of work (of a core at speed 1) that all workloads bring to the service at `index` per second, over the long
 * run and over all calls; NaN where a rate is unknown.
 */
export function offeredWork(scenario: Scenario, index: number): number {
  let work = 0
  demandPerRequest(scenario).forEach((demands, w) => {
    const demand = demands[index]!
    if (demand > 0) work += demand * meanRate(scenario.workloads[w]!, scenario.horizon)
  })
  return work
}

export type OfferedLoad = {
  /** Requests per second; NaN where unknown. */
  readonly rate: number
  /** Mean nominal demand of a request, seconds of a core at speed 1. */
  readonly demand: number
}

/** Of the classes `classes` whose request demands `demandOf(class)`. */
export function offeredLoad(
  compiled: Compiled,
  classes: readonly number[],
  demandOf: (cls: number) => number,
): OfferedLoad {
  const { workloads } = compiled.scenario
  let rate = 0
  let work = 0
  let weights = 0
  for (const c of classes) {
    const item = compiled.classes[c]!
    const workload = workloads[item.workload]!
    const first = compiled.classes.findIndex((other) => other.workload === item.workload)
    const share =
      workload.classes[c - first]!.weight / workload.classes.reduce((sum, other) => sum + other.weight, 0)
    const own = meanRate(workload, compiled.scenario.horizon)
    // Where a rate is unknown, workloads count alike.
    const weight = share * (Number.isNaN(own) ? 1 : own)
    rate += share * own
    weights += weight
    work += weight * demandOf(c)
  }
  return { rate, demand: work / weights }
}
