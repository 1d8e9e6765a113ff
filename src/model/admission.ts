/**
 * What a service does about more legs than it can take: limits of rate and concurrency and of the queue where they
 * arrive, shedding where they leave the queue for a core. A leg is checked once, at its arrival; one that was let wait
 * is not refused later, but for its own `maxWait`.
 */
import type { Kernel } from '../engine/kernel.ts'
import { createDelayShedder, type DelayShedder } from '../policies/admission/index.ts'
import { OUTCOMES } from '../results/types.ts'
import { type LimitedUnit, Limits, type LimitsHost } from './admission/limits.ts'
import { PriorityLevels } from './admission/priority-levels.ts'
import {
  BY_DELAY,
  BY_LEVEL,
  BY_QUEUE,
  BY_RATE,
  CANCELLED,
  DISPLACED,
  EXPIRED,
  Refusals,
} from './admission/refusals.ts'
import type { Callers } from './callers.ts'
import type { ServiceSpec } from './compile/compiled.ts'
import { isFresh } from './core-queue.ts'
import type { Legs } from './legs.ts'
import { BRANCH } from './legs.ts'
import { QUEUE_CPU, SERVICE_GAUGES } from './service-gauges.ts'
import type { Services } from './services.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const SHED = OUTCOMES.indexOf('shed')
const RATE_LIMITED = OUTCOMES.indexOf('rate-limited')
const DEADLINE = OUTCOMES.indexOf('deadline')

/** Verdicts beside outcomes. */
export const ADMITTED = -1
export const ABANDONED = -2

