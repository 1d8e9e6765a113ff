/**
 * Walks a leg, or a branch of one, through its endpoint's program: step after step, until something takes time.
 */
import type { Kernel } from '../../engine/kernel.ts'
import type { Draws } from '../../random/index.ts'
import { OUTCOMES } from '../../results/types.ts'
import type { Callers } from '../callers.ts'
import type { Compiled, ServiceSpec } from '../compile/compiled.ts'
import {
  OP_BEGIN,
  OP_BRANCH_END,
  OP_CALL,
  OP_CHOOSE,
  OP_COMMIT,
  OP_CPU,
  OP_END,
  OP_FORK,
  OP_IO,
  OP_JUMP,
  OP_RECORDED,
} from '../compile/program.ts'
import type { Cores } from '../cores.ts'
import type { Legs } from '../legs.ts'
import { BRANCH, CORE_HELD, CORE_NONE } from '../legs.ts'
import type { Network } from '../network.ts'
import type { Replicas } from '../replicas.ts'
import { IO } from '../service-gauges.ts'
import type { Services } from '../services.ts'
import type { World } from '../world.ts'

const OK = OUTCOMES.indexOf('ok')

/** Stands in `work` while an io step runs. */
const IO_RUNNING = -1

export class StepRunner {
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly services: Services
  private readonly cores: readonly Cores[]
  private readonly replicas: Replicas
  private network!: Network
  private callers!: Callers
  private readonly specs: readonly ServiceSpec[]
  private readonly ioKind: number
  private readonly branchKind: number
  private readonly releasedKind: number
  private readonly op: Uint8Array
  private readonly a: Int32Array
  private readonly b: Int32Array
  private readonly site: Int32Array
  private readonly ordinal: Int32Array

