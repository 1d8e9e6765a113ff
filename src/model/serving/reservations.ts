/**
 * What a leg holds at its replica from its admission to its answer: a worker, then the memory of its endpoint. Each is
 * waited for in one queue per replica, first come first served.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { loadFields, saveFields } from '../../engine/typed.ts'
import type { ServiceSpec } from '../compile/compiled.ts'
import { Fifo } from '../fifo.ts'
import type { Legs } from '../legs.ts'
import type { Replicas } from '../replicas.ts'
import { MEMORY, QUEUE_MEMORY, QUEUE_WORKERS, WORKERS } from '../service-gauges.ts'
import type { Services } from '../services.ts'
import type { World } from '../world.ts'
import type { StepRunner } from './step-runner.ts'
import { FOR_MEMORY, FOR_WORKER, GRANTED } from './wait-codes.ts'

export class Reservations {
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly services: Services
  private readonly steps: StepRunner
  private readonly replicas: Replicas
  private readonly specs: readonly ServiceSpec[]
  /** In use, by replica. */
  private readonly memory: Float64Array
  private readonly workers: Int32Array
  private readonly memoryQueue: Fifo
  private readonly workerQueue: Fifo
  private readonly memoryKind: number
  private readonly workerKind: number
  private readonly admittedKind: number

  constructor(world: World, services: Services, steps: StepRunner) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.services = services
    this.steps = steps
    this.replicas = world.replicas
    const { compiled, kernel, legs } = world
    this.specs = compiled.services
    this.memory = new Float64Array(compiled.replicaCount)
    this.workers = new Int32Array(compiled.replicaCount)
    this.memoryQueue = new Fifo(legs, compiled.replicaCount)
    this.workerQueue = new Fifo(legs, compiled.replicaCount)
    this.workerKind = kernel.on('a leg gets a worker', (row, timer) => {
      if (legs.timer[row] !== timer) return
      const r = legs.replica[row]!
      this.takeMemory(row, r, this.specs[this.replicas.service[r]!]!)
    })
    this.memoryKind = kernel.on('memory is free', (r) => this.admitFromMemoryQueue(r))
    this.admittedKind = kernel.on('a leg gets its memory', (row, timer) => {
      if (legs.timer[row] === timer)
        this.steps.begin(row, this.specs[this.replicas.service[legs.replica[row]!]!]!)
    })
  }

  /** The leg is admitted at replica `r`: its program begins as soon as it has what it needs. */
  enter(leg: number, r: number, spec: ServiceSpec): void {
    if (!spec.uses.workers) {
      this.takeMemory(leg, r, spec)
    } else if (this.workers[r]! < spec.workers) {
      this.takeWorker(leg, r)
      this.takeMemory(leg, r, spec)
    } else {
      this.legs.pc[leg] = FOR_WORKER
      this.workerQueue.push(r, leg)
      this.services.add(r, QUEUE_WORKERS, 1)
    }
  }

  private takeWorker(leg: number, r: number): void {
    this.workers[r]!++
    this.legs.worker[leg] = 1
    this.services.add(r, WORKERS, 1)
  }

  /** The leg has its worker, where one is needed. */
  private takeMemory(leg: number, r: number, spec: ServiceSpec): void {
    const { legs } = this
    const need = spec.endpoints[legs.endpoint[leg]!]!.memory
    if (need === 0) {
      this.steps.begin(leg, spec)
    } else if (this.memoryQueue.length[r] === 0 && this.memory[r]! + need <= spec.memory) {
      this.reserve(leg, r, spec)
      this.steps.begin(leg, spec)
    } else {
      legs.pc[leg] = FOR_MEMORY
      this.memoryQueue.push(r, leg)
      this.services.add(r, QUEUE_MEMORY, 1)
    }
  }

  private reserve(leg: number, r: number, spec: ServiceSpec): void {
    const need = spec.endpoints[this.legs.endpoint[leg]!]!.memory
    this.memory[r]! += need
    this.legs.memory[leg] = need
    this.services.add(r, MEMORY, need)
  }

  /** The leg leaves replica `r`; others that waited go on. */
  release(leg: number, r: number, spec: ServiceSpec): void {
    const { legs } = this
    const held = legs.memory[leg]!
    if (held > 0) {
      legs.memory[leg] = 0
      this.memory[r]! -= held
      this.services.add(r, MEMORY, -held)
      if (this.memoryQueue.length[r]! > 0) this.kernel.last(this.memoryKind, r, 0)
      this.world.sockets?.memoryFreed(r)
    }
    if (legs.worker[leg] === 0) return
    legs.worker[leg] = 0
    this.workers[r]!--
    this.services.add(r, WORKERS, -1)
    while (this.workerQueue.length[r]! > 0) {
      const next = this.workerQueue.pop(r)
      this.services.add(r, QUEUE_WORKERS, -1)
      legs.endPhase(next, spec.cells.worker, this.kernel.now)
      legs.pc[next] = GRANTED
      if (this.services.discards(next, spec)) continue
      this.takeWorker(next, r)
      // Not at once: of legs that take no time any number can follow each other.
      this.kernel.last(this.workerKind, next, legs.timer[next]!)
      break
    }
  }

  private admitFromMemoryQueue(r: number): void {
    const { legs, kernel } = this
    const spec = this.specs[this.replicas.service[r]!]!
    for (let next = this.memoryQueue.first(r); next >= 0; next = this.memoryQueue.first(r)) {
      if (this.memory[r]! + spec.endpoints[legs.endpoint[next]!]!.memory > spec.memory) return
      this.memoryQueue.pop(r)
      this.services.add(r, QUEUE_MEMORY, -1)
      legs.endPhase(next, spec.cells.memory, kernel.now)
      legs.pc[next] = GRANTED
      if (this.services.discards(next, spec)) continue
      this.reserve(next, r, spec)
      kernel.last(this.admittedKind, next, legs.timer[next]!)
    }
  }

  /** Takes the leg out of the queue for a worker or, if not `forWorker`, for memory. */
  withdraw(leg: number, r: number, forWorker: boolean): void {
    if (forWorker) {
      this.workerQueue.remove(r, leg)
      this.services.add(r, QUEUE_WORKERS, -1)
      return
    }
    const first = this.memoryQueue.first(r) === leg
    this.memoryQueue.remove(r, leg)
    this.services.add(r, QUEUE_MEMORY, -1)
    // It may have stood before one that fits.
    if (first) this.kernel.last(this.memoryKind, r, 0)
  }

  /** The replica has crashed: nobody holds or waits for anything there. */
  clear(r: number): void {
    this.services.add(r, QUEUE_MEMORY, -this.memoryQueue.length[r]!)
    this.services.add(r, QUEUE_WORKERS, -this.workerQueue.length[r]!)
    this.memoryQueue.clear(r)
    this.workerQueue.clear(r)
    this.services.add(r, MEMORY, -this.memory[r]!)
    this.services.add(r, WORKERS, -this.workers[r]!)
    this.memory[r] = 0
    this.workers[r] = 0
  }

  /** Bytes in use at the replica, by requests and connections. */
  memoryInUse(r: number): number {
    return this.memory[r]!
  }

  /** Connections take memory (or give it back) beside the requests. */
  changeConnectionMemory(r: number, by: number): void {
    this.memory[r]! += by
    this.services.add(r, MEMORY, by)
    if (by < 0 && this.memoryQueue.length[r]! > 0) this.kernel.last(this.memoryKind, r, 0)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      memoryQueue: this.memoryQueue.save(),
      workerQueue: this.workerQueue.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.memoryQueue.load(from.memoryQueue)
    this.workerQueue.load(from.workerQueue)
  }
}

const FIELDS = ['memory', 'workers']