export class Admission implements Part, LimitsHost {
  /** By service. */
  readonly refusals: Refusals
  readonly width = 1
  readonly limits: Limits
  /** Where some service has DAGOR. */
  readonly levels: PriorityLevels | undefined
  /** 1 per replica where somebody may be dropped when a core is free. */
  readonly watched: Uint8Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly specs: readonly ServiceSpec[]
  private callers!: Callers
  private services!: Services
  /** By replica; with `scope: service` its replicas have the same one. */
  private readonly shedders: (DelayShedder | undefined)[] = []

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.specs = world.compiled.services
    this.refusals = new Refusals(this.specs.length)
    this.limits = new Limits(world, this.specs.map(unitOf), this.refusals, this, 'to a service')
    this.levels = this.specs.some(({ overload }) => overload?.dagor !== undefined)
      ? new PriorityLevels(world, this.refusals)
      : undefined
    this.watched = new Uint8Array(world.compiled.replicaCount)
    for (const spec of this.specs) this.watch(spec)
  }

  wire(): void {
    const { callers, services } = this.world
    this.callers = callers
    this.services = services
  }

  private watch({ overload, cancel, firstReplica, slots }: ServiceSpec): void {
    const drops = cancel !== 'never' || overload?.shedExpired === true || overload?.dagor !== undefined
    const delay = overload?.shedDelay
    for (let r = firstReplica; r < firstReplica + slots; r++) {
      if (drops || delay !== undefined) this.watched[r] = 1
      if (delay === undefined) continue
      const shared = overload!.scope === 'service' && r > firstReplica
      this.shedders[r] = shared ? this.shedders[firstReplica] : createDelayShedder(delay)
    }
  }

  count(s: number, reason: number): void {
    this.refusals.add(s, reason)
  }

  /** A leg that its service does not want. Gives whether it goes without an answer: its caller is not there to hear it. */
  countUnwanted(leg: number, s: number, spec: ServiceSpec): boolean {
    const dropped = spec.cancel !== 'never' && !this.callers.isAwaited(leg)
    this.count(s, dropped ? CANCELLED : EXPIRED)
    return dropped
  }

  /** Of a leg that arrives at replica `r` of service `s`: ADMITTED, ABANDONED, or the outcome that it is answered with. */
  check(leg: number, r: number, s: number, spec: ServiceSpec): number {
    const { overload } = spec
    const { limits } = this
    limits.begin(leg)
    if (!this.wants(leg, spec)) {
      return this.countUnwanted(leg, s, spec) ? ABANDONED : DEADLINE
    }
    if (overload === undefined) return ADMITTED
    if (limits.isTooFast(leg, leg, r, s)) {
      this.count(s, BY_RATE)
      return RATE_LIMITED
    }
    if (overload.dagor !== undefined && !this.levels!.admits(leg, r)) {
      this.count(s, BY_LEVEL)
      return SHED
    }
    const reason = limits.refuses(leg, leg, r, s)
    if (reason >= 0) {
      this.count(s, reason)
      return SHED
    }
    if (this.isFull(r, s, spec) && !this.displace(leg, r, s, spec)) {
      limits.giveBack(leg)
      this.count(s, BY_QUEUE)
      return SHED
    }
    limits.take(leg, leg, r, s)
    return ADMITTED
  }

  /** No core of the replica is free, and as many as may wait for one, there or at all replicas together. */
  private isFull(r: number, s: number, { overload }: ServiceSpec): boolean {
    const { queueLimit, scope } = overload!
    const cores = this.services.cores[s]!
    return scope === 'service'
      ? cores.isFull(r, 0) && this.waitingForCores(s) >= queueLimit
      : cores.isFull(r, queueLimit)
  }

  private waitingForCores(s: number): number {
    return this.services.gauges.value[s * SERVICE_GAUGES + QUEUE_CPU]!
  }

  private displace(leg: number, r: number, s: number, spec: ServiceSpec): boolean {
    if (spec.overload!.queue !== 'priority') return false
    const row = this.services.displaced(r, this.legs.cls[leg]!)
    if (row < 0) return false
    this.count(s, DISPLACED)
    this.services.shed(row)
    return true
  }

  /** The leg leaves replica `r`; one that waits may be admitted instead. */
  left(leg: number, r: number, outcome: number): void {
    if (this.limits.limiting) this.limits.left(leg, leg, r, outcome === OK)
    if (this.levels !== undefined) this.levels.left(leg, r)
  }

  instanceOf(leg: number): number {
    return this.legs.replica[leg]!
  }

  cellOf(leg: number): number {
    return leg
  }

  enter(leg: number): void {
    this.services.enter(leg)
  }

  refuse(leg: number): void {
    this.services.fail(leg, SHED)
  }

  isWanted(leg: number, s: number): boolean {
    return this.wants(leg, this.specs[s]!)
  }

  discard(leg: number): void {
    this.services.discard(leg)
  }

  /** False where nobody waits for the leg of the row any more, and its service cares. */
  wants(row: number, spec: ServiceSpec): boolean {
    const { legs } = this
    if (spec.cancel === 'never' && spec.overload?.shedExpired !== true) return true
    let leg = row
    while (legs.kind[leg] === BRANCH) leg = legs.parent[leg]!
    // A deadline is the client's, so it is seen at any depth; cancellation comes from the caller.
    return spec.overload?.shedExpired === true ? this.callers.isWanted(leg) : this.callers.isAwaited(leg)
  }

  /** The row is the next to get a core of replica `r`, with `waiting` behind it: whether it is dropped instead. */
  drops(row: number, r: number, waiting: number): boolean {
    const s = this.world.replicas.service[r]!
    if (!this.wants(row, this.specs[s]!)) {
      this.services.discard(row)
      return true
    }
    if (this.isShedBefore(row, r, s, waiting)) return true
    if (this.specs[s]!.overload?.dagor !== undefined) this.levels!.started(row, r)
    return false
  }

  /** Whether the row is shed for its wait. */
  private isShedBefore(row: number, r: number, s: number, waiting: number): boolean {
    const shedder = this.shedders[r]
    if (shedder === undefined || !isFresh(this.legs, row)) return false
    const { now } = this.kernel
    const shared = this.specs[s]!.overload!.scope === 'service'
    // The row itself still counts as waiting.
    const behind = shared ? this.waitingForCores(s) - 1 : waiting
    if (!shedder.drops(now, now - this.legs.since[row]!, behind)) return false
    this.count(s, BY_DELAY)
    this.services.shed(row)
    return true
  }

  /** The row got a core of replica `r` without waiting. */
  passed(row: number, r: number): void {
    this.shedders[r]?.drops(this.kernel.now, 0, 0)
    if (this.levels !== undefined) this.levels.started(row, r)
  }

  save(): unknown {
    return {
      refused: this.refusals.counts.slice(),
      limits: this.limits.save(),
      levels: this.levels?.save(),
      shedders: this.shedders.map((shedder) => shedder?.save()),
    }
  }

  restore(state: unknown): void {
    const from = state as { refused: Float64Array; limits: unknown; levels: unknown; shedders: unknown[] }
    this.refusals.counts.set(from.refused)
    this.limits.restore(from.limits)
    this.levels?.restore(from.levels)
    this.shedders.forEach((shedder, i) => {
      shedder?.load(from.shedders[i])
    })
  }
}

function unitOf({ name, firstReplica, slots, endpoints, cells, overload }: ServiceSpec): LimitedUnit {
  return {
    name,
    firstInstance: firstReplica,
    instances: slots,
    shared: overload?.scope === 'service',
    endpoints,
    waitCell: cells.admission,
    rateLimit: overload?.rateLimit,
    concurrencyLimit: overload?.concurrencyLimit,
    bulkheads: overload?.bulkheads,
    order: 'fifo',
    shedDelay: undefined,
  }
}
