/**
 * Queries that slow each other down by the universal scalability law: of n that run each proceeds at
 * 1 / (1 + sigma (n - 1) + kappa n (n - 1)) of its speed alone, so that together they do n times as much at best, reach
 * a peak near sqrt((1 - sigma) / kappa) and fall off behind it. N. Gunther, "A Simple Capacity Model of Massively
 * Parallel Transaction Systems" (CMG 1993) and "Guerrilla Capacity Planning" (2007), where sigma is alpha, kappa beta.
 */
import type { Kernel } from '../engine/kernel.ts'
import type { DatabaseSpec } from './compile/compiled.ts'
import type { Legs } from './legs.ts'
import { copyShare, emptyShare, pop, push, type Share } from './virtual-time.ts'
import type { World } from './world.ts'

export class ContendedQueries {
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly specs: readonly DatabaseSpec[]
  /** By database. */
  private readonly shares: Share[]
  /** Latencies are multiplied by this. */
  private readonly slowness: Float64Array
  private readonly doneKind: number

  /** @param finished is told of a query that has run to its end; its time has been added to its phases. */
  constructor({ kernel, legs, compiled }: World, finished: (leg: number, d: number) => void) {
    this.kernel = kernel
    this.legs = legs
    this.specs = compiled.databases
    this.shares = this.specs.map(emptyShare)
    this.slowness = new Float64Array(this.specs.length).fill(1)
    this.doneKind = kernel.on('a contended query ends', (d, epoch) => {
      if (epoch === this.shares[d]!.epoch) finished(this.take(d), d)
    })
  }

  /** The query begins to run; alone it would take `work` seconds. */
  start(leg: number, d: number, work: number): void {
    const share = this.shares[d]!
    this.advance(d)
    if (share.rows.length === 0) share.virtual = 0
    this.legs.work[leg] = work
    this.legs.workAt[leg] = this.kernel.now
    push(share, share.virtual + work, leg)
    this.schedule(d)
  }

  private take(d: number): number {
    const { legs, kernel } = this
    const share = this.shares[d]!
    this.advance(d)
    const leg = share.rows[0]!
    share.virtual = Math.max(share.virtual, share.leave[0]!)
    pop(share)
    this.schedule(d)
    const { cells } = this.specs[d]!
    const total = kernel.now - legs.workAt[leg]!
    const served = Math.min(total, legs.work[leg]! * this.slowness[d]!)
    legs.phases[leg + cells.query]! += served
    legs.phases[leg + cells.wait]! += total - served
    legs.since[leg] = kernel.now
    return leg
  }

  slow(d: number, slowness: number): void {
    this.advance(d)
    this.slowness[d] = slowness
    this.schedule(d)
  }

  /** None runs any more. */
  clear(d: number): void {
    const share = this.shares[d]!
    share.rows = []
    share.leave = []
    share.orders = []
    share.epoch++
  }

  /** Of the speed that a query has alone. */
  private rate(d: number): number {
    const { sigma, kappa } = this.specs[d]!.usl!
    const n = this.shares[d]!.rows.length
    return 1 / (this.slowness[d]! * (1 + sigma * (n - 1) + kappa * n * (n - 1)))
  }

  private advance(d: number): void {
    const share = this.shares[d]!
    const { now } = this.kernel
    if (share.rows.length > 0) share.virtual += (now - share.updated) * this.rate(d)
    share.updated = now
  }

  private schedule(d: number): void {
    const share = this.shares[d]!
    share.epoch++
    if (share.rows.length === 0) return
    const wait = Math.max(0, share.leave[0]! - share.virtual) / this.rate(d)
    this.kernel.at(this.kernel.now + wait, this.doneKind, d, share.epoch)
  }

  save(): unknown {
    return { shares: this.shares.map(copyShare), slowness: this.slowness.slice() }
  }

  load(state: unknown): void {
    const { shares, slowness } = state as { shares: Share[]; slowness: Float64Array }
    this.slowness.set(slowness)
    shares.forEach((share, d) => {
      this.shares[d] = copyShare(share)
    })
  }
}
