/** What was done at each calling site that retries, hedges or has a circuit breaker. */
import {
  ATTEMPTS,
  DENIED_HEDGES,
  DENIED_RETRIES,
  HEDGE_WINS,
  HEDGES,
  REJECTED,
  RETRIES,
} from '../model/call-sites.ts'
import type { World } from '../model/world.ts'
import type { CallSiteResult } from '../results/types.ts'

/** Sites by the name of their caller and then their own; the repetitions of a step are one site. */
export function callResults(world: World): Record<string, Record<string, CallSiteResult>> {
  const { compiled, callers, kernel } = world
  const results: Record<string, Record<string, CallSiteResult>> = {}
  const indices = new Map<string, number[]>()
  compiled.calls.forEach((call, i) => {
    if (call.attempts > 1 || call.guarded) indices.set(call.name, [...(indices.get(call.name) ?? []), i])
  })
  for (const [name, sites] of indices) {
    const { caller } = compiled.calls[sites[0]!]!
    const count = (counter: number): number =>
      sites.reduce((sum, site) => sum + callers.sites.count(site, counter), 0)
    const attempts = count(ATTEMPTS)
    const again = count(RETRIES) + count(HEDGES)
    const rejected = count(REJECTED)
    const breaker = callers.sites.breakerTotals(sites[0]!, kernel.now)
    ;(results[compiled.nodes[caller]!.name] ??= {})[name] = {
      attempts,
      retries: count(RETRIES),
      hedges: count(HEDGES),
      hedgeWins: count(HEDGE_WINS),
      deniedRetries: count(DENIED_RETRIES),
      deniedHedges: count(DENIED_HEDGES),
      rejected,
      amplification: attempts + rejected > again ? attempts / (attempts + rejected - again) : 1,
      ...(breaker === undefined ? {} : { circuit: breaker }),
    }
  }
  return results
}

/** Whether any calling site tries again. */
export function retries({ compiled }: World): boolean {
  return compiled.calls.some((call) => call.attempts > 1)
}