  constructor(world: World, services: Services) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    this.services = services
    this.cores = services.cores
    this.replicas = world.replicas
    const { compiled, kernel, legs } = world
    this.specs = compiled.services
    this.op = compiled.program.op
    this.a = compiled.program.a
    this.b = compiled.program.b
    this.site = compiled.program.site
    this.ordinal = compiled.program.ordinal
    this.ioKind = kernel.on('an io step ends', (row, timer) => this.ioDone(row, timer))
    this.branchKind = kernel.on('a branch starts', (row, timer) => {
      if (legs.timer[row] === timer) this.step(row)
    })
    this.releasedKind = kernel.on('a leg has released its core', (row, timer) => this.released(row, timer))
  }

  wire(): void {
    const { network, callers } = this.world
    this.network = network
    this.callers = callers
  }

  /** The leg has all that it needs. */
  begin(leg: number, spec: ServiceSpec): void {
    const { legs } = this
    legs.pc[leg] = spec.endpoints[legs.endpoint[leg]!]!.entry
    this.step(leg)
  }

  /** Goes on with the program of a leg or branch until something takes time. */
  step(row: number): void {
    const { legs, kernel, draws } = this
    const { op, a, site, ordinal } = this
    for (;;) {
      const pc = legs.pc[row]!
      const code = op[pc]!
      if (code === OP_CPU) {
        const s = this.replicas.service[legs.replica[row]!]!
        const demand = draws.sample(site[pc]!, legs.number[row]!, legs.path[row]!, ordinal[pc]!)
        this.cores[s]!.request(row, demand)
        return
      }
      if (code === OP_JUMP) {
        legs.pc[row] = a[pc]!
        continue
      }
      if (code === OP_CHOOSE) {
        legs.pc[row] = this.choose(row, pc)
        continue
      }
      if (code === OP_RECORDED) {
        this.cores[this.replicas.service[legs.replica[row]!]!]!.request(row, this.recorded(row, pc))
        return
      }
      if (legs.core[row] === CORE_HELD && this.coresOf(row).release(row)) {
        kernel.last(this.releasedKind, row, legs.timer[row]!)
        return
      }
      if (code === OP_END) {
        this.services.leave(row, OK)
        legs.outcome[row] = OK
        this.network.back(row)
        return
      }
      if (code === OP_IO) {
        const duration = draws.sample(site[pc]!, legs.number[row]!, legs.path[row]!, ordinal[pc]!)
        this.services.add(legs.replica[row]!, IO, 1)
        // While no cpu step runs, `work` remembers that an io step does.
        legs.work[row] = IO_RUNNING
        kernel.at(kernel.now + duration, this.ioKind, row, legs.timer[row]!)
        return
      }
      if (code === OP_CALL) {
        this.callers.begin(row, a[pc]!)
        return
      }
      if (code === OP_FORK) {
        this.fork(row, pc)
        return
      }
      if (code === OP_BRANCH_END) {
        this.join(row, OK)
        return
      }
      if (code === OP_BEGIN || code === OP_COMMIT) {
        const { transactions } = this.world.databases
        if (!(code === OP_BEGIN ? transactions!.begin(row) : transactions!.commit(row, this.b[pc]!))) return
        legs.pc[row] = pc + 1
        continue
      }
      // OP_FORWARD is what remains.
      this.forward(row, a[pc]!)
      return
    }
  }

  cpuDone(row: number): void {
    this.legs.pc[row]!++
    this.step(row)
  }

  private ioDone(row: number, timer: number): void {
    const { legs, kernel, replicas } = this
    if (legs.timer[row] !== timer) return
    const r = legs.replica[row]!
    this.services.add(r, IO, -1)
    legs.work[row] = 0
    legs.endPhase(row, this.specs[replicas.service[r]!]!.cells.io, kernel.now)
    legs.pc[row]!++
    this.step(row)
  }

  /** What the trace of the step's workload says of the request, if it is one of its. */
  private recorded(row: number, pc: number): number {
    const { legs, draws, compiled } = this
    const workload = this.a[pc]!
    if (compiled.classes[legs.cls[row]!]!.workload === workload)
      return compiled.recordedDurations[workload]![legs.number[row]!]!
    return draws.sample(this.site[pc]!, legs.number[row]!, legs.path[row]!, this.ordinal[pc]!)
  }

  private choose(row: number, pc: number): number {
    const { legs, draws, compiled } = this
    const { targets, cumulative } = compiled.program
    const u = draws.uniform(this.site[pc]!, legs.number[row]!, legs.path[row]!, this.ordinal[pc]!)
    let option = this.a[pc]!
    const last = option + this.b[pc]! - 1
    while (option < last && u >= cumulative[option]!) option++
    return targets[option]!
  }

  private fork(row: number, pc: number): void {
    const { legs, kernel, compiled } = this
    const count = this.b[pc]!
    legs.open[row] = count
    for (let i = 0; i < count; i++) {
      const branch = legs.alloc()
      legs.kind[branch] = BRANCH
      legs.parent[branch] = row
      legs.parentGeneration[branch] = legs.generation[row]!
      legs.number[branch] = legs.number[row]!
      legs.path[branch] = legs.path[row]!
      legs.cls[branch] = legs.cls[row]!
      legs.since[branch] = kernel.now
      legs.copyPhases(row, branch)
      legs.child[branch] = -1
      this.callers.inherit(row, branch)
      legs.node[branch] = legs.node[row]!
      legs.channel[branch] = -1
      legs.backend[branch] = -1
      legs.frameCount[branch] = 0
      legs.lost[branch] = 0
      legs.replica[branch] = legs.replica[row]!
      legs.resident[branch] = 0
      legs.core[branch] = CORE_NONE
      legs.worker[branch] = 0
      legs.memory[branch] = 0
      legs.work[branch] = 0
      legs.pc[branch] = compiled.program.targets[this.a[pc]! + i]!
      kernel.task(this.branchKind, branch, legs.timer[branch]!)
    }
  }

  /** A branch has ended; the last one takes its parent on, with its own times. */
  join(branch: number, outcome: number): void {
    const { legs, kernel } = this
    const parent = legs.parent[branch]!
    if (outcome !== OK && legs.outcome[parent] === OK) legs.outcome[parent] = outcome
    const last = --legs.open[parent]! === 0
    if (last) {
      legs.copyPhases(branch, parent)
      legs.since[parent] = kernel.now
    }
    this.world.databases.transactions?.end(branch)
    legs.replica[branch] = -1
    legs.release(branch)
    if (!last) return
    if (legs.outcome[parent] !== OK) {
      this.services.fail(parent, legs.outcome[parent]!)
      return
    }
    legs.pc[parent]!++
    this.step(parent)
  }

  private forward(leg: number, index: number): void {
    const { legs, compiled, network } = this
    const { hop, endpoint } = compiled.forwards[index]!
    this.world.sockets?.forwards(leg, legs.replica[leg]!)
    this.services.leave(leg, OK)
    legs.endpoint[leg] = endpoint
    legs.replica[leg] = -1
    network.send(leg, hop.node, hop.channel)
  }

  private coresOf(row: number): Cores {
    const { legs, replicas } = this
    return this.cores[replicas.service[legs.replica[row]!]!]!
  }

  /** The leg has given its core back, as everybody else who is due now has. */
  private released(row: number, timer: number): void {
    const { legs } = this
    if (legs.timer[row] !== timer) return
    this.coresOf(row).grant(legs.replica[row]!)
    this.step(row)
  }

  /** Whether the row is in an io step; then it no longer is. */
  endIo(row: number, r: number): boolean {
    const { legs } = this
    if (this.op[legs.pc[row]!] !== OP_IO || legs.work[row] !== IO_RUNNING) return false
    this.services.add(r, IO, -1)
    legs.work[row] = 0
    return true
  }

  /** Whether the row waits for branches of its own. */
  isForked(row: number): boolean {
    return this.op[this.legs.pc[row]!] === OP_FORK
  }
}
