/**
 * A gate before the admission of one service, for control from outside: each leg that arrives there is a decision, to
 * admit it or to shed it; or legs pass at a rate that is set from outside. What the gate lets through still meets the
 * service's own overload control.
 */
import type { Kernel } from '../engine/kernel.ts'
import { FLOAT_ZERO, loadFields, saveFields } from '../engine/typed.ts'
import { TokenBucket } from '../policies/admission/index.ts'
import type { AdmissionView } from '../policies/types.ts'
import { exp, Stream, type StreamState } from '../random/index.ts'
import type { ServiceSpec } from './compile/compiled.ts'
import type { Legs } from './legs.ts'
import { REQUEST } from './legs.ts'
import { READY } from './replicas.ts'
import type { Part, World } from './world.ts'

/** Of `mode`. */
const CLOSED_TO_NOBODY = 0
const ASKS = 1
const LIMITS = 2

export class Gate implements Part, AdmissionView {
  /** The service; -1: no gate stands anywhere. */
  service = -1
  /** The leg whose admission is wanted from outside; -1. */
  pending = -1
  /** Legs that were let through and turned away. */
  admitted = 0
  shed = 0
  /** Time constant of `arrivalRate`, seconds; 0: it is not followed. */
  rateTime: number = FLOAT_ZERO
  draws: Stream
  private averageRate: number = FLOAT_ZERO
  private arrivedAt: number = FLOAT_ZERO
  private mode = CLOSED_TO_NOBODY
  private readonly bucket: TokenBucket = new TokenBucket(1, 1)
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly askKind: number
  /** Of each class: how many levels of priority are more important. */
  private readonly levelOf: Int32Array
  readonly levels: number

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    const { classes } = world.compiled
    const priorities = [...new Set(classes.map(({ priority }) => priority))].sort((a, b) => a - b)
    this.levelOf = Int32Array.from(classes, ({ priority }) => priorities.indexOf(priority))
    this.levels = priorities.length
    this.draws = Stream.derive(world.seed, 'gate')
    this.askKind = world.kernel.on('a gate asks', (leg, r) => this.ask(leg, r))
  }

  /** From now on whoever controls the run decides for each leg that reaches service `s`; -1: for none. */
  askFor(s: number): void {
    this.stand(s, s < 0 ? CLOSED_TO_NOBODY : ASKS)
  }

  /** From now on `rate` legs per second may enter service `s`, and `burst` at once; what is above is shed. */
  limit(s: number, rate: number, burst: number): void {
    this.stand(s, LIMITS)
    this.bucket.adjust(rate, burst, this.kernel.now)
  }

  private stand(s: number, mode: number): void {
    this.service = s
    this.mode = mode
    this.world.services.gated = s
  }

  /** A leg has arrived at replica `r` of the service. */
  arrive(leg: number, r: number): void {
    const { kernel, world } = this
    if (this.mode === LIMITS) {
      if (this.bucket.admit(kernel.now) < 0) this.turnAway(leg, r)
      else this.letIn(leg, r)
      return
    }
    // Until the decision the replica must not count as empty.
    world.replicas.expected[r]!++
    kernel.task(this.askKind, leg, r)
  }

  private ask(leg: number, r: number): void {
    const { kernel, rateTime } = this
    this.world.replicas.expected[r]!--
    if (rateTime > 0) {
      this.averageRate = this.averageRate * exp((this.arrivedAt - kernel.now) / rateTime) + 1 / rateTime
      this.arrivedAt = kernel.now
    }
    this.pending = leg
    kernel.suspended = true
  }

  /** The answer to the pending decision. */
  resume(admit: boolean): void {
    const leg = this.pending
    this.pending = -1
    const r = this.legs.replica[leg]!
    if (admit) this.letIn(leg, r)
    else this.turnAway(leg, r)
  }

  private letIn(leg: number, r: number): void {
    this.admitted++
    const { services } = this.world
    services.check(leg, r, this.service, this.spec)
  }

  private turnAway(leg: number, r: number): void {
    this.shed++
    this.world.services.turnAway(leg, r)
  }

  private get spec(): ServiceSpec {
    return this.world.compiled.services[this.service]!
  }

  private get replica(): number {
    return this.legs.replica[this.pending]!
  }

  /** The row of the client's request that the pending leg is made for; -1 where that has ended. */
  get request(): number {
    const { legs } = this
    let row = this.pending
    while (legs.kind[row] !== REQUEST) {
      const parent = legs.parent[row]!
      if (legs.generation[parent] !== legs.parentGeneration[row]) return -1
      row = parent
    }
    return row
  }

  get time(): number {
    return this.kernel.now
  }
  get requestClass(): number {
    return this.legs.cls[this.pending]!
  }
  get level(): number {
    return this.levelOf[this.requestClass]!
  }
  get demand(): number {
    return this.spec.endpoints[this.legs.endpoint[this.pending]!]!.demand
  }
  get timeToDeadline(): number {
    const { compiled, requests } = this.world
    const row = this.request
    if (row < 0) return 0
    const allowed = Math.min(compiled.classes[this.requestClass]!.deadline, requests.lateAfter)
    return Math.max(0, this.legs.start[row]! + allowed - this.kernel.now)
  }
  get cores(): number {
    return this.spec.cores
  }
  get speed(): number {
    return this.spec.speeds[this.replica - this.spec.firstReplica]!
  }
  get waiting(): number {
    return this.world.services.cores[this.service]!.waitingAt(this.replica)
  }
  get inFlight(): number {
    return this.world.replicas.load[this.replica]!
  }
  get busy(): number {
    return this.world.services.cores[this.service]!.busyAt(this.replica)
  }
  get oldestWait(): number {
    return this.kernel.now - this.world.services.cores[this.service]!.oldestWaitSince(this.replica)
  }
  get arrivalRate(): number {
    return this.averageRate
  }
  get readyCapacity(): number {
    const { replicas } = this.world
    const { firstReplica, slots, cores, speeds } = this.spec
    let sum = 0
    for (let i = 0; i < slots; i++) if (replicas.state[firstReplica + i] === READY) sum += cores * speeds[i]!
    return sum
  }
  get tokens(): number {
    return this.world.services.admission?.limits.tokensAt(this.replica, this.service, this.requestClass) ?? 1
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      bucket: this.bucket.save(),
      draws: this.draws.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.bucket.load(from.bucket)
    this.draws.load(from.draws as StreamState)
    this.world.services.gated = this.service
  }
}

const FIELDS = ['service', 'pending', 'admitted', 'shed', 'rateTime', 'averageRate', 'arrivedAt', 'mode']
