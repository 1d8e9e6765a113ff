/**
 * The end of a leg before its program ends: it is cancelled since nobody waits for it any more, or its replica crashes.
 * Whatever it waits for, holds and has called is given back.
 */
import { OUTCOMES } from '../../results/types.ts'
import { CANCELLED } from '../admission/refusals.ts'
import type { ServiceSpec } from '../compile/compiled.ts'
import type { Legs } from '../legs.ts'
import { BRANCH, CORE_NONE, LEG } from '../legs.ts'
import type { Replicas } from '../replicas.ts'
import { LOAD } from '../service-gauges.ts'
import type { Services } from '../services.ts'
import type { World } from '../world.ts'
import type { Reservations } from './reservations.ts'
import type { StepRunner } from './step-runner.ts'
import { FOR_ADMISSION, FOR_MEMORY, FOR_WORKER, GRANTED } from './wait-codes.ts'

const FAILED = OUTCOMES.indexOf('failed')
const DEADLINE = OUTCOMES.indexOf('deadline')

export class Interruptions {
  private readonly world: World
  private readonly legs: Legs
  private readonly replicas: Replicas
  private readonly services: Services
  private readonly steps: StepRunner
  private readonly reservations: Reservations
  private readonly specs: readonly ServiceSpec[]

  constructor(world: World, services: Services, steps: StepRunner, reservations: Reservations) {
    this.world = world
    this.legs = world.legs
    this.replicas = world.replicas
    this.services = services
    this.steps = steps
    this.reservations = reservations
    this.specs = world.compiled.services
  }

  /** Nobody waits for the leg any more: where its service notices at once, it stops and gives everything back. */
  cancel(leg: number): void {
    const { legs, replicas, services } = this
    // At a database, a leg keeps its place until it is done.
    if (legs.resident[leg] !== 1 || legs.replica[leg]! < 0) return
    const r = legs.replica[leg]!
    const s = replicas.service[r]!
    if (this.specs[s]!.cancel !== 'immediate') return
    services.admission!.count(s, CANCELLED)
    this.stop(leg, r, s)
    services.leave(leg, DEADLINE)
    this.world.network.drop(leg)
  }

  /** Takes the row, and what it has forked and called, out of whatever it is in. */
  private stop(row: number, r: number, s: number): void {
    const { legs, services } = this
    this.world.callers.abandon(row)
    const pc = legs.pc[row]!
    if (pc === FOR_ADMISSION) {
      services.admission!.limits.withdraw(row)
    } else if (pc === FOR_WORKER || pc === FOR_MEMORY) {
      this.reservations.withdraw(row, r, pc === FOR_WORKER)
    } else if (pc === GRANTED) {
      return
    } else if (legs.core[row] !== CORE_NONE) {
      services.cores[s]!.cancel(row)
      return
    } else if (!this.steps.endIo(row, r) && this.steps.isForked(row)) {
      this.stopBranches(row, r, s)
    }
    // It may have given its core back at this very instant, and then nobody else would pass it on.
    services.cores[s]!.grant(r)
  }

  private stopBranches(parent: number, r: number, s: number): void {
    const { legs } = this
    const generation = legs.generation[parent]!
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (legs.kind[row] !== BRANCH || legs.replica[row] !== r) continue
      if (legs.parent[row] !== parent || legs.parentGeneration[row] !== generation) continue
      this.stop(row, r, s)
      this.world.databases.transactions?.end(row)
      legs.replica[row] = -1
      legs.release(row)
    }
  }

  /** Everything at the replica fails at once. */
  crash(r: number): void {
    const { legs, replicas, services } = this
    const { callers, network, sockets, databases } = this.world
    sockets?.crash(r)
    const victims: number[] = []
    const branches: number[] = []
    for (let row = 0; row < legs.end; row += legs.stride) {
      if (legs.replica[row] !== r) continue
      if (legs.kind[row] === LEG && legs.resident[row] === 1) victims.push(row)
      else if (legs.kind[row] === BRANCH) branches.push(row)
    }
    // In the order of their arrival: rows are numbered by what else there is, and budgets may leave out the last.
    victims.sort((a, b) => legs.start[a]! - legs.start[b]! || legs.number[a]! - legs.number[b]!)
    services.cores[replicas.service[r]!]!.clear(r)
    const { admission } = services
    if (admission !== undefined) {
      for (const leg of victims) admission.limits.forget(leg, r, legs.pc[leg] === FOR_ADMISSION)
    }
    this.reservations.clear(r)
    for (const row of [...victims, ...branches]) {
      if (legs.core[row] === CORE_NONE) this.steps.endIo(row, r)
      legs.core[row] = CORE_NONE
      callers.abandon(row)
      databases.transactions?.end(row)
    }
    for (const branch of branches) {
      legs.replica[branch] = -1
      legs.release(branch)
    }
    services.add(r, LOAD, -victims.length)
    for (const leg of victims) {
      legs.resident[leg] = 0
      legs.memory[leg] = 0
      legs.worker[leg] = 0
      legs.outcome[leg] = FAILED
      replicas.changeLoad(r, -1)
    }
    for (const leg of victims) network.back(leg)
  }
}
