/**
 * Egalitarian processor sharing: n legs share c cores, each gets speed x min(1, c / n). In virtual time (the work
 * that every leg present has got) a leg that comes at V with demand d leaves at V + d, so that the next to leave is
 * the head of a heap and an event costs O(log n). Kleinrock (1967); the virtual-time form is that of fair queueing.
 */
import type { Cores } from './cores.ts'
import { CORE_HELD, CORE_NONE, CORE_RUNNING } from './legs.ts'
import { BUSY, QUEUE_CPU } from './service-gauges.ts'
import { copyShare, emptyShare, pop, push, type Share } from './virtual-time.ts'
import type { World } from './world.ts'

export class ProcessorSharing implements Cores {
  private readonly world: World
  private readonly shares: Share[]
  private readonly cores: Int32Array
  private readonly doneKind: number

  constructor(world: World) {
    this.world = world
    const { compiled, kernel } = world
    this.shares = Array.from({ length: compiled.replicaCount }, emptyShare)
    this.cores = new Int32Array(compiled.replicaCount)
    for (const spec of compiled.services) {
      for (let r = spec.firstReplica; r < spec.firstReplica + spec.slots; r++) this.cores[r] = spec.cores
    }
    this.doneKind = kernel.on('a shared cpu step ends', (r, epoch) => this.done(r, epoch))
  }

  request(row: number, demand: number): void {
    const { legs, kernel } = this.world
    const r = legs.replica[row]!
    const share = this.shares[r]!
    this.advance(r)
    if (share.rows.length === 0) share.virtual = 0
    legs.core[row] = CORE_RUNNING
    legs.work[row] = demand
    legs.workAt[row] = kernel.now
    push(share, share.virtual + demand, row)
    this.count(r, 1)
    this.schedule(r)
  }

  private done(r: number, epoch: number): void {
    const { legs, kernel, services, compiled, replicas } = this.world
    const share = this.shares[r]!
    if (epoch !== share.epoch) return
    this.advance(r)
    const row = share.rows[0]!
    share.virtual = Math.max(share.virtual, share.leave[0]!)
    pop(share)
    this.count(r, -1)
    this.schedule(r)
    const { cells } = compiled.services[replicas.service[r]!]!
    const total = kernel.now - legs.workAt[row]!
    const served = Math.min(total, legs.work[row]! / replicas.speed[r]!)
    legs.phases[row + cells.cpu]! += served
    legs.phases[row + cells.cpuWait]! += total - served
    legs.since[row] = kernel.now
    legs.core[row] = CORE_HELD
    services.steps.cpuDone(row)
  }

  /** Nothing to give back: the share ended with the step. */
  release(row: number): boolean {
    this.world.legs.core[row] = CORE_NONE
    return false
  }

  grant(): void {}

  setSpeed(replica: number, speed: number): void {
    this.advance(replica)
    this.world.replicas.speed[replica] = speed
    this.schedule(replica)
  }

  clear(replica: number): void {
    const share = this.shares[replica]!
    for (let n = share.rows.length; n > 0; n--) {
      share.rows.length = n - 1
      this.counted(replica, n, -1)
    }
    share.leave = []
    share.orders = []
    share.epoch++
  }

  isFull(replica: number, limit: number): boolean {
    return this.shares[replica]!.rows.length >= this.cores[replica]! + limit
  }

  busyAt(replica: number): number {
    return Math.min(this.cores[replica]!, this.shares[replica]!.rows.length)
  }

  /** Rows beyond the number of cores: all are served, each by a share. */
  waitingAt(replica: number): number {
    return Math.max(0, this.shares[replica]!.rows.length - this.cores[replica]!)
  }

  oldestWaitSince(): number {
    return this.world.kernel.now
  }

  cancel(row: number): void {
    const { legs } = this.world
    const r = legs.replica[row]!
    if (legs.core[row] === CORE_RUNNING) {
      const share = this.shares[r]!
      this.advance(r)
      pop(share, share.rows.indexOf(row))
      this.count(r, -1)
      this.schedule(r)
    }
    legs.core[row] = CORE_NONE
  }

  readBacklogs(owed: Float64Array): void {
    const { now } = this.world.kernel
    this.shares.forEach(({ rows, leave, virtual, updated }, r) => {
      if (rows.length === 0) return
      // Without `advance`: whoever looks must not change what comes out.
      const time = virtual + (now - updated) * this.rate(r)
      owed[r] = leave.reduce((sum, one) => sum + Math.max(0, one - time), 0)
    })
  }

  private rate(r: number): number {
    const n = this.shares[r]!.rows.length
    return this.world.replicas.speed[r]! * Math.min(1, this.cores[r]! / n)
  }

  private advance(r: number): void {
    const share = this.shares[r]!
    const { now } = this.world.kernel
    if (share.rows.length > 0) share.virtual += (now - share.updated) * this.rate(r)
    share.updated = now
  }

  private schedule(r: number): void {
    const share = this.shares[r]!
    share.epoch++
    if (share.rows.length === 0) return
    const { kernel } = this.world
    const wait = Math.max(0, share.leave[0]! - share.virtual) / this.rate(r)
    kernel.at(kernel.now + wait, this.doneKind, r, share.epoch)
  }

  /** After one came or went. */
  private count(r: number, by: 1 | -1): void {
    const n = this.shares[r]!.rows.length
    this.counted(r, by === 1 ? n : n + 1, by)
  }

  /** The n-th leg came or went: it is at work while there is a core for it. */
  private counted(r: number, n: number, by: 1 | -1): void {
    const { services, replicas } = this.world
    if (n <= this.cores[r]!) {
      services.add(r, BUSY, by)
      replicas.changeBusy(r, by)
    } else {
      services.add(r, QUEUE_CPU, by)
    }
  }

  save(): unknown {
    return this.shares.map(copyShare)
  }

  restore(state: unknown): void {
    ;(state as Share[]).forEach((share, r) => {
      this.shares[r] = copyShare(share)
    })
  }
}
