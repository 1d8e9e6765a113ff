/**
 * What happens to a leg at a cache: a hit answers after the cache's own latency; a miss runs the steps of `miss` for
 * the value, stores it and answers. Where misses are coalesced, one leg fetches the value of a key and those that ask
 * for it meanwhile wait, and end as it ends. A leg at a cache is at no replica, which is how callers know it.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { loadFields, saveFields } from '../../engine/typed.ts'
import { Gauges } from '../../metrics/gauges.ts'
import { OUTCOMES } from '../../results/types.ts'
import type { CacheSpec } from '../compile/compiled.ts'
import { OP_CALL, OP_IO } from '../compile/program.ts'
import type { Legs } from '../legs.ts'
import type { Part, World } from '../world.ts'
import { CACHE_GAUGES, LOADING, SIZE, WAITING } from './cache-gauges.ts'
import { EARLY, EXPIRED, HIT, Store } from './store.ts'

const OK = OUTCOMES.indexOf('ok')

export class Caches implements Part {
  /** CACHE_GAUGES per cache. */
  readonly gauges: Gauges
  /** Per cache: found; not found, and of those the ones that waited for another's value. */
  readonly hits: Float64Array
  readonly misses: Float64Array
  readonly coalesced: Float64Array
  /** Misses that were hits, had they not fetched a value before its end. */
  readonly early: Float64Array
  /** Entries that went to make room; that were found past their time. */
  readonly evictions: Float64Array
  readonly expired: Float64Array
  /** `hits` and `misses` as of the start of the measured window. */
  readonly hitsBefore: Float64Array
  readonly missesBefore: Float64Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly specs: readonly CacheSpec[]
  private readonly stores: readonly Store[]
  /** Per cache: by key, the leg that fetches its value for all. */
  private readonly leaders: readonly Map<number, number>[]
  /** Leg that fetches for all: the last that waits for it, itself where none does. */
  private last: Int32Array = new Int32Array(0)
  private readonly hitKind: number
  private readonly ioKind: number

  constructor(world: World) {
    const { compiled, kernel, legs, seed } = world
    this.world = world
    this.kernel = kernel
    this.legs = legs
    this.specs = compiled.caches
    const count = this.specs.length
    this.gauges = new Gauges(count * CACHE_GAUGES)
    this.hits = new Float64Array(count)
    this.misses = new Float64Array(count)
    this.coalesced = new Float64Array(count)
    this.early = new Float64Array(count)
    this.evictions = new Float64Array(count)
    this.expired = new Float64Array(count)
    this.hitsBefore = new Float64Array(count)
    this.missesBefore = new Float64Array(count)
    this.stores = this.specs.map((spec) => new Store(spec.store, seed, spec.name))
    this.leaders = this.specs.map(() => new Map<number, number>())
    if (this.specs.some((spec) => spec.coalesce)) {
      legs.int32((array) => {
        this.last = array
      })
    }
    this.hitKind = kernel.on('a cache answers', (leg, timer) => {
      if (legs.timer[leg] === timer) this.answerHit(leg)
    })
    this.ioKind = kernel.on('an io step of a miss ends', (leg, timer) => this.ioDone(leg, timer))
    this.specs.forEach((spec, c) => {
      for (const key of spec.warm) this.put(c, key, 0)
    })
  }

  /** The leg has arrived at the cache of its node. */
  arrive(leg: number): void {
    const { legs, kernel } = this
    const c = this.cacheOf(leg)
    const spec = this.specs[c]!
    legs.start[leg] = kernel.now
    legs.since[leg] = kernel.now
    if (this.isHit(leg, c, spec)) {
      this.hits[c]!++
      this.hit(leg, spec)
      return
    }
    this.misses[c]!++
    if (spec.coalesce && !this.leads(leg, c)) {
      this.coalesced[c]!++
      this.add(c, WAITING, 1)
      return
    }
    this.add(c, LOADING, 1)
    legs.pc[leg] = spec.entry
    this.step(leg)
  }

  private isHit(leg: number, c: number, spec: CacheSpec): boolean {
    const { legs, world } = this
    if (spec.ratioSite >= 0) {
      return world.draws.uniform(spec.ratioSite, legs.number[leg]!, legs.path[leg]!, 0) < spec.hitRatio
    }
    const { now } = this.kernel
    const key = world.keys.settle(leg)
    const u =
      spec.earlySite < 0 ? 1 : 1 - world.draws.uniform(spec.earlySite, legs.number[leg]!, legs.path[leg]!, 0)
    const found = this.stores[c]!.find(key, now, u)
    if (found === EARLY) {
      // One is enough where misses are coalesced, and nobody has to wait for it.
      if (spec.coalesce && this.leaders[c]!.has(key)) {
        this.stores[c]!.useAnyway(key, now)
        return true
      }
      this.early[c]!++
    }
    if (found === EXPIRED) {
      this.expired[c]!++
      this.add(c, SIZE, -1)
    }
    return found === HIT
  }

  private hit(leg: number, spec: CacheSpec): void {
    const { legs, kernel } = this
    const latency = Number.isNaN(spec.hitConstant)
      ? this.world.draws.sample(spec.hitSite, legs.number[leg]!, legs.path[leg]!, 0)
      : spec.hitConstant
    if (latency > 0) kernel.at(kernel.now + latency, this.hitKind, leg, ++legs.timer[leg]!)
    else this.answerHit(leg)
  }

  private answerHit(leg: number): void {
    this.legs.endPhase(leg, this.specs[this.cacheOf(leg)]!.cells.cache, this.kernel.now)
    this.legs.outcome[leg] = OK
    this.world.network.back(leg)
  }

  /** False where another leg fetches the value of the leg's key, and it waits for that. */
  private leads(leg: number, c: number): boolean {
    const { legs, last } = this
    const leaders = this.leaders[c]!
    const key = this.world.keys.settle(leg)
    const leader = leaders.get(key)
    legs.next[leg] = -1
    if (leader === undefined) {
      leaders.set(key, leg)
      last[leg] = leg
      return true
    }
    legs.next[last[leader]!] = leg
    last[leader] = leg
    return false
  }

  /** Goes on with the steps of a miss until something takes time. */
  step(leg: number): void {
    const { legs, kernel, world } = this
    const { op, a, site, ordinal } = world.compiled.program
    const pc = legs.pc[leg]!
    if (op[pc] === OP_CALL) {
      world.callers.begin(leg, a[pc]!)
    } else if (op[pc] === OP_IO) {
      const duration = world.draws.sample(site[pc]!, legs.number[leg]!, legs.path[leg]!, ordinal[pc]!)
      kernel.at(kernel.now + duration, this.ioKind, leg, legs.timer[leg]!)
    } else {
      this.end(leg, OK)
    }
  }

  private ioDone(leg: number, timer: number): void {
    const { legs, kernel } = this
    if (legs.timer[leg] !== timer) return
    legs.endPhase(leg, this.specs[this.cacheOf(leg)]!.cells.io, kernel.now)
    legs.pc[leg]!++
    this.step(leg)
  }

  /** The miss of the leg has run to its end, or one of its calls has failed for good: then nothing is stored. */
  end(leg: number, outcome: number): void {
    const { legs, kernel, world } = this
    const c = this.cacheOf(leg)
    const spec = this.specs[c]!
    this.add(c, LOADING, -1)
    let waiting = -1
    if (spec.ratioSite < 0) {
      const key = world.keys.settle(leg)
      if (outcome === OK) this.put(c, key, kernel.now - legs.start[leg]!)
      if (spec.coalesce) {
        waiting = legs.next[leg]!
        this.leaders[c]!.delete(key)
      }
    }
    legs.outcome[leg] = outcome
    world.network.back(leg)
    while (waiting >= 0) {
      const next = legs.next[waiting]!
      this.add(c, WAITING, -1)
      legs.endPhase(waiting, spec.cells.cache, kernel.now)
      legs.outcome[waiting] = outcome
      world.network.back(waiting)
      waiting = next
    }
  }

  private put(c: number, key: number, effort: number): void {
    const store = this.stores[c]!
    const before = store.size
    if (store.put(key, this.kernel.now, effort)) this.evictions[c]!++
    if (store.size !== before) this.add(c, SIZE, store.size - before)
  }

  /** Every entry is gone. Values that are being fetched are stored when they come. */
  flush(c: number): void {
    this.add(c, SIZE, -this.stores[c]!.size)
    this.stores[c]!.clear()
  }

  /** The measured window starts now. */
  markWindow(): void {
    this.gauges.restart(this.kernel.now)
    this.hitsBefore.set(this.hits)
    this.missesBefore.set(this.misses)
  }

  /** Entries of cache `c` now. */
  sizeOf(c: number): number {
    return this.stores[c]!.size
  }

  private cacheOf(leg: number): number {
    return this.world.compiled.nodes[this.legs.node[leg]!]!.index
  }

  private add(c: number, gauge: number, by: number): void {
    this.gauges.add(c * CACHE_GAUGES + gauge, by, this.kernel.now)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      stores: this.stores.map((store) => store.save()),
      leaders: this.leaders.map((leaders) => ({
        keys: Float64Array.from(leaders.keys()),
        legs: Int32Array.from(leaders.values()),
      })),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      gauges: unknown
      stores: unknown[]
      leaders: { keys: Float64Array; legs: Int32Array }[]
    }
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.stores.forEach((store, c) => {
      store.load(from.stores[c])
    })
    this.leaders.forEach((leaders, c) => {
      const { keys, legs } = from.leaders[c]!
      leaders.clear()
      for (let i = 0; i < keys.length; i++) leaders.set(keys[i]!, legs[i]!)
    })
  }
}

const FIELDS = ['hits', 'misses', 'coalesced', 'early', 'evictions', 'expired', 'hitsBefore', 'missesBefore']
