/** A backend is one slot of one balancer; backends are numbered through, balancer after balancer. */
import type { Replicas } from '../replicas.ts'
import type { Balancer } from './balancer.ts'

export class Backends {
  readonly balancerOf: Int32Array
  readonly slotOf: Int32Array
  /** The first backend of each balancer. */
  readonly first: Int32Array

  /** Enters every backend with its replica too. */
  constructor(balancers: readonly Balancer[], replicas: Replicas) {
    this.first = new Int32Array(balancers.length)
    const owner: number[] = []
    const slots: number[] = []
    balancers.forEach((balancer, b) => {
      this.first[b] = owner.length
      balancer.spec.replicas.forEach((r, slot) => {
        replicas.backends[r]!.push(owner.length)
        owner.push(b)
        slots.push(slot)
      })
    })
    this.balancerOf = Int32Array.from(owner)
    this.slotOf = Int32Array.from(slots)
  }
}
