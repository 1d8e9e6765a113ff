/**
 * The key of a leg: that of its call, else one of the asker's own (a cache's), else that of the request's class. Keys
 * are counter-based: a class key is a function of the request, a call's of what calls (request, path, repetition), so
 * that all attempts of a call ask for the same key. Recorded keys are a function of the number of the request alone.
 */
import { LEG } from './legs.ts'
import type { World } from './world.ts'

export const NO_KEY = -1

export class Keys {
  /** Whether some call has a key of its own, or a cache asks for one; only then legs carry one. */
  readonly ofCalls: boolean
  private readonly world: World
  private column: Int32Array = new Int32Array(0)

  /** Before the first row. */
  constructor(world: World) {
    this.world = world
    const { calls, caches, databases } = world.compiled
    this.ofCalls =
      calls.some((call) => call.key >= 0) ||
      caches.some((cache) => cache.ratioSite < 0) ||
      databases.some((spec) => spec.rowLocks)
    if (this.ofCalls) {
      world.legs.int32((array) => {
        this.column = array
      })
    }
  }

  /** The leg is made by `row` over a call with key `key` (-1: none). */
  assign(leg: number, row: number, key: number, ordinal: number): void {
    const { legs } = this.world
    if (key >= 0) this.column[leg] = this.draw(key, legs.number[row]!, legs.path[row]!, ordinal)
    // What a cache calls on a miss is asked for the key that missed.
    else if (legs.kind[row] === LEG && legs.replica[row]! < 0) this.column[leg] = this.column[row]!
    else this.column[leg] = NO_KEY
  }

  /** The key of a leg at a cache or a database, which stays with it; NO_KEY. */
  settle(leg: number): number {
    const key = this.of(leg)
    this.column[leg] = key
    return key
  }

  /** The key of a leg, an integer of at least 0, or NO_KEY. `own`: what stands in for a call's key; -1: nothing. */
  of(leg: number, own = -1): number {
    if (this.ofCalls && this.column[leg]! >= 0) return this.column[leg]!
    const { legs, compiled } = this.world
    if (own >= 0) return this.draw(own, legs.number[leg]!, legs.path[leg]!, 0)
    const ofClass = compiled.classes[legs.cls[leg]!]!.key
    return ofClass < 0 ? NO_KEY : this.draw(ofClass, legs.number[leg]!, 0, 0)
  }

  private draw(key: number, request: number, path: number, ordinal: number): number {
    const { site, table } = this.world.compiled.keys[key]!
    if (table.recorded.length > 0) return table.recordedAt(request)
    return table.at(this.world.draws.uniform(site, request, path, ordinal))
  }
}
