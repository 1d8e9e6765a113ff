/** Replicas that work tell a balancer of their queues at every `reports.interval`. */
import type { Kernel } from '../../engine/kernel.ts'
import { READY, type Replicas } from '../replicas.ts'
import type { World } from '../world.ts'
import type { Balancer } from './balancer.ts'

export class QueueReports {
  private readonly kernel: Kernel
  private readonly replicas: Replicas
  private readonly balancers: readonly Balancer[]
  /** So far, per balancer. */
  private readonly reports: Float64Array
  private readonly reportKind: number

  constructor(world: World, balancers: readonly Balancer[]) {
    this.kernel = world.kernel
    this.replicas = world.replicas
    this.balancers = balancers
    this.reports = new Float64Array(balancers.length)
    this.reportKind = this.kernel.on('replicas report their queues', (b) => this.report(b))
  }

  start(): void {
    this.balancers.forEach(({ spec }, b) => {
      if (spec.reports !== undefined) this.kernel.at(spec.reports.interval, this.reportKind, b, 0)
    })
  }

  private report(b: number): void {
    const balancer = this.balancers[b]!
    const { replicas: slots, reports } = balancer.spec
    const { now } = this.kernel
    for (let slot = 0; slot < slots.length; slot++) {
      if (this.replicas.state[slots[slot]!] !== READY || this.replicas.crashed[slots[slot]!]! > 0) continue
      balancer.reportedLoad[slot] = this.replicas.load[slots[slot]!]!
      balancer.reportedAt[slot] = now
      balancer.sentSince[slot] = 0
    }
    const next = ++this.reports[b]! + 1
    this.kernel.at(next * reports!.interval, this.reportKind, b, 0)
  }

  save(): unknown {
    return this.reports.slice()
  }

  restore(state: unknown): void {
    this.reports.set(state as Float64Array)
  }
}
