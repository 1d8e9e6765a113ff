/** Legs for which their balancer has no backend: they wait up to its `noBackend`, first come first served. */
import type { Kernel } from '../../engine/kernel.ts'
import type { Gauges } from '../../metrics/gauges.ts'
import { OUTCOMES } from '../../results/types.ts'
import { Fifo } from '../fifo.ts'
import type { Legs } from '../legs.ts'
import type { World } from '../world.ts'
import type { Balancer } from './balancer.ts'
import type { BalancerAdmission } from './balancer-admission.ts'

const SHED = OUTCOMES.indexOf('shed')
const UNAVAILABLE = OUTCOMES.indexOf('unavailable')

export class Unroutable {
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly balancers: readonly Balancer[]
  /** That of balancer b at 2 b + 1. */
  private readonly gauges: Gauges
  private readonly queue: Fifo
  private readonly decideKind: number
  private readonly giveUpKind: number
  private readonly admission: BalancerAdmission | undefined

  /** `decideKind`: the event in which a balancer decides for a leg. */
  constructor(
    world: World,
    balancers: readonly Balancer[],
    gauges: Gauges,
    decideKind: number,
    admission: BalancerAdmission | undefined,
  ) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.balancers = balancers
    this.gauges = gauges
    this.queue = new Fifo(world.legs, balancers.length)
    this.decideKind = decideKind
    this.admission = admission
    this.giveUpKind = this.kernel.on('a wait for a backend ends', (leg, timer) => this.giveUp(leg, timer))
  }

  /** The leg waits at balancer `b`, or ends `unavailable` at once. */
  hold(b: number, leg: number): void {
    const { legs, kernel } = this
    const { noBackend, node } = this.balancers[b]!.spec
    legs.node[leg] = node
    if (noBackend > 0) {
      if (this.admission?.isQueueFull(b, this.queue.length[b]!)) {
        this.refuse(leg, b, SHED)
        return
      }
      this.queue.push(b, leg)
      this.gauges.add(2 * b + 1, 1, kernel.now)
      kernel.at(kernel.now + noBackend, this.giveUpKind, leg, ++legs.timer[leg]!)
      return
    }
    this.refuse(leg, b, UNAVAILABLE)
  }

  /** Balancer `b` has a backend again. */
  release(b: number): void {
    const { legs, kernel } = this
    while (this.queue.length[b]! > 0) {
      const leg = this.queue.pop(b)
      legs.timer[leg]!++
      this.endWait(b, leg)
      if (this.admission === undefined || this.admission.isWanted(leg, b))
        kernel.task(this.decideKind, b, leg)
      else {
        this.admission.left(leg, b, legs.frameCount[leg]!, false)
        this.admission.discard(leg)
      }
    }
  }

  private giveUp(leg: number, timer: number): void {
    const { legs } = this
    if (legs.timer[leg] !== timer) return
    const b = this.world.compiled.nodes[legs.node[leg]!]!.index
    this.queue.remove(b, leg)
    this.endWait(b, leg)
    this.refuse(leg, b, UNAVAILABLE)
  }

  private endWait(b: number, leg: number): void {
    const { now } = this.kernel
    this.gauges.add(2 * b + 1, -1, now)
    this.legs.endPhase(leg, this.balancers[b]!.spec.unroutableCell, now)
  }

  private refuse(leg: number, b: number, outcome: number): void {
    const { legs } = this
    this.admission?.left(leg, b, legs.frameCount[leg]!, false)
    legs.outcome[leg] = outcome
    this.world.network.back(leg)
  }

  save(): unknown {
    return this.queue.save()
  }

  restore(state: unknown): void {
    this.queue.load(state)
  }
}
