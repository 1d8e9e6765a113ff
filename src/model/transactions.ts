/**
 * Transactions: a row holds a connection of a database from the step's begin to its end, over whatever it does
 * between, and its queries of that database run on it. It is given back at the end, and as soon as the row fails, is
 * cancelled or crashes; a query that still runs on it then, keeps it until the server is done.
 */
import type { Kernel } from '../engine/kernel.ts'
import { OUTCOMES } from '../results/types.ts'
import type { Compiled } from './compile/compiled.ts'
import { OP_BEGIN, type Program } from './compile/program.ts'
import type { Databases } from './databases.ts'
import type { Legs } from './legs.ts'
import { LEG, REQUEST } from './legs.ts'
import type { World } from './world.ts'

const FAILED = OUTCOMES.indexOf('failed')
const POOL_TIMEOUT = OUTCOMES.indexOf('pool-timeout')
const DEADLINE = OUTCOMES.indexOf('deadline')

/** In place of a pool: no transaction; its connection was lost; it waits for one. */
const NONE = 0
const BROKEN = -1
const WAITING = -2

export class Transactions {
  /** Begun so far, by database. */
  readonly begun: Float64Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private readonly program: Program
  private readonly databases: Databases
  /** Transactions that a row can have open, one within the other: those of a row are at `row`, `row + 1`, ... */
  private readonly depth: number
  /** Pool + 1 of the connection, or why there is none. */
  private held: Int32Array = new Int32Array(0)
  /** The query under way on it + 1; 0. */
  private query: Int32Array = new Int32Array(0)
  private readonly begunKind: number
  private readonly failKind: number

  /** Before the first row. */
  constructor(world: World, databases: Databases) {
    const { kernel, legs, compiled } = world
    this.world = world
    this.kernel = kernel
    this.legs = legs
    this.compiled = compiled
    this.program = compiled.program
    this.databases = databases
    this.depth = compiled.transactionDepth
    this.begun = new Float64Array(compiled.databases.length)
    legs.int32((array) => {
      this.held = array
    }, this.depth)
    legs.int32((array) => {
      this.query = array
    }, this.depth)
    this.begunKind = kernel.on('a transaction gets its connection', (row, timer) => {
      if (legs.timer[row] !== timer) return
      legs.pc[row]!++
      world.services.steps.step(row)
    })
    this.failKind = kernel.on('a transaction loses its database', (row, timer) => {
      if (legs.timer[row] === timer) world.services.fail(row, FAILED)
    })
  }

  /** The row is at the begin of a transaction. True: it has its connection and goes on. */
  begin(row: number): boolean {
    const { legs, kernel, databases, program } = this
    const pc = legs.pc[row]!
    const d = program.a[pc]!
    const at = row + program.b[pc]!
    const pool = databases.pools.of(d, legs.replica[row]!, -1)
    this.begun[d]!++
    if (databases.crashed[d]! > 0) {
      databases.failures[d]!++
      this.fail(row)
      return false
    }
    databases.asked[d]!++
    if (databases.pools.acquire(pool)) {
      this.held[at] = pool + 1
      databases.connected(d, 1)
      return true
    }
    this.held[at] = WAITING
    const { acquireConstant } = this.compiled.databases[d]!
    const patience = Number.isNaN(acquireConstant)
      ? this.world.draws.sample(program.site[pc]!, legs.number[row]!, legs.path[row]!, program.ordinal[pc]!)
      : acquireConstant
    databases.waits(row, pool, Math.min(kernel.now + patience, this.deadlineOf(row)))
    return false
  }

  /** Until when the work for the row has to end. */
  private deadlineOf(row: number): number {
    const { columns } = this.world.callers
    return columns.propagating ? columns.deadline[row]! : Number.POSITIVE_INFINITY
  }

  private fail(row: number): void {
    this.kernel.task(this.failKind, row, ++this.legs.timer[row]!)
  }

