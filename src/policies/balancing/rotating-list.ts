/**
 * AsyncFlow's round robin: a list whose first entry is taken and moved to the end. A slot that leaves the
 * rotation is removed and one that comes back is appended, so that the order is state of its own.
 */
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'

/** `joined` as of the last decision, by slot. */
type State = { readonly order: readonly number[]; readonly joined: readonly number[] }

class RotatingList implements BalancingPolicy {
  private order: number[] = []
  private joined: number[] = []

  decide(view: BalancerView): number {
    this.follow(view)
    const { order } = this
    const slot = order.shift()!
    order.push(slot)
    return slot
  }

  /** Slots that stayed keep their places, before those that came in since. */
  private follow({ rotation, joined, available }: BalancerView): void {
    const stayed = (slot: number): boolean => available[slot] === 1 && this.joined[slot] === joined[slot]
    if (rotation.length === this.order.length && rotation.every(stayed)) return
    this.order = this.order.filter(stayed).concat(rotation.filter((slot) => !stayed(slot)))
    for (const slot of rotation) this.joined[slot] = joined[slot]!
  }

  save(): State {
    return { order: [...this.order], joined: [...this.joined] }
  }

  load(state: unknown): void {
    const { order, joined } = state as State
    this.order = [...order]
    this.joined = [...joined]
  }
}

export const rotatingList: PolicyDefinition<BalancingPolicy> = {
  name: 'rotating-list',
  summary: "AsyncFlow's round robin: the first of a list, then moved to its end.",
  information: 'own',
  defaults: {},
  create(params) {
    new Params('rotating-list', params, this.defaults).finish()
    return new RotatingList()
  },
}
