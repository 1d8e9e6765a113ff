/**
 * Limits of rate and of concurrency before the instances of some components, the replicas of services or balancers:
 * which legs go on, which wait, which are refused. A leg is checked once, at its arrival; one that was let wait is not
 * refused later, but for its own `maxWait` and where the queue sheds by delay.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { loadFields, saveFields } from '../../engine/typed.ts'
import { Gauges } from '../../metrics/gauges.ts'
import {
  type ConcurrencyLimit,
  createConcurrencyLimit,
  createDelayShedder,
  createRateLimiter,
  type DelayShedder,
  type RateLimiter,
} from '../../policies/admission/index.ts'
import { Stream } from '../../random/index.ts'
import type { CoreOrder, Overload } from '../../scenario/overload-types.ts'
import { CoreQueue, type RowQueue } from '../core-queue.ts'
import { Fifo } from '../fifo.ts'
import type { Legs } from '../legs.ts'
import type { World } from '../world.ts'
import { Compartments } from './compartments.ts'
import { BY_BULKHEAD, BY_CONCURRENCY, BY_DELAY, DISPLACED, type Refusals } from './refusals.ts'

/** A component that legs are admitted to. Its instances are numbered through those of all units. */
export type LimitedUnit = Pick<Overload, 'rateLimit' | 'concurrencyLimit' | 'bulkheads'> & {
  readonly name: string
  readonly firstInstance: number
  readonly instances: number
  /** Limits hold for all instances together. */
  readonly shared: boolean
  readonly endpoints: readonly { readonly name: string }[]
  /** Where the wait is counted; -1: none can wait. */
  readonly waitCell: number
  /** Who of those that wait goes on first, and by what delay they are dropped. */
  readonly order: CoreOrder
  readonly shedDelay: Overload['shedDelay']
}

/** What becomes of a leg that has waited. */
export interface LimitsHost {
  /** The instance that the leg waits at. */
  instanceOf(leg: number): number
  /** Where the gate keeps what it knows of a leg that waits: below `width` from the leg's handle. */
  cellOf(leg: number): number
  readonly width: number
  enter(leg: number): void
  /** It is answered `shed`. */
  refuse(leg: number): void
  /** False where nobody waits for the leg any more, and that is a reason to drop it. */
  isWanted(leg: number, unit: number): boolean
  discard(leg: number): void
}

/** Gauges per unit: legs that wait for admission; the limit of concurrency, as a mean over its instances. */
export const ADMISSION_QUEUE = 0
export const LIMIT = 1
export const ADMISSION_GAUGES = 2

/** Of a leg, in `stage`. */
const NOT_COUNTED = 0
const WAITING = 1
const COUNTED = 2

export class Limits {
  readonly gauges: Gauges
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly units: readonly LimitedUnit[]
  private readonly host: LimitsHost
  private readonly refusals: Refusals
  private readonly unitOf: Int32Array
  /** By unit, and by place. */
  private readonly compartments: readonly Compartments[]
  private readonly limits: (ConcurrencyLimit | undefined)[] = []
  private readonly shedders: (DelayShedder | undefined)[] = []
  /** By instance, or where they are shared at the first one of the unit. */
  private readonly rates: (readonly RateLimiter[] | undefined)[] = []
  private readonly inFlight: Int32Array
  private readonly queue: RowQueue
  private stage: Int32Array = new Int32Array(0)
  /** Legs in flight at the admission, and when that was. */
  private inFlightAt: Int32Array = new Int32Array(0)
  private admittedAt: Float64Array = new Float64Array(0)
  /** A leaky bucket lets the leg go on then. */
  private notBefore: Float64Array = new Float64Array(0)
  readonly limiting: boolean
  private readonly leaky: boolean
  private readonly maxWaitKind: number
  private readonly enterKind: number

