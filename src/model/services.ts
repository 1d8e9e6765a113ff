/**
 * What happens to a leg at a replica: it is admitted (worker, then memory), walks through its endpoint's program,
 * gives everything back and answers. The checks of admission happen once; a leg that waited is never refused.
 */

import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import type { Draws } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import { ABANDONED, ADMITTED, Admission, CANCELLED } from './admission.ts'
import type { Balancers } from './balancers.ts'
import type { Feedback } from './balancing/feedback.ts'
import type { Callers } from './callers.ts'
import type { Compiled, ServiceSpec } from './compile/compiled.ts'
import {
  OP_BRANCH_END,
  OP_CALL,
  OP_CHOOSE,
  OP_CPU,
  OP_END,
  OP_FORK,
  OP_IO,
  OP_JUMP,
} from './compile/program.ts'
import type { Cores } from './cores.ts'
import { Fifo } from './fifo.ts'
import { FifoCores } from './fifo-cores.ts'
import type { Legs } from './legs.ts'
import { BRANCH, CORE_HELD, CORE_NONE, LEG } from './legs.ts'
import type { Network } from './network.ts'
import { ProcessorSharing } from './processor-sharing.ts'
import type { Replicas } from './replicas.ts'
import {
  IO,
  LOAD,
  MEMORY,
  QUEUE_MEMORY,
  QUEUE_WORKERS,
  READY_REPLICAS,
  SERVICE_GAUGES,
  WORKERS,
  WORKING_REPLICAS,
} from './service-gauges.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const FAILED = OUTCOMES.indexOf('failed')
const SHED = OUTCOMES.indexOf('shed')
const DEADLINE = OUTCOMES.indexOf('deadline')

/** In place of a program counter: what a leg waits for that has not begun. */
const FOR_ADMISSION = -1
const FOR_WORKER = -2
const FOR_MEMORY = -3
/** It has been given that, and goes on after everything else that is due now. */
const GRANTED = -4

