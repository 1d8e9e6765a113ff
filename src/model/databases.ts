/**
 * What happens to a leg at a database: it takes a connection of its pool (first come, first served, until its
 * acquire timeout), then a place at the server, runs, and gives both back. A query whose caller has given up goes on:
 * it holds its connection until the server is done. A query within a transaction runs on the connection of that.
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import { OUTCOMES } from '../results/types.ts'
import { type DatabaseSpec, NODE_DATABASE } from './compile/compiled.ts'
import { ConnectionPools } from './connection-pools.ts'
import { ContendedQueries } from './contended-queries.ts'
import { CONNECTIONS, DATABASE_GAUGES, OPEN, QUEUE_POOL, QUEUE_QUERY, RUNNING } from './database-gauges.ts'
import { Fifo } from './fifo.ts'
import type { Legs } from './legs.ts'
import { CORE_NONE, CORE_RUNNING, CORE_WAITING, LEG } from './legs.ts'
import { RowLocks } from './row-locks.ts'
import { Transactions } from './transactions.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const FAILED = OUTCOMES.indexOf('failed')
const POOL_TIMEOUT = OUTCOMES.indexOf('pool-timeout')

export class Databases implements Part {
  /** DATABASE_GAUGES per database. */
  readonly gauges: Gauges
  /** Per database: queries that came, that gave up waiting for a connection, that the database failed. */
  readonly arrivals: Float64Array
  /** Requests for a connection: by queries, and by transactions at their begin. */
  readonly asked: Float64Array
  readonly poolTimeouts: Float64Array
  readonly failures: Float64Array
  /** `arrivals` and `asked` as of the start of the measured window. */
  readonly before: Float64Array
  readonly askedBefore: Float64Array
  /** Latencies are multiplied by this now; queries fail with this probability; crashes that are on. */
  readonly slowness: Float64Array
  readonly failing: Float64Array
  readonly crashed: Int32Array
  readonly pools: ConnectionPools
  /** Only where the scenario has some. */
  readonly transactions: Transactions | undefined
  /** Leg: pool + 1 of the connection that it gives back when it ends; 0: it holds none of its own. */
  holds: Int32Array = new Int32Array(0)
  /** Leg: the pool of its caller, where those have their own. */
  pool: Int32Array = new Int32Array(0)
  private readonly pooled: boolean
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly specs: readonly DatabaseSpec[]
  private readonly locks: RowLocks | undefined
  private readonly contended: ContendedQueries | undefined
  private readonly running: Int32Array
  private readonly queue: Fifo
  private readonly doneKind: number
  private readonly acquireKind: number

  constructor(world: World) {
    const { compiled, kernel, legs } = world
    this.world = world
    this.kernel = kernel
    this.legs = legs
    this.specs = compiled.databases
    const count = this.specs.length
    this.gauges = new Gauges(count * DATABASE_GAUGES)
    this.arrivals = new Float64Array(count)
    this.asked = new Float64Array(count)
    this.poolTimeouts = new Float64Array(count)
    this.failures = new Float64Array(count)
    this.before = new Float64Array(count)
    this.askedBefore = new Float64Array(count)
    this.slowness = new Float64Array(count).fill(1)
    this.failing = new Float64Array(count)
    this.crashed = new Int32Array(count)
    this.running = new Int32Array(count)
    this.queue = new Fifo(legs, count)
    this.pools = new ConnectionPools(
      world,
      (d, by) => this.add(d, OPEN, by),
      (row) => this.granted(row),
    )
    if (count > 0) {
      legs.int32((array) => {
        this.holds = array
      })
    }
    this.pooled = this.pools.perReplica
    if (this.pooled) {
      legs.int32((array) => {
        this.pool = array
      })
    }
    this.transactions = compiled.transactionDepth > 0 ? new Transactions(world, this) : undefined
    this.locks = this.specs.some((spec) => spec.rowLocks) ? new RowLocks(legs, count) : undefined
    this.contended = this.specs.some((spec) => spec.usl !== undefined)
      ? new ContendedQueries(world, (leg, d) => this.ran(leg, d, this.specs[d]!))
      : undefined
    this.doneKind = kernel.on('a query ends', (leg, timer) => this.done(leg, timer))
    this.acquireKind = kernel.on('a query waited too long for a connection', (leg, timer) =>
      this.gaveUp(leg, timer),
    )
  }

  /** The leg has arrived at the database of its node. */
  arrive(leg: number): void {
    const { legs, kernel } = this
    const d = this.databaseOf(leg)
    this.arrivals[d]!++
    legs.start[leg] = kernel.now
    legs.since[leg] = kernel.now
    if (this.crashed[d]! > 0) {
      this.failures[d]!++
      legs.outcome[leg] = FAILED
      this.world.network.back(leg)
      return
    }
    legs.resident[leg] = 1
    const spec = this.specs[d]!
    if (this.transactions !== undefined) {
      this.holds[leg] = 0
      const { transaction } = this.world.compiled.calls[legs.via[leg]!]!
      if (transaction >= 0) {
        if (this.transactions.queried(leg, transaction)) this.serve(leg, d, spec)
        else this.refuse(leg, d)
        return
      }
    }
    this.asked[d]!++
    const pool = this.poolOf(leg, d)
    if (this.pools.acquire(pool)) {
      this.holds[leg] = pool + 1
      this.connected(d, 1)
      this.serve(leg, d, spec)
      return
    }
    this.holds[leg] = 0
    const patience = Number.isNaN(spec.acquireConstant)
      ? this.world.draws.sample(spec.acquireSite, legs.number[leg]!, legs.path[leg]!, 0)
      : spec.acquireConstant
    this.waits(leg, pool, kernel.now + patience)
  }

  /** The leg is sent by `row`: if to a database, it remembers the pool of its caller. */
  assign(leg: number, row: number, callee: number, caller: number): void {
    const { kind, index } = this.world.compiled.nodes[callee]!
    if (kind === NODE_DATABASE) this.pool[leg] = this.pools.of(index, this.legs.replica[row]!, caller)
  }

  private poolOf(leg: number, d: number): number {
    // Where all pools are shared, each database has the one of its number.
    return this.pooled ? this.pool[leg]! : d
  }

  /** The transaction of the query has lost its connection, or is over. */
  private refuse(leg: number, d: number): void {
    this.failures[d]!++
    this.leave(leg)
    this.legs.outcome[leg] = FAILED
    this.world.network.back(leg)
  }

  /** The row waits for a connection of the pool, at most until a time. */
  waits(row: number, pool: number, until: number): void {
    this.pools.queue.push(pool, row)
    this.add(this.pools.database[pool]!, QUEUE_POOL, 1)
    this.kernel.at(until, this.acquireKind, row, ++this.legs.timer[row]!)
  }

  /** The row waits no longer. */
  withdraw(row: number, pool: number): void {
    this.pools.queue.remove(pool, row)
    this.add(this.pools.database[pool]!, QUEUE_POOL, -1)
  }

  /** So many connections more are held. */
  connected(d: number, by: number): void {
    this.add(d, CONNECTIONS, by)
  }

  giveBack(pool: number): void {
    this.connected(this.pools.database[pool]!, -1)
    this.pools.release(pool)
  }

  /** A row that has waited gets a connection: a transaction at its service, or a query here. */
  private granted(row: number): void {
    const { legs } = this
    if (legs.replica[row]! >= 0) {
      this.add(this.world.compiled.program.a[legs.pc[row]!]!, QUEUE_POOL, -1)
      this.transactions!.granted(row)
      return
    }
    const d = this.databaseOf(row)
    const spec = this.specs[d]!
    this.add(d, QUEUE_POOL, -1)
    this.connected(d, 1)
    legs.timer[row]!++
    legs.endPhase(row, spec.cells.pool, this.kernel.now)
    this.holds[row] = this.poolOf(row, d) + 1
    this.serve(row, d, spec)
  }

  /** The leg has a connection to run on. */
  private serve(leg: number, d: number, spec: DatabaseSpec): void {
    if (spec.rowLocks) {
      const key = this.world.keys.settle(leg)
      if (key >= 0 && !this.locks!.acquire(d, key, leg)) {
        this.legs.core[leg] = CORE_WAITING
        this.add(d, QUEUE_QUERY, 1)
        return
      }
    }
    this.enter(leg, d, spec)
  }

  /** Nothing but the server's own limit keeps the leg from running. */
  private enter(leg: number, d: number, spec: DatabaseSpec): void {
    if (this.running[d]! < spec.parallelism) {
      this.run(leg, d)
      return
    }
    this.legs.core[leg] = CORE_WAITING
    this.queue.push(d, leg)
    this.add(d, QUEUE_QUERY, 1)
  }

  private run(leg: number, d: number): void {
    const { legs, kernel, world } = this
    this.running[d]!++
    this.add(d, RUNNING, 1)
    const { latencySite } = world.compiled.calls[legs.via[leg]!]!
    const latency = world.draws.sample(latencySite, legs.number[leg]!, legs.path[leg]!, 0)
    legs.core[leg] = CORE_RUNNING
    if (this.specs[d]!.usl !== undefined) {
      this.contended!.start(leg, d, latency)
      return
    }
    legs.work[leg] = latency
    legs.workAt[leg] = kernel.now
    kernel.at(kernel.now + latency * this.slowness[d]!, this.doneKind, leg, ++legs.timer[leg]!)
  }

  private done(leg: number, timer: number): void {
    const { legs, kernel } = this
    if (legs.timer[leg] !== timer) return
    const d = this.databaseOf(leg)
    const spec = this.specs[d]!
    legs.endPhase(leg, spec.cells.query, kernel.now)
    this.ran(leg, d, spec)
  }

  /** The query has run to its end. */
  private ran(leg: number, d: number, spec: DatabaseSpec): void {
    const { legs, kernel, world } = this
    const failed =
      this.failing[d]! > 0 &&
      world.draws.uniform(spec.failSite, legs.number[leg]!, legs.path[leg]!, 0) < this.failing[d]!
    if (failed) this.failures[d]!++
    this.leave(leg)
    this.running[d]!--
    this.add(d, RUNNING, -1)
    if (this.queue.length[d]! > 0) {
      const next = this.queue.pop(d)
      this.add(d, QUEUE_QUERY, -1)
      legs.endPhase(next, spec.cells.wait, kernel.now)
      this.run(next, d)
    }
    if (spec.rowLocks) this.unlock(leg, d, spec)
    if (this.holds[leg]! > 0) this.giveBack(this.holds[leg]! - 1)
    else this.transactions!.answered(leg, world.compiled.calls[legs.via[leg]!]!.transaction)
    legs.outcome[leg] = failed ? FAILED : OK
    world.network.back(leg)
  }

  /** The lock that the query may have goes to who waits for it. */
  private unlock(leg: number, d: number, spec: DatabaseSpec): void {
    const key = this.world.keys.settle(leg)
    const next = key < 0 ? -1 : this.locks!.release(d, key)
    if (next < 0) return
    this.add(d, QUEUE_QUERY, -1)
    this.legs.endPhase(next, spec.cells.wait, this.kernel.now)
    this.enter(next, d, spec)
  }

  private gaveUp(row: number, timer: number): void {
    const { legs, kernel } = this
    if (legs.timer[row] !== timer) return
    if (legs.replica[row]! >= 0) {
      this.transactions!.gaveUp(row)
      return
    }
    const d = this.databaseOf(row)
    this.withdraw(row, this.poolOf(row, d))
    this.poolTimeouts[d]!++
    legs.endPhase(row, this.specs[d]!.cells.pool, kernel.now)
    this.leave(row)
    legs.outcome[row] = POOL_TIMEOUT
    this.world.network.back(row)
  }

  private leave(leg: number): void {
    const { legs } = this
    legs.timer[leg]!++
    legs.core[leg] = CORE_NONE
    legs.work[leg] = 0
    legs.resident[leg] = 0
  }

  /** Everything at the database fails at once, and every connection is lost. */
  crash(d: number): void {
    const { legs, specs, gauges } = this
    const victims: number[] = []
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (this.isAt(row, d)) victims.push(row)
    }
    for (const gauge of [CONNECTIONS, RUNNING, QUEUE_POOL, QUEUE_QUERY])
      this.add(d, gauge, -gauges.value[d * DATABASE_GAUGES + gauge]!)
    this.running[d] = 0
    this.pools.clear(d)
    this.queue.clear(d)
    this.locks?.clear(d)
    this.contended?.clear(d)
    this.transactions?.crash(d)
    const { cells } = specs[d]!
    for (const leg of victims) {
      const core = legs.core[leg]
      const cell = core === CORE_RUNNING ? cells.query : core === CORE_WAITING ? cells.wait : cells.pool
      legs.endPhase(leg, cell, this.kernel.now)
      this.leave(leg)
      this.failures[d]!++
      legs.outcome[leg] = FAILED
    }
    for (const leg of victims) this.world.network.back(leg)
  }

  /** Latencies are multiplied by `slowness` from now on, also what is left of those under way. */
  slow(d: number, slowness: number): void {
    const { legs, kernel } = this
    const before = this.slowness[d]!
    if (slowness === before) return
    this.slowness[d] = slowness
    if (this.specs[d]!.usl !== undefined) {
      this.contended!.slow(d, slowness)
      return
    }
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (legs.core[row] !== CORE_RUNNING || !this.isAt(row, d)) continue
      const work = Math.max(0, legs.work[row]! - (kernel.now - legs.workAt[row]!) / before)
      legs.work[row] = work
      legs.workAt[row] = kernel.now
      kernel.at(kernel.now + work * slowness, this.doneKind, row, ++legs.timer[row]!)
    }
  }

  /** The measured window starts now. */
  markWindow(): void {
    this.gauges.restart(this.kernel.now)
    this.before.set(this.arrivals)
    this.askedBefore.set(this.asked)
  }

  private isAt(row: number, d: number): boolean {
    const { legs, specs } = this
    return (
      legs.kind[row] === LEG &&
      legs.resident[row] === 1 &&
      legs.replica[row] === -1 &&
      legs.node[row] === specs[d]!.node
    )
  }

  private databaseOf(leg: number): number {
    return this.world.compiled.nodes[this.legs.node[leg]!]!.index
  }

  private add(d: number, gauge: number, by: number): void {
    this.gauges.add(d * DATABASE_GAUGES + gauge, by, this.kernel.now)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      pools: this.pools.save(),
      queue: this.queue.save(),
      locks: this.locks?.save(),
      contended: this.contended?.save(),
      begun: this.transactions?.begun.slice(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.pools.load(from.pools)
    this.queue.load(from.queue)
    this.locks?.load(from.locks)
    this.contended?.load(from.contended)
    this.transactions?.begun.set(from.begun as Float64Array)
  }
}

const FIELDS = [
  'arrivals',
  'asked',
  'poolTimeouts',
  'failures',
  'before',
  'askedBefore',
  'slowness',
  'failing',
  'crashed',
  'running',
]
