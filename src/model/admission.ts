/**
 * What a service does about more legs than it can take: rate, concurrency and queue limits where they arrive, shedding
 * where they leave the queue for a core. A leg is checked once, at its arrival; one that was let wait is not refused
 * later, but for its own `maxWait`.
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import {
  type ConcurrencyLimit,
  createConcurrencyLimit,
  createDelayShedder,
  createRateLimiter,
  type DelayShedder,
  type RateLimiter,
} from '../policies/admission/index.ts'
import { Stream } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { Callers } from './callers.ts'
import { Compartments } from './compartments.ts'
import type { Compiled, ServiceSpec } from './compile/compiled.ts'
import { isFresh } from './core-queue.ts'
import { Fifo } from './fifo.ts'
import type { Legs } from './legs.ts'
import { BRANCH } from './legs.ts'
import type { Services } from './services.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const SHED = OUTCOMES.indexOf('shed')
const RATE_LIMITED = OUTCOMES.indexOf('rate-limited')
const DEADLINE = OUTCOMES.indexOf('deadline')

/** Why a service did not do the work of a leg. */
export const REASONS = [
  'rate-limit',
  'concurrency-limit',
  'bulkhead',
  'queue-limit',
  'displaced',
  'delay',
  'expired',
  'cancelled',
] as const
const BY_RATE = 0
const BY_CONCURRENCY = 1
const BY_BULKHEAD = 2
const BY_QUEUE = 3
const DISPLACED = 4
const BY_DELAY = 5
const EXPIRED = 6
export const CANCELLED = 7

/** Gauges per service: legs that wait for admission; the limit of concurrency, as a mean over its replicas. */
export const ADMISSION_QUEUE = 0
export const LIMIT = 1
export const ADMISSION_GAUGES = 2

/** Verdicts beside outcomes. */
export const ADMITTED = -1
export const ABANDONED = -2

/** Of a leg, in `stage`. */
const NOT_COUNTED = 0
const WAITING = 1
const COUNTED = 2

