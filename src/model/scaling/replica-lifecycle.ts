/**
 * Replicas that come and go: one takes the lowest free slot of its service and keeps it while starting, ready and
 * draining; a start that finds no free slot waits.
 */
import type { ServiceSpec } from '../compile/compiled.ts'
import { DRAINING, READY, STARTING, STOPPED } from '../replicas.ts'
import { PAID_REPLICAS, READY_REPLICAS, SERVICE_GAUGES, WORKING_REPLICAS } from '../service-gauges.ts'
import type { World } from '../world.ts'
import type { Scaler } from './scaler.ts'

export class ReplicaLifecycle {
  private readonly world: World
  private readonly scalers: readonly Scaler[]
  private readonly scalerOf: Int32Array
  /** Of a starting replica: when it will be ready, which start it was. */
  readonly readyAt: Float64Array
  private readonly startOrder: Int32Array
  private readonly readyKind: number
  private readonly cutOffKind: number

  constructor(world: World, scalers: readonly Scaler[]) {
    this.world = world
    this.scalers = scalers
    const { compiled, kernel, services } = world
    this.scalerOf = new Int32Array(compiled.replicaCount).fill(-1)
    this.readyAt = new Float64Array(compiled.replicaCount)
    this.startOrder = new Int32Array(compiled.replicaCount)
    scalers.forEach(({ spec }, i) => {
      this.scalerOf.fill(i, spec.firstReplica, spec.firstReplica + spec.slots)
    })
    compiled.services.forEach((spec: ServiceSpec, s) => {
      services.gauges.set(s * SERVICE_GAUGES + PAID_REPLICAS, spec.initialReady, 0)
    })
    this.cutOffKind = kernel.on('a replica has drained for long enough', (r, start) => this.cutOff(r, start))
    this.readyKind = kernel.on('a replica becomes ready', (r, start) => this.becameReady(r, start))
  }

  start(scaler: Scaler): void {
    const { replicas, kernel, draws } = this.world
    const { firstReplica, slots, startupSite } = scaler.spec
    let r = firstReplica
    while (r < firstReplica + slots && replicas.state[r] !== STOPPED) r++
    if (r === firstReplica + slots) {
      scaler.pending++
      return
    }
    const start = ++scaler.starts
    const startup = draws.sample(startupSite, start, 0, 0)
    scaler.starting++
    this.count(scaler, PAID_REPLICAS, 1)
    this.startOrder[r] = start
    const { readiness } = scaler.spec
    const probing =
      readiness === undefined
        ? 0
        : readiness.initialDelay + (readiness.successThreshold - 1) * readiness.period
    this.readyAt[r] = kernel.now + startup + probing
    replicas.setState(r, STARTING)
    kernel.at(kernel.now + startup, this.readyKind, r, start)
  }

  /** A start that waits is cancelled first, then the youngest that is starting; then the least loaded drains. */
  stop(scaler: Scaler): void {
    const { replicas, kernel } = this.world
    if (scaler.pending > 0) {
      scaler.pending--
      return
    }
    const { firstReplica, slots } = scaler.spec
    let youngest = -1
    let idlest = -1
    for (let r = firstReplica; r < firstReplica + slots; r++) {
      if (replicas.state[r] === STARTING) {
        if (youngest < 0 || this.startOrder[r]! > this.startOrder[youngest]!) youngest = r
      } else if (replicas.state[r] === READY && (idlest < 0 || this.idler(r, idlest))) idlest = r
    }
    if (youngest >= 0) {
      this.startOrder[youngest] = 0
      scaler.starting--
      this.stopped(scaler, youngest)
      return
    }
    scaler.ready--
    this.count(scaler, READY_REPLICAS, -1)
    scaler.draining++
    replicas.setState(idlest, DRAINING)
    const { drainTimeout } = scaler.config
    if (drainTimeout !== undefined)
      kernel.at(kernel.now + drainTimeout, this.cutOffKind, idlest, this.startOrder[idlest]!)
    replicas.settle(idlest)
  }

  /** Whether r rather than other should drain: fewer requests, else ready for a shorter time, else the higher slot. */
  private idler(r: number, other: number): boolean {
    const { load, expected, readySince } = this.world.replicas
    const difference = load[r]! + expected[r]! - load[other]! - expected[other]!
    return difference < 0 || (difference === 0 && readySince[r]! >= readySince[other]!)
  }

  private becameReady(r: number, start: number): void {
    const { replicas } = this.world
    if (this.startOrder[r] !== start || replicas.state[r] !== STARTING) return
    if (!replicas.probes(r)) this.makeReady(r)
  }

  /** The starting replica is ready. */
  makeReady(r: number): void {
    const scaler = this.scalers[this.scalerOf[r]!]!
    scaler.starting--
    scaler.ready++
    this.count(scaler, READY_REPLICAS, 1)
    this.count(scaler, WORKING_REPLICAS, 1)
    this.world.replicas.setState(r, READY)
  }

  /** The replica has drained for long enough: what is left fails. */
  private cutOff(r: number, start: number): void {
    const { replicas, services } = this.world
    if (this.startOrder[r] !== start || replicas.state[r] !== DRAINING) return
    const scaler = this.scalers[this.scalerOf[r]!]!
    scaler.cutOff += replicas.load[r]!
    // It stops with the last of them, unless something is on its way there.
    services.interruptions.crash(r)
    if (replicas.state[r] === DRAINING) this.drained(r)
  }

  /** A draining replica has nothing left. */
  drained(r: number): void {
    const scaler = this.scalers[this.scalerOf[r]!]!
    scaler.draining--
    this.count(scaler, WORKING_REPLICAS, -1)
    this.stopped(scaler, r)
  }

  private stopped(scaler: Scaler, r: number): void {
    this.count(scaler, PAID_REPLICAS, -1)
    this.world.replicas.setState(r, STOPPED)
    if (scaler.pending === 0) return
    scaler.pending--
    this.start(scaler)
  }

  private count(scaler: Scaler, gauge: number, by: number): void {
    this.world.services.gauges.add(scaler.service * SERVICE_GAUGES + gauge, by, this.world.kernel.now)
  }

  save(): unknown {
    return { readyAt: this.readyAt.slice(), startOrder: this.startOrder.slice() }
  }

  restore(state: unknown): void {
    const from = state as { readyAt: Float64Array; startOrder: Int32Array }
    this.readyAt.set(from.readyAt)
    this.startOrder.set(from.startOrder)
  }
}
