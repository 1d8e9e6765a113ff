/**
 * Least requests in flight per weight, ties by smooth weighted round robin among the tied slots (nginx's
 * least_conn). With equal weights that is going round the tied slots, which the index does in O(log n)
 * however many are tied; with unequal weights every tied slot is visited.
 */
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, IndexKey, PolicyDefinition } from '../types.ts'

const KEY: IndexKey = {
  dependsOn: 'inFlight',
  of(view, slot) {
    const weight = view.weight[slot]!
    return weight > 0 ? view.inFlight[slot]! / weight : Number.MAX_VALUE
  },
}

type State = { readonly last: number; readonly current: readonly number[] }

class LeastRequest implements BalancingPolicy {
  /** The slot that won the last tie; for equal weights. */
  private last = -1
  /** The credit of each slot; for unequal weights. */
  private readonly current: Float64Array
  private view: BalancerView | undefined
  private version = 0
  private equal = false
  private best = -1
  private total = 0

  constructor(size: number) {
    this.view = undefined
    this.current = new Float64Array(size)
  }

  decide(view: BalancerView): number {
    if (view !== this.view || view.weightVersion !== this.version) this.prepare(view)
    const index = view.minIndex(KEY)
    if (index.count() === 1) return index.first()
    if (this.equal) {
      this.last = index.after(this.last)
      return this.last
    }
    this.best = -1
    this.total = 0
    index.forEachMin(this.gain)
    this.current[this.best] = this.current[this.best]! - this.total
    return this.best
  }

  private readonly gain = (slot: number): void => {
    const { current } = this
    const weight = this.view!.weight[slot]!
    this.total += weight
    current[slot] = current[slot]! + weight
    if (this.best === -1 || current[slot]! > current[this.best]!) this.best = slot
  }

  private prepare(view: BalancerView): void {
    this.view = view
    this.version = view.weightVersion
    this.equal = view.weight.every((weight) => weight === view.weight[0])
  }

  save(): State {
    return { last: this.last, current: Array.from(this.current) }
  }

  load(state: unknown): void {
    const { last, current } = state as State
    this.last = last
    this.current.set(current)
  }
}

export const leastRequest: PolicyDefinition<BalancingPolicy> = {
  name: 'least-request',
  summary: 'Fewest own requests in flight per weight, ties in turn by weight.',
  information: 'own',
  defaults: {},
  create(params, size) {
    new Params('least-request', params, this.defaults).finish()
    return new LeastRequest(size)
  },
}