  /** The row, which has waited, gets a connection of its pool. */
  granted(row: number): void {
    const { legs, program, databases } = this
    const pc = legs.pc[row]!
    const d = program.a[pc]!
    this.held[row + program.b[pc]!] = databases.pools.of(d, legs.replica[row]!, -1) + 1
    databases.connected(d, 1)
    legs.endPhase(row, this.compiled.databases[d]!.cells.pool, this.kernel.now)
    this.kernel.task(this.begunKind, row, ++legs.timer[row]!)
  }

  /** The row has waited for a connection for as long as it would. */
  gaveUp(row: number): void {
    const { legs, program, kernel, databases } = this
    const pc = legs.pc[row]!
    const d = program.a[pc]!
    const late = kernel.now >= this.deadlineOf(row)
    if (!late) databases.poolTimeouts[d]!++
    databases.withdraw(row, databases.pools.of(d, legs.replica[row]!, -1))
    this.held[row + program.b[pc]!] = NONE
    legs.endPhase(row, this.compiled.databases[d]!.cells.pool, kernel.now)
    this.world.services.fail(row, late ? DEADLINE : POOL_TIMEOUT)
  }

  /** A query arrives for the transaction `slot` of its caller. False: there is none, or its connection is lost. */
  queried(leg: number, slot: number): boolean {
    if (!this.world.callers.isAwaited(leg)) return false
    const at = this.legs.parent[leg]! + slot
    if (this.held[at]! <= 0) return false
    this.query[at] = leg + 1
    return true
  }

  /** The query has left the server. */
  answered(leg: number, slot: number): void {
    const at = this.legs.parent[leg]! + slot
    if (this.query[at] === leg + 1) this.query[at] = 0
  }

  /** The row leaves its transaction `slot`, or fails in it. */
  endOne(row: number, slot: number): void {
    const { legs, databases } = this
    const at = row + slot
    const held = this.held[at]!
    if (held === NONE) return
    const leg = this.query[at]! - 1
    this.held[at] = NONE
    this.query[at] = 0
    if (held === WAITING) {
      const d = this.program.a[legs.pc[row]!]!
      databases.withdraw(row, databases.pools.of(d, legs.replica[row]!, -1))
    } else if (held > 0) {
      if (leg >= 0) databases.holds[leg] = held
      else databases.giveBack(held - 1)
    }
  }

  /** The row has ended, whatever the reason: so have all of its transactions. */
  end(row: number): void {
    for (let slot = 0; slot < this.depth; slot++) this.endOne(row, slot)
  }

  /** False where the connection of transaction `slot` of the row was lost: it cannot commit. */
  commit(row: number, slot: number): boolean {
    if (this.held[row + slot] === BROKEN) {
      this.fail(row)
      return false
    }
    this.endOne(row, slot)
    return true
  }

  /** Database `d` loses every connection, and whoever waits for one fails. */
  crash(d: number): void {
    const { legs, held, program } = this
    const { pools } = this.databases
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (legs.kind[row] === REQUEST || legs.replica[row]! < 0) continue
      if (legs.kind[row] === LEG && legs.resident[row] === 0) continue
      for (let slot = 0; slot < this.depth; slot++) {
        const at = row + slot
        if (held[at]! > 0 && pools.database[held[at]! - 1] === d) {
          held[at] = BROKEN
          this.query[at] = 0
        } else if (held[at] === WAITING && program.a[legs.pc[row]!] === d) {
          held[at] = NONE
          legs.endPhase(row, this.compiled.databases[d]!.cells.pool, this.kernel.now)
          this.databases.failures[d]!++
          this.fail(row)
        }
      }
    }
  }

  /** Connections of database `d` that transactions hold, and rows that wait for one; for looking at. */
  count(row: number, d: number): { held: number; waiting: number } {
    let held = 0
    let waiting = 0
    for (let slot = 0; slot < this.depth; slot++) {
      const value = this.held[row + slot]!
      if (value > 0 && this.databases.pools.database[value - 1] === d) held++
      const pc = this.legs.pc[row]!
      if (value === WAITING && this.program.op[pc] === OP_BEGIN && this.program.a[pc] === d) waiting++
    }
    return { held, waiting }
  }
}