  /** `where` names the events of these limits. */
  constructor(
    world: World,
    units: readonly LimitedUnit[],
    refusals: Refusals,
    host: LimitsHost,
    where: string,
  ) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.units = units
    this.host = host
    this.refusals = refusals
    const { compiled, legs, kernel } = world
    this.gauges = new Gauges(units.length * ADMISSION_GAUGES)
    this.unitOf = Int32Array.from(
      units.flatMap(({ instances }, u) => Array.from({ length: instances }, () => u)),
    )
    let places = 0
    const orders: CoreOrder[] = []
    this.compartments = units.map((unit) => {
      const own = new Compartments(unit, compiled.classes, places)
      places += own.places
      for (let i = 0; i < own.places; i++) orders.push(unit.order)
      return own
    })
    this.inFlight = new Int32Array(places)
    this.queue = orders.some((order) => order !== 'fifo')
      ? new CoreQueue(legs, kernel, compiled.classes, orders)
      : new Fifo(legs, places)
    units.forEach((unit, u) => this.create(unit, u))
    this.limiting = this.limits.some((limit) => limit !== undefined)
    this.leaky = units.some(({ rateLimit }) => rateLimit?.kind === 'leaky')
    if (this.limiting) {
      legs.int32((array) => {
        this.stage = array
      }, host.width)
      legs.int32((array) => {
        this.inFlightAt = array
      }, host.width)
      legs.float64((array) => {
        this.admittedAt = array
      }, host.width)
    }
    if (this.leaky) {
      legs.float64((array) => {
        this.notBefore = array
      }, host.width)
    }
    this.maxWaitKind = kernel.on(`a wait for admission is over ${where}`, (leg, timer) => {
      if (legs.timer[leg] === timer) this.waitedOut(leg)
    })
    this.enterKind = kernel.on(`a leg is admitted ${where}`, (leg, timer) => {
      if (legs.timer[leg] === timer) this.enter(leg)
    })
  }

  private create(unit: LimitedUnit, u: number): void {
    const { name, firstInstance, instances, shared, rateLimit, shedDelay } = unit
    for (let i = firstInstance; i < firstInstance + (shared ? 1 : instances); i++) {
      if (rateLimit !== undefined) {
        const count = rateLimit.perClass ? this.world.compiled.classes.length : 1
        this.rates[i] = Array.from({ length: count }, () => createRateLimiter(rateLimit))
      }
      this.compartments[u]!.limits.forEach((limitSpec, k) => {
        const place = this.compartments[u]!.placeOf(i, k)
        this.shedders[place] = shedDelay === undefined ? undefined : createDelayShedder(shedDelay)
        if (limitSpec === undefined) {
          this.limits[place] = undefined
          return
        }
        const stream = (): Stream => Stream.derive(this.world.seed, `${name}/${i - firstInstance}.limit`)
        this.limits[place] = createConcurrencyLimit(limitSpec.limit, stream)
        if (k === 0) this.limitChanged(u, this.limits[place].limit)
      })
    }
  }

  private limitChanged(u: number, by: number): void {
    if (by === 0) return
    const { shared, instances } = this.units[u]!
    this.gauges.add(u * ADMISSION_GAUGES + LIMIT, by / (shared ? 1 : instances), this.kernel.now)
  }

  /** Legs in flight at unit `u` as its limits count them, and legs that wait for such a place. */
  inFlightOf(u: number): number {
    return this.sumOver(this.inFlight, u)
  }

  waitingOf(u: number): number {
    return this.sumOver(this.queue.length, u)
  }

  private sumOver(counts: Int32Array, u: number): number {
    const { first, places } = this.compartments[u]!
    return counts.subarray(first, first + places).reduce((sum, count) => sum + count, 0)
  }

  private compartmentOf(leg: number, u: number): number {
    return this.compartments[u]!.of(this.legs.endpoint[leg]!, this.legs.cls[leg]!)
  }

  private placeOf(leg: number, i: number, u: number): number {
    return this.compartments[u]!.placeOf(i, this.compartmentOf(leg, u))
  }

  /** A leg has arrived: nothing counts for it yet. */
  begin(cell: number): void {
    if (this.limiting) this.stage[cell] = NOT_COUNTED
    if (this.leaky) this.notBefore[cell] = 0
  }

  /** Whether the leg comes too fast after others for instance `i` of unit `u`. */
  isTooFast(leg: number, cell: number, i: number, u: number): boolean {
    const rates = this.ratesAt(i, u)
    if (rates === undefined) return false
    const wait = rates[rates.length > 1 ? this.legs.cls[leg]! : 0]!.admit(this.kernel.now)
    if (wait < 0) return true
    if (this.leaky) this.notBefore[cell] = this.kernel.now + wait
    return false
  }

  /** Tokens that the rate limit at instance `i` of unit `u` has for legs of class `cls`, from 0 to 1; 1: no limit. */
  tokensAt(i: number, u: number, cls: number): number {
    const rates = this.ratesAt(i, u)
    return rates === undefined ? 1 : rates[rates.length > 1 ? cls : 0]!.level(this.kernel.now)
  }

  private ratesAt(i: number, u: number): readonly RateLimiter[] | undefined {
    const { firstInstance, shared } = this.units[u]!
    return this.rates[shared ? firstInstance : i]
  }

  /** Why the leg finds no place at instance `i` of unit `u`, and no room to wait for one; -1: it does, see `take`. */
  refuses(leg: number, cell: number, i: number, u: number): number {
    if (!this.limiting) return -1
    const compartment = this.compartmentOf(leg, u)
    const place = this.compartments[u]!.placeOf(i, compartment)
    const limit = this.limits[place]
    if (limit === undefined || !this.mustWait(place, limit)) return -1
    const full = this.queue.length[place]! >= this.compartments[u]!.limits[compartment]!.maxQueue
    if (full && !this.displace(leg, place, u)) return compartment > 0 ? BY_BULKHEAD : BY_CONCURRENCY
    this.stage[cell] = WAITING
    return -1
  }

  private mustWait(place: number, limit: ConcurrencyLimit): boolean {
    return this.inFlight[place]! >= limit.limit || this.queue.length[place]! > 0
  }

  /** A less important leg that waits is refused instead. */
  private displace(leg: number, place: number, u: number): boolean {
    if (this.units[u]!.order !== 'priority') return false
    const other = (this.queue as CoreQueue).lessImportant(place, this.legs.cls[leg]!, () => true)
    if (other < 0) return false
    this.refusals.add(u, DISPLACED)
    this.withdraw(other)
    this.host.refuse(other)
    return true
  }

  /** The leg is refused after all. */
  giveBack(cell: number): void {
    if (this.limiting) this.stage[cell] = NOT_COUNTED
  }

  /** The leg is admitted: it takes its place, unless it waits for it. */
  take(leg: number, cell: number, i: number, u: number): void {
    if (!this.limiting || this.stage[cell] === WAITING) return
    const place = this.placeOf(leg, i, u)
    if (this.limits[place] === undefined) return
    this.shedders[place]?.drops(this.kernel.now, 0, 0)
    this.occupy(cell, place)
  }

  private occupy(cell: number, place: number): void {
    this.stage[cell] = COUNTED
    this.inFlightAt[cell] = ++this.inFlight[place]!
    this.admittedAt[cell] = this.kernel.now
  }

  /** Of a leg that was admitted and is at instance `i` now: whether it goes on later. */
  holds(leg: number, cell: number, i: number, u: number): boolean {
    const { legs, kernel } = this
    if (this.limiting && this.stage[cell] === WAITING) {
      const compartment = this.compartmentOf(leg, u)
      const { maxWait } = this.compartments[u]!.limits[compartment]!
      this.queue.push(this.compartments[u]!.placeOf(i, compartment), leg)
      if (maxWait < Number.POSITIVE_INFINITY)
        kernel.at(kernel.now + maxWait, this.maxWaitKind, leg, legs.timer[leg]!)
    } else if (this.leaky && this.notBefore[cell]! > kernel.now) {
      kernel.at(this.notBefore[cell]!, this.enterKind, leg, legs.timer[leg]!)
    } else {
      return false
    }
    this.gauges.add(u * ADMISSION_GAUGES + ADMISSION_QUEUE, 1, kernel.now)
    return true
  }

  /** The leg no longer waits for admission. */
  private endWait(leg: number, u: number): void {
    this.gauges.add(u * ADMISSION_GAUGES + ADMISSION_QUEUE, -1, this.kernel.now)
    this.legs.endPhase(leg, this.units[u]!.waitCell, this.kernel.now)
  }

  private enter(leg: number): void {
    this.endWait(leg, this.unitOf[this.host.instanceOf(leg)]!)
    this.host.enter(leg)
  }

  private waitedOut(leg: number): void {
    const u = this.unitOf[this.host.instanceOf(leg)]!
    this.refusals.add(u, this.compartmentOf(leg, u) > 0 ? BY_BULKHEAD : BY_CONCURRENCY)
    this.withdraw(leg)
    this.host.refuse(leg)
  }

  /** Ends the leg's wait for admission without admitting it. */
  withdraw(leg: number): void {
    const { legs } = this
    const i = this.host.instanceOf(leg)
    const u = this.unitOf[i]!
    const cell = this.host.cellOf(leg)
    if (this.limiting && this.stage[cell] === WAITING) {
      this.queue.remove(this.placeOf(leg, i, u), leg)
      this.stage[cell] = NOT_COUNTED
    }
    this.endWait(leg, u)
    legs.timer[leg]!++
  }

  /** The leg leaves instance `i`, `ok` or not; one that waits may be admitted instead. */
  left(leg: number, cell: number, i: number, ok: boolean): void {
    if (!this.limiting || this.stage[cell] !== COUNTED) return
    const u = this.unitOf[i]!
    const place = this.placeOf(leg, i, u)
    const limit = this.limits[place]!
    const before = limit.limit
    this.stage[cell] = NOT_COUNTED
    this.inFlight[place]!--
    limit.ended(this.kernel.now - this.admittedAt[cell]!, this.inFlightAt[cell]!, !ok)
    this.limitChanged(u, limit.limit - before)
    this.admitWaiting(place, u, limit)
  }

  private admitWaiting(place: number, u: number, limit: ConcurrencyLimit): void {
    const { legs, kernel, queue } = this
    while (queue.length[place]! > 0 && this.inFlight[place]! < limit.limit) {
      const leg = queue.pop(place)
      const cell = this.host.cellOf(leg)
      this.stage[cell] = NOT_COUNTED
      const timer = ++legs.timer[leg]!
      if (!this.host.isWanted(leg, u)) {
        this.endWait(leg, u)
        this.host.discard(leg)
        continue
      }
      if (this.shedders[place]?.drops(kernel.now, kernel.now - legs.since[leg]!, queue.length[place]!)) {
        this.refusals.add(u, BY_DELAY)
        this.endWait(leg, u)
        this.host.refuse(leg)
        continue
      }
      this.occupy(cell, place)
      // The others that are due now go first.
      if (this.leaky && this.notBefore[cell]! > kernel.now)
        kernel.at(this.notBefore[cell]!, this.enterKind, leg, timer)
      else kernel.last(this.enterKind, leg, timer)
    }
  }

  /** The leg is lost in a crash of instance `i`; `waits`: it was not admitted yet. */
  forget(leg: number, i: number, waits: boolean): void {
    if (waits) this.withdraw(leg)
    const cell = this.host.cellOf(leg)
    if (!this.limiting || this.stage[cell] !== COUNTED) return
    const u = this.unitOf[i]!
    const place = this.placeOf(leg, i, u)
    this.stage[cell] = NOT_COUNTED
    this.inFlight[place]!--
    this.admitWaiting(place, u, this.limits[place]!)
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

const FIELDS = ['inFlight']
