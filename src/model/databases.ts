/**
 * What happens to a leg at a database: it takes a connection of the one pool (first come, first served, until its
 * acquire timeout), then a place at the server, runs, and gives both back. A query whose caller has given up goes on:
 * it holds its connection until the server is done.
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import { OUTCOMES } from '../results/types.ts'
import type { DatabaseSpec } from './compile/compiled.ts'
import { CONNECTIONS, DATABASE_GAUGES, QUEUE_POOL, QUEUE_QUERY, RUNNING } from './database-gauges.ts'
import { Fifo } from './fifo.ts'
import type { Legs } from './legs.ts'
import { CORE_NONE, CORE_RUNNING, CORE_WAITING, LEG } from './legs.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const FAILED = OUTCOMES.indexOf('failed')
const POOL_TIMEOUT = OUTCOMES.indexOf('pool-timeout')

export class Databases implements Part {
  /** DATABASE_GAUGES per database. */
  readonly gauges: Gauges
  /** Per database: queries that came, that gave up waiting for a connection, that the database failed. */
  readonly arrivals: Float64Array
  readonly poolTimeouts: Float64Array
  readonly failures: Float64Array
  /** `arrivals` as of the start of the measured window. */
  readonly before: Float64Array
  /** Latencies are multiplied by this now; queries fail with this probability; crashes that are on. */
  readonly slowness: Float64Array
  readonly failing: Float64Array
  readonly crashed: Int32Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly specs: readonly DatabaseSpec[]
  private readonly connections: Int32Array
  private readonly running: Int32Array
  private readonly pool: Fifo
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
    this.poolTimeouts = new Float64Array(count)
    this.failures = new Float64Array(count)
    this.before = new Float64Array(count)
    this.slowness = new Float64Array(count).fill(1)
    this.failing = new Float64Array(count)
    this.crashed = new Int32Array(count)
    this.connections = new Int32Array(count)
    this.running = new Int32Array(count)
    this.pool = new Fifo(legs, count)
    this.queue = new Fifo(legs, count)
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
    if (this.connections[d]! < spec.connections) {
      this.connect(leg, d, spec)
      return
    }
    this.pool.push(d, leg)
    this.add(d, QUEUE_POOL, 1)
    const patience = Number.isNaN(spec.acquireConstant)
      ? this.world.draws.sample(spec.acquireSite, legs.number[leg]!, legs.path[leg]!, 0)
      : spec.acquireConstant
    kernel.at(kernel.now + patience, this.acquireKind, leg, ++legs.timer[leg]!)
  }

  private connect(leg: number, d: number, spec: DatabaseSpec): void {
    this.connections[d]!++
    this.add(d, CONNECTIONS, 1)
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
    legs.work[leg] = latency
    legs.workAt[leg] = kernel.now
    kernel.at(kernel.now + latency * this.slowness[d]!, this.doneKind, leg, ++legs.timer[leg]!)
  }

  private done(leg: number, timer: number): void {
    const { legs, kernel, world } = this
    if (legs.timer[leg] !== timer) return
    const d = this.databaseOf(leg)
    const spec = this.specs[d]!
    legs.endPhase(leg, spec.cells.query, kernel.now)
    const failed =
      this.failing[d]! > 0 &&
      world.draws.uniform(spec.failSite, legs.number[leg]!, legs.path[leg]!, 0) < this.failing[d]!
    if (failed) this.failures[d]!++
    this.leave(leg)
    this.running[d]!--
    this.add(d, RUNNING, -1)
    this.connections[d]!--
    this.add(d, CONNECTIONS, -1)
    if (this.queue.length[d]! > 0) {
      const next = this.queue.pop(d)
      this.add(d, QUEUE_QUERY, -1)
      legs.endPhase(next, spec.cells.wait, kernel.now)
      this.run(next, d)
    }
    if (this.pool.length[d]! > 0) {
      const next = this.pool.pop(d)
      this.add(d, QUEUE_POOL, -1)
      legs.timer[next]!++
      legs.endPhase(next, spec.cells.pool, kernel.now)
      this.connect(next, d, spec)
    }
    legs.outcome[leg] = failed ? FAILED : OK
    world.network.back(leg)
  }

  private gaveUp(leg: number, timer: number): void {
    const { legs, kernel } = this
    if (legs.timer[leg] !== timer) return
    const d = this.databaseOf(leg)
    this.pool.remove(d, leg)
    this.add(d, QUEUE_POOL, -1)
    this.poolTimeouts[d]!++
    legs.endPhase(leg, this.specs[d]!.cells.pool, kernel.now)
    this.leave(leg)
    legs.outcome[leg] = POOL_TIMEOUT
    this.world.network.back(leg)
  }

  private leave(leg: number): void {
    const { legs } = this
    legs.timer[leg]!++
    legs.core[leg] = CORE_NONE
    legs.work[leg] = 0
    legs.resident[leg] = 0
  }

  /** Everything at the database fails at once. */
  crash(d: number): void {
    const { legs, specs } = this
    const victims: number[] = []
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (this.isAt(row, d)) victims.push(row)
    }
    this.add(d, CONNECTIONS, -this.connections[d]!)
    this.add(d, RUNNING, -this.running[d]!)
    this.add(d, QUEUE_POOL, -this.pool.length[d]!)
    this.add(d, QUEUE_QUERY, -this.queue.length[d]!)
    this.connections[d] = 0
    this.running[d] = 0
    this.pool.clear(d)
    this.queue.clear(d)
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
      pool: this.pool.save(),
      queue: this.queue.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.pool.load(from.pool)
    this.queue.load(from.queue)
  }
}

const FIELDS = [
  'arrivals',
  'poolTimeouts',
  'failures',
  'before',
  'slowness',
  'failing',
  'crashed',
  'connections',
  'running',
]