export class Services implements Part {
  /** SERVICE_GAUGES per service. */
  readonly gauges: Gauges
  readonly arrivals: Float64Array
  /** Nominal demand that came, seconds of a core at speed 1: the class means, not the draws. */
  readonly offered: Float64Array
  /** Per service: its own way of giving out cores. */
  readonly cores: readonly Cores[]
  /** The service whose legs are admitted by the gate; -1. */
  gated = -1
  /** Undefined where no service has overload control or cancels. */
  readonly admission: Admission | undefined
  /** Where a policy asks what the replicas say of themselves. */
  feedback: Feedback | undefined
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private network!: Network
  private callers!: Callers
  private balancers!: Balancers
  private replicas!: Replicas
  private readonly specs: readonly ServiceSpec[]
  private readonly fifo: FifoCores
  private readonly sharing: ProcessorSharing | undefined
  private readonly memory: Float64Array
  private readonly workers: Int32Array
  private readonly memoryQueue: Fifo
  private readonly workerQueue: Fifo
  private readonly ioKind: number
  private readonly branchKind: number
  private readonly releasedKind: number
  private readonly memoryKind: number
  private readonly workerKind: number
  private readonly admittedKind: number
  private readonly shedKind: number
  private readonly discardKind: number
  private readonly op: Uint8Array
  private readonly a: Int32Array
  private readonly b: Int32Array
  private readonly site: Int32Array
  private readonly ordinal: Int32Array

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    const { compiled, kernel, legs } = world
    this.specs = compiled.services
    this.feedback = undefined
    this.gauges = new Gauges(this.specs.length * SERVICE_GAUGES)
    this.arrivals = new Float64Array(this.specs.length)
    this.offered = new Float64Array(this.specs.length)
    this.fifo = new FifoCores(world)
    this.sharing = this.specs.some((spec) => spec.discipline === 'ps')
      ? new ProcessorSharing(world)
      : undefined
    this.cores = this.specs.map((spec) => (spec.discipline === 'ps' ? this.sharing! : this.fifo))
    this.admission = this.specs.some((spec) => spec.overload !== undefined || spec.cancel !== 'never')
      ? new Admission(world)
      : undefined
    this.memory = new Float64Array(compiled.replicaCount)
    this.workers = new Int32Array(compiled.replicaCount)
    this.memoryQueue = new Fifo(legs, compiled.replicaCount)
    this.workerQueue = new Fifo(legs, compiled.replicaCount)
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
    this.workerKind = kernel.on('a leg gets a worker', (row, timer) => {
      if (legs.timer[row] !== timer) return
      const r = legs.replica[row]!
      this.admit(row, r, this.specs[world.replicas.service[r]!]!)
    })
    this.memoryKind = kernel.on('memory is free', (r) => this.admitFromMemoryQueue(r))
    this.admittedKind = kernel.on('a leg gets its memory', (row, timer) => {
      if (legs.timer[row] === timer) this.run(row, this.specs[world.replicas.service[legs.replica[row]!]!]!)
    })
    this.shedKind = kernel.on('a leg is shed', (row, timer) => {
      if (legs.timer[row] === timer) this.fail(row, SHED)
    })
    this.discardKind = kernel.on('a leg that nobody waits for is dropped', (row, timer) => {
      if (legs.timer[row] === timer) this.dropUnwanted(row)
    })
    this.specs.forEach((spec, s) => {
      this.gauges.set(s * SERVICE_GAUGES + READY_REPLICAS, spec.initialReady, 0)
      this.gauges.set(s * SERVICE_GAUGES + WORKING_REPLICAS, spec.initialReady, 0)
    })
  }

  wire(): void {
    const { network, callers, balancers, replicas } = this.world
    this.network = network
    this.callers = callers
    this.balancers = balancers
    this.replicas = replicas
    this.fifo.wire()
    this.admission?.wire()
  }

  /** A gauge of the service of replica `r` changes. */
  add(r: number, gauge: number, by: number): void {
    this.gauges.add(this.replicas.service[r]! * SERVICE_GAUGES + gauge, by, this.kernel.now)
  }

  /** The leg has arrived at the service of its node; a balancer has set its replica, else there is one only. */
  arrive(leg: number): void {
    const { legs, kernel, compiled, replicas, balancers } = this
    const s = compiled.nodes[legs.node[leg]!]!.index
    const spec = this.specs[s]!
    if (legs.backend[leg]! >= 0) balancers.landed(leg, legs.backend[leg]!)
    if (legs.replica[leg]! < 0) legs.replica[leg] = spec.firstReplica
    const r = legs.replica[leg]!
    legs.start[leg] = kernel.now
    legs.since[leg] = kernel.now
    const endpoint = this.chooseEndpoint(leg, s, spec)
    legs.endpoint[leg] = endpoint
    this.arrivals[s]!++
    this.offered[s]! += spec.endpoints[endpoint]!.demand
    replicas.arrivals[r]!++
    if (replicas.crashed[r]! > 0) {
      replicas.settle(r)
      legs.outcome[leg] = FAILED
      this.network.back(leg)
      return
    }
    if (s === this.gated) this.world.gate.arrive(leg, r)
    else this.check(leg, r, s, spec)
  }

  /** Of a leg that has arrived: the service's own overload control decides, then it is in. */
  check(leg: number, r: number, s: number, spec: ServiceSpec): void {
    const { kernel, legs, replicas, admission } = this
    if (admission !== undefined) {
      const verdict = admission.check(leg, r, s, spec)
      if (verdict !== ADMITTED) {
        replicas.settle(r)
        if (verdict === ABANDONED) {
          this.network.drop(leg)
          return
        }
        legs.outcome[leg] = verdict
        this.network.back(leg)
        return
      }
    }
    legs.resident[leg] = 1
    legs.work[leg] = 0
    legs.memory[leg] = 0
    replicas.changeLoad(r, 1)
    if (this.feedback !== undefined) this.feedback.arrived(leg, r, spec)
    this.gauges.add(s * SERVICE_GAUGES + LOAD, 1, kernel.now)
    if (admission?.holds(leg, r, s)) {
      legs.pc[leg] = FOR_ADMISSION
      return
    }
    this.enterAt(leg, r, spec)
  }

  /** Of a leg that has arrived and is at no replica yet: it is answered that it is shed. */
  turnAway(leg: number, r: number): void {
    this.replicas.settle(r)
    this.legs.outcome[leg] = SHED
    this.network.back(leg)
  }

  /** The leg is admitted: it needs a worker, then memory. */
  enter(leg: number): void {
    const r = this.legs.replica[leg]!
    this.enterAt(leg, r, this.specs[this.replicas.service[r]!]!)
  }

  private enterAt(leg: number, r: number, spec: ServiceSpec): void {
    if (!spec.uses.workers) {
      this.admit(leg, r, spec)
    } else if (this.workers[r]! < spec.workers) {
      this.takeWorker(leg, r)
      this.admit(leg, r, spec)
    } else {
      this.legs.pc[leg] = FOR_WORKER
      this.workerQueue.push(r, leg)
      this.add(r, QUEUE_WORKERS, 1)
    }
  }

  private chooseEndpoint(leg: number, s: number, spec: ServiceSpec): number {
    const { legs, compiled, draws } = this
    const name = legs.endpoint[leg]!
    if (name >= 0) {
      const own = compiled.endpointOf[s * compiled.endpointNames.length + name]!
      if (own >= 0) return own
    }
    if (spec.endpointSite < 0) return 0
    const u = draws.uniform(spec.endpointSite, legs.number[leg]!, legs.path[leg]!, 0)
    return Math.floor(u * spec.endpoints.length)
  }

  private takeWorker(leg: number, r: number): void {
    this.workers[r]!++
    this.legs.worker[leg] = 1
    this.add(r, WORKERS, 1)
  }

  /** The leg has its worker, where one is needed. */
  private admit(leg: number, r: number, spec: ServiceSpec): void {
    const { legs } = this
    const need = spec.endpoints[legs.endpoint[leg]!]!.memory
    if (need === 0) {
      this.run(leg, spec)
    } else if (this.memoryQueue.length[r] === 0 && this.memory[r]! + need <= spec.memory) {
      this.reserve(leg, r, spec)
      this.run(leg, spec)
    } else {
      legs.pc[leg] = FOR_MEMORY
      this.memoryQueue.push(r, leg)
      this.add(r, QUEUE_MEMORY, 1)
    }
  }

  private reserve(leg: number, r: number, spec: ServiceSpec): void {
    const need = spec.endpoints[this.legs.endpoint[leg]!]!.memory
    this.memory[r]! += need
    this.legs.memory[leg] = need
    this.add(r, MEMORY, need)
  }

  private run(leg: number, spec: ServiceSpec): void {
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
      if (legs.core[row] === CORE_HELD && this.coresOf(row).release(row)) {
        kernel.last(this.releasedKind, row, legs.timer[row]!)
        return
      }
      if (code === OP_END) {
        this.leave(row, OK)
        legs.outcome[row] = OK
        this.network.back(row)
        return
      }
      if (code === OP_IO) {
        const duration = draws.sample(site[pc]!, legs.number[row]!, legs.path[row]!, ordinal[pc]!)
        this.add(legs.replica[row]!, IO, 1)
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
    this.add(r, IO, -1)
    legs.work[row] = 0
    legs.endPhase(row, this.specs[replicas.service[r]!]!.cells.io, kernel.now)
    legs.pc[row]!++
    this.step(row)
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
  private join(branch: number, outcome: number): void {
    const { legs, kernel } = this
    const parent = legs.parent[branch]!
    if (outcome !== OK && legs.outcome[parent] === OK) legs.outcome[parent] = outcome
    const last = --legs.open[parent]! === 0
    if (last) {
      legs.copyPhases(branch, parent)
      legs.since[parent] = kernel.now
    }
    legs.replica[branch] = -1
    legs.release(branch)
    if (!last) return
    if (legs.outcome[parent] !== OK) {
      this.fail(parent, legs.outcome[parent]!)
      return
    }
    legs.pc[parent]!++
    this.step(parent)
  }

  private forward(leg: number, index: number): void {
    const { legs, compiled, network } = this
    const { hop, endpoint } = compiled.forwards[index]!
    this.world.sockets?.forwards(leg, legs.replica[leg]!)
    this.leave(leg, OK)
    legs.endpoint[leg] = endpoint
    legs.replica[leg] = -1
    network.send(leg, hop.node, hop.channel)
  }

  /** A call of the row has failed for good: so does the row, with the same outcome. */
  fail(row: number, outcome: number): void {
    const { legs } = this
    if (legs.kind[row] === BRANCH) {
      this.join(row, outcome)
      return
    }
    this.leave(row, outcome)
    legs.outcome[row] = outcome
    this.network.back(row)
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

  /** The leg gives back memory and worker and is no longer at its replica; others that waited go on. */
  private leave(leg: number, outcome: number): void {
    const { legs, replicas } = this
    const r = legs.replica[leg]!
    const spec = this.specs[replicas.service[r]!]!
    legs.resident[leg] = 0
    this.add(r, LOAD, -1)
    const held = legs.memory[leg]!
    const hadWorker = legs.worker[leg] === 1
    legs.memory[leg] = 0
    legs.worker[leg] = 0
    replicas.changeLoad(r, -1)
    this.admission?.left(leg, r, outcome)
    if (this.feedback !== undefined) this.feedback.left(leg, r, spec)
    if (held > 0) {
      this.memory[r]! -= held
      this.add(r, MEMORY, -held)
      if (this.memoryQueue.length[r]! > 0) this.kernel.last(this.memoryKind, r, 0)
      this.world.sockets?.memoryFreed(r)
    }
    if (hadWorker) {
      this.workers[r]!--
      this.add(r, WORKERS, -1)
      while (this.workerQueue.length[r]! > 0) {
        const next = this.workerQueue.pop(r)
        this.add(r, QUEUE_WORKERS, -1)
        legs.endPhase(next, spec.cells.worker, this.kernel.now)
        legs.pc[next] = GRANTED
        if (this.isDiscarded(next, spec)) continue
        this.takeWorker(next, r)
        // Not at once: of legs that take no time any number can follow each other.
        this.kernel.last(this.workerKind, next, legs.timer[next]!)
        break
      }
    }
  }

  /** Bytes in use at the replica, by requests and connections. */
  memoryInUse(r: number): number {
    return this.memory[r]!
  }

  /** Connections take memory (or give it back) beside the requests. */
  changeConnectionMemory(r: number, by: number): void {
    this.memory[r]! += by
    this.add(r, MEMORY, by)
    if (by < 0 && this.memoryQueue.length[r]! > 0) this.kernel.last(this.memoryKind, r, 0)
  }

  private admitFromMemoryQueue(r: number): void {
    const { legs, kernel, replicas } = this
    const spec = this.specs[replicas.service[r]!]!
    for (let next = this.memoryQueue.first(r); next >= 0; next = this.memoryQueue.first(r)) {
      if (this.memory[r]! + spec.endpoints[legs.endpoint[next]!]!.memory > spec.memory) return
      this.memoryQueue.pop(r)
      this.add(r, QUEUE_MEMORY, -1)
      legs.endPhase(next, spec.cells.memory, kernel.now)
      legs.pc[next] = GRANTED
      if (this.isDiscarded(next, spec)) continue
      this.reserve(next, r, spec)
      kernel.last(this.admittedKind, next, legs.timer[next]!)
    }
  }

  /** Whether nobody waits any more for the leg, which leaves a queue, and that is a reason to drop it. */
  private isDiscarded(leg: number, spec: ServiceSpec): boolean {
    if (this.admission === undefined || this.admission.isWanted(leg, spec)) return false
    this.discard(leg)
    return true
  }

  /** Takes a leg that is less important than class `cls` out of the queue for a core; -1 where there is none. */
  displaced(r: number, cls: number): number {
    return this.fifo.displace(r, cls)
  }

  /** The leg, which is in no queue any more, is refused: as a task, since its caller may do anything about it. */
  shed(leg: number): void {
    this.legs.pc[leg] = GRANTED
    this.kernel.task(this.shedKind, leg, this.legs.timer[leg]!)
  }

  /** The row, which is in no queue any more, is dropped since nobody waits for it. */
  discard(row: number): void {
    this.legs.pc[row] = GRANTED
    this.kernel.task(this.discardKind, row, this.legs.timer[row]!)
  }

  private dropUnwanted(row: number): void {
    const { legs, replicas } = this
    const s = replicas.service[legs.replica[row]!]!
    const spec = this.specs[s]!
    if (legs.kind[row] === LEG) this.admission!.countUnwanted(s, spec)
    if (legs.kind[row] === BRANCH || spec.cancel === 'never') {
      this.fail(row, DEADLINE)
      return
    }
    this.leave(row, DEADLINE)
    this.network.drop(row)
  }

  /** Nobody waits for the leg any more: where its service notices at once, it stops and gives everything back. */
  cancel(leg: number): void {
    const { legs, replicas } = this
    if (legs.resident[leg] !== 1) return
    const r = legs.replica[leg]!
    const s = replicas.service[r]!
    if (this.specs[s]!.cancel !== 'immediate') return
    this.admission!.count(s, CANCELLED)
    this.stop(leg, r, s)
    this.leave(leg, DEADLINE)
    this.network.drop(leg)
  }

  /** Takes the row, and what it has forked and called, out of whatever it is in. */
  private stop(row: number, r: number, s: number): void {
    const { legs } = this
    this.callers.abandon(row)
    const pc = legs.pc[row]!
    if (pc === FOR_ADMISSION) {
      this.admission!.withdraw(row)
    } else if (pc === FOR_WORKER) {
      this.workerQueue.remove(r, row)
      this.add(r, QUEUE_WORKERS, -1)
    } else if (pc === FOR_MEMORY) {
      const first = this.memoryQueue.first(r) === row
      this.memoryQueue.remove(r, row)
      this.add(r, QUEUE_MEMORY, -1)
      // It may have stood before one that fits.
      if (first) this.kernel.last(this.memoryKind, r, 0)
    } else if (pc === GRANTED) {
      return
    } else if (legs.core[row] !== CORE_NONE) {
      this.cores[s]!.cancel(row)
      return
    } else if (this.op[pc] === OP_IO && legs.work[row] === IO_RUNNING) {
      this.add(r, IO, -1)
      legs.work[row] = 0
    } else if (this.op[pc] === OP_FORK) {
      this.stopBranches(row, r, s)
    }
    // It may have given its core back at this very instant, and then nobody else would pass it on.
    this.cores[s]!.grant(r)
  }

  private stopBranches(parent: number, r: number, s: number): void {
    const { legs } = this
    const generation = legs.generation[parent]!
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (legs.kind[row] !== BRANCH || legs.replica[row] !== r) continue
      if (legs.parent[row] !== parent || legs.parentGeneration[row] !== generation) continue
      this.stop(row, r, s)
      legs.replica[row] = -1
      legs.release(row)
    }
  }

  /** Everything at the replica fails at once. */
  crash(r: number): void {
    const { legs, replicas, callers, network } = this
    const s = replicas.service[r]!
    this.world.sockets?.crash(r)
    const victims: number[] = []
    const branches: number[] = []
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (legs.replica[row] !== r) continue
      if (legs.kind[row] === LEG && legs.resident[row] === 1) victims.push(row)
      else if (legs.kind[row] === BRANCH) branches.push(row)
    }
    // In the order of their arrival: rows are numbered by what else there is, and budgets may leave out the last.
    victims.sort((a, b) => legs.start[a]! - legs.start[b]! || legs.number[a]! - legs.number[b]!)
    this.cores[s]!.clear(r)
    if (this.admission !== undefined) {
      for (const leg of victims) this.admission.forget(leg, legs.pc[leg] === FOR_ADMISSION)
    }
    this.add(r, QUEUE_MEMORY, -this.memoryQueue.length[r]!)
    this.add(r, QUEUE_WORKERS, -this.workerQueue.length[r]!)
    this.memoryQueue.clear(r)
    this.workerQueue.clear(r)
    this.add(r, MEMORY, -this.memory[r]!)
    this.add(r, WORKERS, -this.workers[r]!)
    this.memory[r] = 0
    this.workers[r] = 0
    let inIo = 0
    for (const row of [...victims, ...branches]) {
      if (legs.work[row] === IO_RUNNING && legs.core[row] === CORE_NONE && this.op[legs.pc[row]!] === OP_IO)
        inIo++
      legs.core[row] = CORE_NONE
      callers.abandon(row)
    }
    this.add(r, IO, -inIo)
    for (const branch of branches) {
      legs.replica[branch] = -1
      legs.release(branch)
    }
    this.add(r, LOAD, -victims.length)
    for (const leg of victims) {
      legs.resident[leg] = 0
      legs.memory[leg] = 0
      legs.worker[leg] = 0
      legs.outcome[leg] = FAILED
      replicas.changeLoad(r, -1)
    }
    for (const leg of victims) network.back(leg)
  }

  /** Seconds of a core at speed 1 that replica `r` still owes. */
  backlog(r: number): number {
    return this.cores[this.replicas.service[r]!]!.backlog(r)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      fifo: this.fifo.save(),
      sharing: this.sharing?.save(),
      admission: this.admission?.save(),
      memoryQueue: this.memoryQueue.save(),
      workerQueue: this.workerQueue.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.fifo.restore(from.fifo)
    this.sharing?.restore(from.sharing)
    this.admission?.restore(from.admission)
    this.memoryQueue.load(from.memoryQueue)
    this.workerQueue.load(from.workerQueue)
  }
}

const FIELDS = ['arrivals', 'offered', 'memory', 'workers']

/** Stands in `work` while an io step runs. */
const IO_RUNNING = -1
