/**
 * Who has which connections of a database. Either all callers share one pool, or every replica that calls has its own:
 * then it opens all of its connections when it gets ready, as long as the database takes them (`maxConnections`), and
 * keeps them until it stops; what it could not open it opens when others close theirs, first come, first served.
 */
import { loadFields, saveFields } from '../engine/typed.ts'
import type { Compiled } from './compile/compiled.ts'
import { NODE_SERVICE } from './compile/compiled.ts'
import { Fifo } from './fifo.ts'
import { DRAINING, READY } from './replicas.ts'
import type { World } from './world.ts'

export class ConnectionPools {
  /** Who waits for a connection, by pool. */
  readonly queue: Fifo
  /** Database of each pool. */
  readonly database: Int32Array
  /** Times that a pool of a database could not open all of its connections. */
  readonly shortfalls: Float64Array
  /** Whether some database has a pool for each replica: then legs must remember theirs. */
  readonly perReplica: boolean
  /** Connections by pool: that it should have, that are open, that are held. */
  private readonly wanted: Int32Array
  private readonly open: Int32Array
  private readonly used: Int32Array
  /** Open connections by database. */
  private readonly total: Int32Array
  /** First pool of each database. */
  private readonly first: Int32Array
  /** Pools that have fewer than they want, since the database took no more; in the order in which they asked. */
  private short: number[] = []
  /** Replicas and caches that have pools of their own: by database, 1 for those that call it. */
  private readonly callers: Uint8Array
  private readonly instances: number
  private readonly compiled: Compiled
  private readonly world: World
  private readonly opened: (d: number, by: number) => void
  private readonly granted: (row: number) => void

  /**
   * @param opened is told how many connections of a database were opened (closed: below 0).
   * @param granted is told of a row that has waited and got a connection of its pool.
   */
  constructor(world: World, opened: (d: number, by: number) => void, granted: (row: number) => void) {
    const { compiled, legs } = world
    this.world = world
    this.compiled = compiled
    this.opened = opened
    this.granted = granted
    const { databases, caches, replicaCount } = compiled
    this.instances = replicaCount + caches.length
    this.perReplica = databases.some((spec) => spec.perReplica)
    this.first = new Int32Array(databases.length)
    this.total = new Int32Array(databases.length)
    this.shortfalls = new Float64Array(databases.length)
    let pools = 0
    databases.forEach((spec, d) => {
      this.first[d] = pools
      pools += spec.perReplica ? this.instances : 1
    })
    this.queue = new Fifo(legs, pools)
    this.database = new Int32Array(pools)
    this.wanted = new Int32Array(pools)
    this.open = new Int32Array(pools)
    this.used = new Int32Array(pools)
    this.callers = new Uint8Array(databases.length * this.instances)
    for (const { caller, hop } of compiled.calls) {
      const d = databases.findIndex((spec) => spec.node === hop.node)
      if (d >= 0) for (const i of this.instancesOf(caller)) this.callers[d * this.instances + i] = 1
    }
    databases.forEach((spec, d) => {
      const end = this.first[d]! + (spec.perReplica ? this.instances : 1)
      this.database.fill(d, this.first[d]!, end)
      if (!spec.perReplica) this.resize(this.first[d]!, spec.connections)
      else
        for (let i = 0; i < this.instances; i++) {
          if (this.callers[d * this.instances + i] === 1 && this.isAlive(i))
            this.resize(this.first[d]! + i, spec.connections)
        }
    })
  }

  /** Replicas of the node, or the cache that it is, as callers. */
  private instancesOf(node: number): number[] {
    const { kind, index } = this.compiled.nodes[node]!
    if (kind !== NODE_SERVICE) return [this.compiled.replicaCount + index]
    const { firstReplica, slots } = this.compiled.services[index]!
    return Array.from({ length: slots }, (_, slot) => firstReplica + slot)
  }

  private isAlive(instance: number): boolean {
    const { replicas } = this.world
    if (instance >= this.compiled.replicaCount) return true
    const state = replicas.state[instance]
    return (state === READY || state === DRAINING) && replicas.crashed[instance] === 0
  }

