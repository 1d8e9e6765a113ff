/**
 * What happens to a leg at a replica: it is admitted, gets what it needs, walks through its endpoint's program, gives
 * everything back and answers. The checks of admission happen once; a leg that waited is never refused.
 */

import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import type { Draws } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import { ABANDONED, ADMITTED, Admission } from './admission.ts'
import type { Balancers } from './balancers.ts'
import type { Feedback } from './balancing/feedback.ts'
import type { Compiled, ServiceSpec } from './compile/compiled.ts'
import type { Cores } from './cores.ts'
import { FifoCores } from './fifo-cores.ts'
import type { Legs } from './legs.ts'
import { BRANCH, LEG } from './legs.ts'
import type { Network } from './network.ts'
import { ProcessorSharing } from './processor-sharing.ts'
import { READY, type Replicas } from './replicas.ts'
import { LOAD, READY_REPLICAS, SERVICE_GAUGES, WORKING_REPLICAS } from './service-gauges.ts'
import { Interruptions } from './serving/interruptions.ts'
import { Reservations } from './serving/reservations.ts'
import { StepRunner } from './serving/step-runner.ts'
import { FOR_ADMISSION, GRANTED } from './serving/wait-codes.ts'
import type { Part, World } from './world.ts'

const FAILED = OUTCOMES.indexOf('failed')
const SHED = OUTCOMES.indexOf('shed')
const DEADLINE = OUTCOMES.indexOf('deadline')

export class Services implements Part {
  /** SERVICE_GAUGES per service. */
  readonly gauges: Gauges
  readonly arrivals: Float64Array
  /** Nominal demand that came, seconds of a core at speed 1: the class means, not the draws. */
  readonly offered: Float64Array
  /** Per service: its own way of giving out cores. */
  readonly cores: readonly Cores[]
  readonly steps: StepRunner
  readonly reservations: Reservations
  readonly interruptions: Interruptions
  /** The service whose legs are admitted by the gate; -1. */
  gated = -1
  /** Undefined where no service has overload control or cancels. */
  readonly admission: Admission | undefined
  /** Where a policy asks what the replicas say of themselves. */
  feedback: Feedback | undefined
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly world: World
  private network!: Network
  private balancers!: Balancers
  private replicas!: Replicas
  private readonly specs: readonly ServiceSpec[]
  private readonly transactional: boolean
  private readonly fifo: FifoCores
  private readonly sharing: ProcessorSharing | undefined
  private readonly shedKind: number
  private readonly discardKind: number

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    const { compiled, kernel, legs } = world
    this.specs = compiled.services
    this.transactional = compiled.transactionDepth > 0
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
    this.steps = new StepRunner(world, this)
    this.reservations = new Reservations(world, this, this.steps)
    this.interruptions = new Interruptions(world, this, this.steps, this.reservations)
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
    const { network, balancers, replicas } = this.world
    this.network = network
    this.balancers = balancers
    this.replicas = replicas
    this.steps.wire()
    this.fifo.wire()
    this.admission?.wire()
  }

  /** A gauge of the service of replica `r` changes. */
  add(r: number, gauge: number, by: number): void {
    this.gauges.add(this.replicas.service[r]! * SERVICE_GAUGES + gauge, by, this.kernel.now)
  }

  /** The leg has arrived at service `s`; a balancer has set its replica, else there is one only. */
  arrive(leg: number, s: number): void {
    const { legs, kernel, replicas, balancers } = this
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
    // Of a replica that was cut off, what was on its way there finds nobody.
    if (replicas.crashed[r]! > 0 || replicas.state[r]! < READY) {
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
    if (admission?.limits.holds(leg, leg, r, s)) {
      legs.pc[leg] = FOR_ADMISSION
      return
    }
    this.reservations.enter(leg, r, spec)
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
    this.reservations.enter(leg, r, this.specs[this.replicas.service[r]!]!)
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

  /** A call of the row has failed for good: so does the row, with the same outcome. */
  fail(row: number, outcome: number): void {
    const { legs } = this
    if (legs.kind[row] === BRANCH) {
      this.steps.join(row, outcome)
      return
    }
    this.leave(row, outcome)
    legs.outcome[row] = outcome
    this.network.back(row)
  }

  /** The leg gives back memory and worker and is no longer at its replica; others that waited go on. */
  leave(leg: number, outcome: number): void {
    const { legs, replicas } = this
    const r = legs.replica[leg]!
    const spec = this.specs[replicas.service[r]!]!
    if (this.transactional) this.world.databases.transactions!.end(leg)
    legs.resident[leg] = 0
    this.add(r, LOAD, -1)
    replicas.changeLoad(r, -1)
    this.admission?.left(leg, r, outcome)
    if (this.feedback !== undefined) this.feedback.left(leg, r, spec)
    this.reservations.release(leg, r, spec)
  }

  /** Whether nobody waits any more for the leg, which leaves a queue, and that is a reason to drop it. */
  discards(leg: number, spec: ServiceSpec): boolean {
    if (this.admission === undefined || this.admission.wants(leg, spec)) return false
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
    if (legs.kind[row] !== LEG || !this.admission!.countUnwanted(row, s, spec)) {
      this.fail(row, DEADLINE)
      return
    }
    this.leave(row, DEADLINE)
    this.network.drop(row)
  }

  /** Seconds of a core at speed 1 that each replica still owes its legs. */
  backlogs(): Float64Array {
    const owed = new Float64Array(this.compiled.replicaCount)
    for (const cores of new Set(this.cores)) cores.readBacklogs(owed)
    return owed
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      fifo: this.fifo.save(),
      sharing: this.sharing?.save(),
      admission: this.admission?.save(),
      reservations: this.reservations.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.fifo.restore(from.fifo)
    this.sharing?.restore(from.sharing)
    this.admission?.restore(from.admission)
    this.reservations.restore(from.reservations)
  }
}

const FIELDS = ['arrivals', 'offered']
