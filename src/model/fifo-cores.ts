/**
 * First come, first served: c cores with one queue per replica. A core is kept over consecutive cpu steps. A leg
 * that gets a core starts after everything else that is due at that instant, and so does the leg that gave it: among
 * equals, those who did not have to ask anybody schedule first. That is the order of SimPy, and so of AsyncFlow.
 */

import type { Kernel } from '../engine/kernel.ts'
import type { Admission } from './admission.ts'
import { CoreQueue, isFresh, type RowQueue } from './core-queue.ts'
import type { Cores } from './cores.ts'
import { Fifo } from './fifo.ts'
import type { Legs } from './legs.ts'
import { CORE_GRANTED, CORE_HELD, CORE_NONE, CORE_RUNNING, CORE_WAITING } from './legs.ts'
import type { Replicas } from './replicas.ts'
import { BUSY, QUEUE_CPU } from './service-gauges.ts'
import type { Services } from './services.ts'
import type { StepRunner } from './serving/step-runner.ts'
import type { World } from './world.ts'

export class FifoCores implements Cores {
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private replicas!: Replicas
  private services!: Services
  private steps!: StepRunner
  private readonly busy: Int32Array
  private readonly queue: RowQueue
  private admission: Admission | undefined
  /** 1 where a row may be dropped when it is next. */
  private watched: Uint8Array
  private readonly cores: Int32Array
  private readonly waitCell: Int32Array
  private readonly cpuCell: Int32Array
  private readonly doneKind: number
  private readonly grantedKind: number

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    const { compiled, kernel, legs } = world
    this.busy = new Int32Array(compiled.replicaCount)
    const orders = compiled.services.flatMap(({ overload, slots }) =>
      Array.from({ length: slots }, () => overload?.queue ?? 'fifo'),
    )
    this.queue = orders.some((order) => order !== 'fifo')
      ? new CoreQueue(legs, kernel, compiled.classes, orders)
      : new Fifo(legs, compiled.replicaCount)
    this.watched = new Uint8Array(compiled.replicaCount)
    this.cores = new Int32Array(compiled.replicaCount)
    this.waitCell = new Int32Array(compiled.replicaCount)
    this.cpuCell = new Int32Array(compiled.replicaCount)
    for (const spec of compiled.services) {
      for (let r = spec.firstReplica; r < spec.firstReplica + spec.slots; r++) {
        this.cores[r] = spec.cores
        this.waitCell[r] = spec.cells.cpuWait
        this.cpuCell[r] = spec.cells.cpu
      }
    }
    this.doneKind = kernel.on('a cpu step ends', (row, timer) => this.done(row, timer))
    this.grantedKind = kernel.on('a leg gets a core', (row, timer) => {
      if (legs.timer[row] === timer) this.run(row, legs.replica[row]!)
    })
  }

  wire(): void {
    const { replicas, services } = this.world
    this.replicas = replicas
    this.services = services
    this.steps = services.steps
    this.admission = services.admission
    if (this.admission !== undefined) this.watched = this.admission.watched
  }

  request(row: number, demand: number): void {
    const { legs, kernel, services } = this
    const r = legs.replica[row]!
    legs.work[row] = demand
    if (legs.core[row] === CORE_HELD) {
      this.run(row, r)
    } else if (this.busy[r]! < this.cores[r]! && this.queue.length[r] === 0) {
      this.changeBusy(r, 1)
      if (this.watched[r] === 1) this.admission!.passed(row, r)
      if (kernel.isIdle) {
        this.run(row, r)
      } else {
        legs.core[row] = CORE_GRANTED
        kernel.last(this.grantedKind, row, legs.timer[row]!)
      }
    } else {
      legs.core[row] = CORE_WAITING
      this.queue.push(r, row)
      services.add(r, QUEUE_CPU, 1)
      this.grant(r)
    }
  }

  grant(r: number): void {
    while (this.queue.length[r]! > 0 && this.busy[r]! < this.cores[r]!) {
      const row = this.takeFirst(r)
      if (row < 0) return
      this.changeBusy(r, 1)
      this.kernel.last(this.grantedKind, row, this.legs.timer[row]!)
    }
  }

  private changeBusy(r: number, by: number): void {
    this.busy[r]! += by
    this.services.add(r, BUSY, by)
    this.replicas.changeBusy(r, by)
  }

  /** The row that gets the next core; -1 when all that waited are dropped. */
  private takeFirst(r: number): number {
    const { legs, kernel, services, queue } = this
    while (queue.length[r]! > 0) {
      const row = queue.pop(r)
      const dropped = this.watched[r] === 1 && this.admission!.drops(row, r, queue.length[r]!)
      services.add(r, QUEUE_CPU, -1)
      legs.endPhase(row, this.waitCell[r]!, kernel.now)
      legs.core[row] = dropped ? CORE_NONE : CORE_GRANTED
      if (!dropped) return row
    }
    return -1
  }

  private run(row: number, r: number): void {
    const { legs, kernel, replicas } = this
    legs.core[row] = CORE_RUNNING
    legs.workAt[row] = kernel.now
    kernel.at(kernel.now + legs.work[row]! / replicas.speed[r]!, this.doneKind, row, legs.timer[row]!)
  }

  private done(row: number, timer: number): void {
    const { legs, kernel } = this
    if (legs.timer[row] !== timer) return
    legs.core[row] = CORE_HELD
    legs.endPhase(row, this.cpuCell[legs.replica[row]!]!, kernel.now)
    this.steps.cpuDone(row)
  }

  release(row: number): boolean {
    const { legs, kernel } = this
    const r = legs.replica[row]!
    legs.core[row] = CORE_NONE
    if (!kernel.isIdle) {
      this.changeBusy(r, -1)
      return true
    }
    const next = this.queue.length[r] === 0 ? -1 : this.takeFirst(r)
    if (next < 0) this.changeBusy(r, -1)
    else kernel.task(this.grantedKind, next, legs.timer[next]!)
    return false
  }

  setSpeed(replica: number, speed: number): void {
    const { legs, kernel, replicas } = this
    const before = replicas.speed[replica]!
    replicas.speed[replica] = speed
    for (const row of this.runningAt(replica)) {
      const work = Math.max(0, legs.work[row]! - (kernel.now - legs.workAt[row]!) * before)
      legs.work[row] = work
      legs.workAt[row] = kernel.now
      kernel.at(kernel.now + work / speed, this.doneKind, row, ++legs.timer[row]!)
    }
  }

  /** The rows that use a core of the replica, in the order of the table. */
  private runningAt(replica: number): number[] {
    const { legs } = this
    const rows: number[] = []
    // Each has the event of its end pending: far fewer than there are rows.
    this.kernel.queue.forEach(this.doneKind, (row, timer) => {
      if (legs.timer[row] === timer && legs.replica[row] === replica && legs.core[row] === CORE_RUNNING)
        rows.push(row)
    })
    return rows.sort((a, b) => a - b)
  }

  isFull(replica: number, limit: number): boolean {
    return this.busy[replica]! >= this.cores[replica]! && this.queue.length[replica]! >= limit
  }

  busyAt(replica: number): number {
    return this.busy[replica]!
  }

  waitingAt(replica: number): number {
    return this.queue.length[replica]!
  }

  oldestWaitSince(replica: number): number {
    const row = this.queue.first(replica)
    return row < 0 ? this.kernel.now : this.legs.since[row]!
  }

  cancel(row: number): void {
    const { legs } = this
    const r = legs.replica[row]!
    if (legs.core[row] === CORE_WAITING) {
      this.takeOut(row, r)
    } else if (legs.core[row] !== CORE_NONE) {
      legs.core[row] = CORE_NONE
      this.changeBusy(r, -1)
      this.grant(r)
    }
  }

  /** Takes out a leg that waits and is less important than class `cls`; -1 where there is none. */
  displace(r: number, cls: number): number {
    const row = (this.queue as CoreQueue).lessImportant(r, cls, (other) => isFresh(this.legs, other))
    if (row >= 0) this.takeOut(row, r)
    return row
  }

  /** The row no longer waits for a core. */
  private takeOut(row: number, r: number): void {
    this.queue.remove(r, row)
    this.services.add(r, QUEUE_CPU, -1)
    this.legs.endPhase(row, this.waitCell[r]!, this.kernel.now)
    this.legs.core[row] = CORE_NONE
  }

  clear(replica: number): void {
    const { services, replicas } = this
    services.add(replica, QUEUE_CPU, -this.queue.length[replica]!)
    services.add(replica, BUSY, -this.busy[replica]!)
    replicas.changeBusy(replica, -this.busy[replica]!)
    this.queue.clear(replica)
    this.busy[replica] = 0
  }

  readBacklogs(owed: Float64Array): void {
    const { legs, kernel, replicas, services } = this
    for (let row = 0; row < legs.end; row += legs.stride) {
      const core = legs.core[row]!
      if (core !== CORE_WAITING && core !== CORE_GRANTED && core !== CORE_RUNNING) continue
      const r = legs.replica[row]!
      if (r < 0 || services.cores[replicas.service[r]!] !== this) continue
      const done = core === CORE_RUNNING ? (kernel.now - legs.workAt[row]!) * replicas.speed[r]! : 0
      owed[r] = owed[r]! + Math.max(0, legs.work[row]! - done)
    }
  }

  save(): unknown {
    return { busy: this.busy.slice(), queue: this.queue.save() }
  }

  restore(state: unknown): void {
    const { busy, queue } = state as { busy: Int32Array; queue: unknown }
    this.busy.set(busy)
    this.queue.load(queue)
  }
}
