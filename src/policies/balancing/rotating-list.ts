/**
 * AsyncFlow's round robin: a list whose first entry is taken and moved to the end. A slot that leaves the
 * rotation is removed and one that comes back is appended, so that the order is state of its own.
 */
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'

type State = { readonly order: readonly number[]; readonly rotation: readonly number[] }

class RotatingList implements BalancingPolicy {
  private order: number[] = []
  /** The view's rotation as of the last decision. */
  private rotation: number[] = []

  decide(view: BalancerView): number {
    if (!sameOrder(view.rotation, this.rotation)) this.follow(view.rotation)
    const { order } = this
    const at = order.findIndex((entry) => view.available[entry] === 1)
    const slot = order[at]!
    order.splice(at, 1)
    order.push(slot)
    return slot
  }

  /** Slots that stayed keep their order in the rotation and come before those that were appended to it. */
  private follow(rotation: readonly number[]): void {
    const stayed = new Set<number>()
    let from = 0
    let next = 0
    for (; next < rotation.length; next++) {
      const found = this.rotation.indexOf(rotation[next]!, from)
      if (found === -1) break
      stayed.add(rotation[next]!)
      from = found + 1
    }
    this.order = this.order.filter((slot) => stayed.has(slot)).concat(rotation.slice(next))
    this.rotation = [...rotation]
  }

  save(): State {
    return { order: [...this.order], rotation: [...this.rotation] }
  }

  load(state: unknown): void {
    const { order, rotation } = state as State
    this.order = [...order]
    this.rotation = [...rotation]
  }
}

function sameOrder(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
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