  /** The pool at database `d` of who calls from a replica, or (-1) from the cache at `node`. */
  of(d: number, replica: number, node: number): number {
    const first = this.first[d]!
    if (!this.compiled.databases[d]!.perReplica) return first
    return first + (replica >= 0 ? replica : this.compiled.replicaCount + this.compiled.nodes[node]!.index)
  }

  /** Takes a connection of the pool if one is free. */
  acquire(pool: number): boolean {
    if (this.used[pool]! >= this.open[pool]!) return false
    this.used[pool]!++
    return true
  }

  /** A connection comes back: to who waits longest for it, or it is closed where the pool shall have fewer. */
  release(pool: number): void {
    this.used[pool]!--
    if (this.open[pool]! > this.wanted[pool]!) this.close(pool, 1)
    else if (this.queue.length[pool]! > 0) this.serve(pool)
  }

  /** Every connection of database `d` is free again, and nobody waits. */
  clear(d: number): void {
    for (let pool = 0; pool < this.database.length; pool++) {
      if (this.database[pool] !== d) continue
      this.queue.clear(pool)
      this.used[pool] = 0
      const extra = this.open[pool]! - this.wanted[pool]!
      if (extra > 0) this.close(pool, extra)
    }
  }

  /** Waiting for connections of database `d`. */
  waiting(d: number): number {
    let sum = 0
    this.database.forEach((database, pool) => {
      if (database === d) sum += this.queue.length[pool]!
    })
    return sum
  }

  /** @throws where a pool of database `d` has somebody wait beside a free connection, or more than the database takes. */
  check(d: number): void {
    let total = 0
    this.database.forEach((database, pool) => {
      if (database !== d) return
      const [open, used] = [this.open[pool]!, this.used[pool]!]
      total += open
      if (used > open) throw new Error(`pool ${pool} holds ${used} of ${open} connections`)
      if (used < open && this.queue.length[pool]! > 0)
        throw new Error(`somebody waits at pool ${pool}, where ${open - used} connections are free`)
      if (open < this.wanted[pool]! && !this.short.includes(pool))
        throw new Error(`pool ${pool} has ${open} connections, wants ${this.wanted[pool]} and does not ask`)
    })
    if (total !== this.total[d]) throw new Error(`database ${d} counts ${this.total[d]} of ${total}`)
  }

  /** A replica became ready or went away. */
  replicaChanged(r: number): void {
    this.compiled.databases.forEach((spec, d) => {
      if (!spec.perReplica || this.callers[d * this.instances + r] === 0) return
      this.resize(this.first[d]! + r, this.isAlive(r) ? spec.connections : 0)
    })
  }

  private resize(pool: number, wanted: number): void {
    if (wanted === this.wanted[pool]) return
    this.wanted[pool] = wanted
    this.short = this.short.filter((other) => other !== pool)
    const idle = this.open[pool]! - Math.max(wanted, this.used[pool]!)
    if (idle > 0) this.close(pool, idle)
    else {
      this.grow(pool)
      if (this.open[pool]! < wanted) this.shortfalls[this.database[pool]!]!++
    }
  }

  private grow(pool: number): void {
    const d = this.database[pool]!
    const room = this.compiled.databases[d]!.maxConnections - this.total[d]!
    const count = Math.min(this.wanted[pool]! - this.open[pool]!, room)
    if (count > 0) {
      this.open[pool]! += count
      this.total[d]! += count
      this.opened(d, count)
      this.serve(pool)
    }
    if (this.open[pool]! < this.wanted[pool]!) this.short.push(pool)
  }

  private close(pool: number, count: number): void {
    const d = this.database[pool]!
    this.open[pool]! -= count
    this.total[d]! -= count
    this.opened(d, -count)
    for (;;) {
      const i = this.short.findIndex((other) => this.database[other] === d)
      if (i < 0 || this.total[d]! >= this.compiled.databases[d]!.maxConnections) return
      const [next] = this.short.splice(i, 1)
      this.grow(next!)
    }
  }

  private serve(pool: number): void {
    while (this.queue.length[pool]! > 0 && this.used[pool]! < this.open[pool]!) {
      this.used[pool]!++
      this.granted(this.queue.pop(pool))
    }
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      queue: this.queue.save(),
    }
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.queue.load((state as { queue: unknown }).queue)
  }
}

const FIELDS = ['shortfalls', 'wanted', 'open', 'used', 'total', 'short']