export class Admission implements Part {
  readonly gauges: Gauges
  /** [service x REASONS] */
  readonly counts: Float64Array
  /** 1 per replica where somebody may be dropped when a core is free. */
  readonly watched: Uint8Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private readonly specs: readonly ServiceSpec[]
  private callers!: Callers
  private services!: Services
  /** By service, and by place. */
  private readonly compartments: readonly Compartments[]
  private readonly limits: (ConcurrencyLimit | undefined)[] = []
  /** By replica, or under `scope: service` at the first one. */
  private readonly rates: (readonly RateLimiter[] | undefined)[] = []
  private readonly shedders: (DelayShedder | undefined)[] = []
  private readonly inFlight: Int32Array
  private readonly queue: Fifo
  private stage: Uint8Array = new Uint8Array(0)
  /** Legs in flight at the admission, and when that was. */
  private inFlightAt: Int32Array = new Int32Array(0)
  private admittedAt: Float64Array = new Float64Array(0)
  /** A leaky bucket lets the leg go on then. */
  private notBefore: Float64Array = new Float64Array(0)
  private readonly limiting: boolean
  private readonly leaky: boolean
  private readonly maxWaitKind: number
  private readonly enterKind: number

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.compiled = world.compiled
    const { compiled, legs, kernel } = world
    this.specs = compiled.services
    this.gauges = new Gauges(this.specs.length * ADMISSION_GAUGES)
    this.counts = new Float64Array(this.specs.length * REASONS.length)
    this.watched = new Uint8Array(compiled.replicaCount)
    let places = 0
    this.compartments = this.specs.map((spec) => {
      const own = new Compartments(spec, compiled.classes, places)
      places += own.places
      return own
    })
    this.inFlight = new Int32Array(places)
    this.queue = new Fifo(legs, places)
    this.specs.forEach((spec, s) => this.create(spec, s))
    this.limiting = this.limits.some((limit) => limit !== undefined)
    this.leaky = this.specs.some((spec) => spec.overload?.rateLimit?.kind === 'leaky')
    if (this.limiting) {
      legs.uint8((array) => {
        this.stage = array
      })
      legs.int32((array) => {
        this.inFlightAt = array
      })
      legs.float64((array) => {
        this.admittedAt = array
      })
    }
    if (this.leaky) {
      legs.float64((array) => {
        this.notBefore = array
      })
    }
    this.maxWaitKind = kernel.on('a wait for admission is over', (leg, timer) => {
      if (legs.timer[leg] === timer) this.waitedOut(leg)
    })
    this.enterKind = kernel.on('a leg is admitted', (leg, timer) => {
      if (legs.timer[leg] === timer) this.enter(leg)
    })
  }

  wire(): void {
    const { callers, services } = this.world
    this.callers = callers
    this.services = services
  }

  private create(spec: ServiceSpec, s: number): void {
    const { overload, firstReplica, slots } = spec
    const drops = spec.cancel !== 'never' || overload?.shedExpired === true
    for (let r = firstReplica; r < firstReplica + slots; r++) {
      if (drops || overload?.shedDelay !== undefined) this.watched[r] = 1
      if (overload?.shedDelay !== undefined) this.shedders[r] = createDelayShedder(overload.shedDelay)
      if (r > firstReplica && overload?.scope === 'service') continue
      const { rateLimit } = overload ?? {}
      if (rateLimit !== undefined) {
        const count = rateLimit.perClass ? this.compiled.classes.length : 1
        this.rates[r] = Array.from({ length: count }, () => createRateLimiter(rateLimit))
      }
      this.compartments[s]!.limits.forEach((limitSpec, k) => {
        const place = this.compartments[s]!.placeOf(r, k)
        if (limitSpec === undefined) {
          this.limits[place] = undefined
          return
        }
        const stream = (): Stream => Stream.derive(this.world.seed, `${spec.name}/${r - firstReplica}.limit`)
        this.limits[place] = createConcurrencyLimit(limitSpec.limit, stream)
        if (k === 0) this.limitChanged(s, spec, this.limits[place].limit)
      })
    }
  }

  private limitChanged(s: number, { overload, slots }: ServiceSpec, by: number): void {
    if (by === 0) return
    const units = overload!.scope === 'service' ? 1 : slots
    this.gauges.add(s * ADMISSION_GAUGES + LIMIT, by / units, this.kernel.now)
  }

  /** Legs in flight at service `s` as its limits count them, and legs that wait for such a place. */
  inFlightOf(s: number): number {
    return this.sumOver(this.inFlight, s)
  }

  waitingOf(s: number): number {
    return this.sumOver(this.queue.length, s)
  }

  private sumOver(counts: Int32Array, s: number): number {
    const { first, places } = this.compartments[s]!
    return counts.subarray(first, first + places).reduce((sum, count) => sum + count, 0)
  }

  private compartmentOf(leg: number, s: number): number {
    return this.compartments[s]!.of(this.legs.endpoint[leg]!, this.legs.cls[leg]!)
  }

  private placeOf(leg: number, r: number, s: number): number {
    return this.compartments[s]!.placeOf(r, this.compartmentOf(leg, s))
  }

  count(s: number, reason: number): void {
    this.counts[s * REASONS.length + reason]!++
  }

  countUnwanted(s: number, spec: ServiceSpec): void {
    this.count(s, spec.cancel === 'never' ? EXPIRED : CANCELLED)
  }

  /** Of a leg that arrives at replica `r` of service `s`: ADMITTED, ABANDONED, or the outcome that it is answered with. */
  check(leg: number, r: number, s: number, spec: ServiceSpec): number {
    const { overload } = spec
    if (this.limiting) this.stage[leg] = NOT_COUNTED
    if (this.leaky) this.notBefore[leg] = 0
    if (!this.isWanted(leg, spec)) {
      this.countUnwanted(s, spec)
      return spec.cancel === 'never' ? DEADLINE : ABANDONED
    }
    if (overload === undefined) return ADMITTED
    const rates = this.rates[overload.scope === 'service' ? spec.firstReplica : r]
    if (rates !== undefined) {
      const wait = rates[rates.length > 1 ? this.legs.cls[leg]! : 0]!.admit(this.kernel.now)
      if (wait < 0) {
        this.count(s, BY_RATE)
        return RATE_LIMITED
      }
      if (this.leaky) this.notBefore[leg] = this.kernel.now + wait
    }
    const place = this.placeOf(leg, r, s)
    const limit = this.limits[place]
    if (limit !== undefined && this.mustWait(place, limit)) {
      const compartment = this.compartmentOf(leg, s)
      if (this.queue.length[place]! >= this.compartments[s]!.limits[compartment]!.maxQueue) {
        this.count(s, compartment > 0 ? BY_BULKHEAD : BY_CONCURRENCY)
        return SHED
      }
      this.stage[leg] = WAITING
    }
    if (this.services.cores[s]!.isFull(r, overload.queueLimit) && !this.displace(leg, r, s, spec)) {
      if (limit !== undefined) this.stage[leg] = NOT_COUNTED
      this.count(s, BY_QUEUE)
      return SHED
    }
    if (limit !== undefined && this.stage[leg] !== WAITING) this.take(leg, place)
    return ADMITTED
  }

  /** Tokens that the rate limit of replica `r` has for a leg of class `cls`, from 0 to 1; 1 where there is none. */
  tokensAt(r: number, cls: number, { overload, firstReplica }: ServiceSpec): number {
    const rates = this.rates[overload?.scope === 'service' ? firstReplica : r]
    return rates === undefined ? 1 : rates[rates.length > 1 ? cls : 0]!.level(this.kernel.now)
  }

  private mustWait(place: number, limit: ConcurrencyLimit): boolean {
    return this.inFlight[place]! >= limit.limit || this.queue.length[place]! > 0
  }

  private displace(leg: number, r: number, s: number, spec: ServiceSpec): boolean {
    if (spec.overload!.queue !== 'priority') return false
    const row = this.services.displaced(r, this.legs.cls[leg]!)
    if (row < 0) return false
    this.count(s, DISPLACED)
    this.services.shed(row)
    return true
  }

  private take(leg: number, place: number): void {
    this.stage[leg] = COUNTED
    this.inFlightAt[leg] = ++this.inFlight[place]!
    this.admittedAt[leg] = this.kernel.now
  }

  /** Of a leg that `check` has admitted and that is at replica `r` now: whether it goes on later. */
  holds(leg: number, r: number, s: number): boolean {
    const { legs, kernel } = this
    if (this.limiting && this.stage[leg] === WAITING) {
      const compartment = this.compartmentOf(leg, s)
      const { maxWait } = this.compartments[s]!.limits[compartment]!
      this.queue.push(this.compartments[s]!.placeOf(r, compartment), leg)
      if (maxWait < Number.POSITIVE_INFINITY)
        kernel.at(kernel.now + maxWait, this.maxWaitKind, leg, legs.timer[leg]!)
    } else if (this.leaky && this.notBefore[leg]! > kernel.now) {
      kernel.at(this.notBefore[leg]!, this.enterKind, leg, legs.timer[leg]!)
    } else {
      return false
    }
    this.gauges.add(s * ADMISSION_GAUGES + ADMISSION_QUEUE, 1, kernel.now)
    return true
  }

  /** The leg no longer waits for admission. */
  private endWait(leg: number): void {
    const s = this.world.replicas.service[this.legs.replica[leg]!]!
    this.gauges.add(s * ADMISSION_GAUGES + ADMISSION_QUEUE, -1, this.kernel.now)
    this.legs.endPhase(leg, this.specs[s]!.cells.admission, this.kernel.now)
  }

  private enter(leg: number): void {
    this.endWait(leg)
    this.services.enter(leg)
  }

  private waitedOut(leg: number): void {
    const { legs } = this
    const s = this.world.replicas.service[legs.replica[leg]!]!
    this.count(s, this.compartmentOf(leg, s) > 0 ? BY_BULKHEAD : BY_CONCURRENCY)
    this.withdraw(leg)
    this.services.fail(leg, SHED)
  }

  /** Ends the leg's wait for admission without admitting it. */
  withdraw(leg: number): void {
    const { legs } = this
    const r = legs.replica[leg]!
    const s = this.world.replicas.service[r]!
    if (this.limiting && this.stage[leg] === WAITING) {
      this.queue.remove(this.placeOf(leg, r, s), leg)
      this.stage[leg] = NOT_COUNTED
    }
    this.endWait(leg)
    legs.timer[leg]!++
  }

  /** The leg leaves replica `r`; one that waits may be admitted instead. */
  left(leg: number, r: number, outcome: number): void {
    if (!this.limiting || this.stage[leg] !== COUNTED) return
    const { kernel } = this
    const s = this.world.replicas.service[r]!
    const spec = this.specs[s]!
    const place = this.placeOf(leg, r, s)
    const limit = this.limits[place]!
    const before = limit.limit
    this.stage[leg] = NOT_COUNTED
    this.inFlight[place]!--
    limit.ended(kernel.now - this.admittedAt[leg]!, this.inFlightAt[leg]!, outcome !== OK)
    this.limitChanged(s, spec, limit.limit - before)
    this.admitWaiting(place, spec, limit)
  }

  private admitWaiting(place: number, spec: ServiceSpec, limit: ConcurrencyLimit): void {
    const { legs, kernel, queue } = this
    while (queue.length[place]! > 0 && this.inFlight[place]! < limit.limit) {
      const leg = queue.pop(place)
      this.stage[leg] = NOT_COUNTED
      const timer = ++legs.timer[leg]!
      if (!this.isWanted(leg, spec)) {
        this.endWait(leg)
        this.services.discard(leg)
        continue
      }
      this.take(leg, place)
      // The others that are due now go first.
      if (this.leaky && this.notBefore[leg]! > kernel.now)
        kernel.at(this.notBefore[leg]!, this.enterKind, leg, timer)
      else kernel.last(this.enterKind, leg, timer)
    }
  }

  /** The leg is lost in a crash of its replica. */
  forget(leg: number, waits: boolean): void {
    if (waits) this.withdraw(leg)
    if (!this.limiting || this.stage[leg] !== COUNTED) return
    const r = this.legs.replica[leg]!
    const s = this.world.replicas.service[r]!
    const spec = this.specs[s]!
    const place = this.placeOf(leg, r, s)
    this.stage[leg] = NOT_COUNTED
    this.inFlight[place]!--
    this.admitWaiting(place, spec, this.limits[place]!)
  }

  /** False where nobody waits for the leg of the row any more, and its service cares. */
  isWanted(row: number, spec: ServiceSpec): boolean {
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
    if (!this.isWanted(row, this.specs[s]!)) {
      this.services.discard(row)
      return true
    }
    const shedder = this.shedders[r]
    if (shedder === undefined || !isFresh(this.legs, row)) return false
    const { now } = this.kernel
    if (!shedder.drops(now, now - this.legs.since[row]!, waiting)) return false
    this.count(s, BY_DELAY)
    this.services.shed(row)
    return true
  }

  /** A leg got a core of replica `r` without waiting. */
  passed(r: number): void {
    this.shedders[r]?.drops(this.kernel.now, 0, 0)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      queue: this.queue.save(),
      limits: this.limits.map((limit) => limit?.save()),
      rates: this.rates.map((list) => list?.map((rate) => rate.save())),
      shedders: this.shedders.map((shedder) => shedder?.save()),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.queue.load(from.queue)
    this.limits.forEach((limit, i) => {
      limit?.load((from.limits as unknown[])[i])
    })
    this.rates.forEach((list, i) => {
      list?.forEach((rate, c) => {
        rate.load((from.rates as unknown[][])[i]![c])
      })
    })
    this.shedders.forEach((shedder, i) => {
      shedder?.load((from.shedders as unknown[])[i])
    })
  }
}

const FIELDS = ['counts', 'inFlight']
