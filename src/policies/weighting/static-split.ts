import { Params } from '../params.ts'
import type { PolicyDefinition, WeightsPolicy, WeightsView } from '../types.ts'

/** Closest to overload that the split is computed for, of the capacity. */
const MOST = 0.999

/**
 * Arrivals per second for each M/M/1 queue of these rates that make the mean response of all shortest, `total` in all:
 * r_i - sqrt(r_i) (sum r - total) / sum sqrt(r), over the fastest queues for which that is above 0. (C. E. Bell and
 * S. Stidham, Management Science 29, 1983.)
 */
export function bestSplit(rates: readonly number[], total: number): number[] {
  const order = rates.map((_, i) => i).sort((a, b) => rates[b]! - rates[a]! || a - b)
  const split = rates.map(() => 0)
  for (let used = order.length; used > 0; used--) {
    const taken = order.slice(0, used)
    const spare = taken.reduce((sum, i) => sum + rates[i]!, 0) - total
    const roots = taken.reduce((sum, i) => sum + Math.sqrt(rates[i]!), 0)
    const share = (i: number): number => rates[i]! - (Math.sqrt(rates[i]!) * spare) / roots
    if (share(taken.at(-1)!) <= 0 && used > 1) continue
    for (const i of taken) split[i] = share(i)
    break
  }
  return split
}

class StaticSplit implements WeightsPolicy {
  private weights: readonly number[] | undefined
  private readonly utilization: number

  constructor(weights: readonly number[] | undefined, utilization: number) {
    this.weights = weights
    this.utilization = utilization
  }

  decide({ n, cores, speed, demand, declaredRate, arrivalRate }: WeightsView): ArrayLike<number> {
    if (this.weights === undefined) {
      const rates = Array.from({ length: n }, (_, i) => (cores[i]! * speed[i]!) / demand)
      const capacity = rates.reduce((sum, rate) => sum + rate, 0)
      const known = Number.isNaN(declaredRate) ? arrivalRate : declaredRate
      const wanted = this.utilization > 0 ? this.utilization * capacity : known
      this.weights = bestSplit(rates, Math.min(wanted, MOST * capacity))
    }
    return this.weights
  }

  save(): unknown {
    return this.weights ?? null
  }

  load(state: unknown): void {
    this.weights = (state as readonly number[] | null) ?? undefined
  }
}

/**
 * The same split at all times: `weights`, one per slot; without them the best for M/M/1 queues as fast as the replicas at
 * `load` (arrivals over capacity; 0: as declared). Load 1 is in proportion to the rates, less favours the fast ones.
 */
export const staticSplit: PolicyDefinition<WeightsPolicy> = {
  name: 'static-split',
  summary: 'One split at all times: given, or the best for M/M/1 queues at a load.',
  information: 'weights',
  defaults: { weights: [], load: 0 },
  create(params, size) {
    const reader = new Params('static-split', params, this.defaults)
    const load = reader.number('load', { min: 0, max: 1 })
    const given = reader.raw('weights')
    const valid =
      Array.isArray(given) &&
      given.every((x) => typeof x === 'number' && x >= 0 && x < Number.POSITIVE_INFINITY) &&
      (given.length === 0 || given.some((x) => x > 0))
    if (!valid) {
      reader.reject('expected a list of numbers of at least 0, not all 0', 'weights', 'One per slot, or [].')
    } else if (given.length > 0 && given.length !== size) {
      reader.reject(`expected ${size} weights, got ${given.length}`, 'weights', 'Give one per slot.')
    }
    reader.finish()
    const weights = given as readonly number[]
    return new StaticSplit(weights.length > 0 ? weights : undefined, load)
  },
}
