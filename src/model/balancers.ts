/**
 * Balancers: each leg that reaches one is a decision of its policy, or of whoever has taken control of it. A
 * balancer knows what it sent and what came back; the view that a policy gets also holds the true loads.
 */

import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import { type BalancingPolicy, createBalancingPolicy } from '../policies/index.ts'
import { MinIndex } from '../policies/min-index.ts'
import type { Answer, BalancerView, IndexKey } from '../policies/types.ts'
import { exp, Stream, type StreamState } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { PolicySpec } from '../scenario/types.ts'
import { Feedback } from './balancing/feedback.ts'
import { HostHealth } from './balancing/host-health.ts'
import { IdleQueues } from './balancing/idle-queues.ts'
import { IntervalMeter } from './balancing/interval-meter.ts'
import { Probes } from './balancing/probes.ts'
import { SlowStart } from './balancing/slow-start.ts'
import type { BalancerSpec, Compiled } from './compile/compiled.ts'
import { Fifo } from './fifo.ts'
import type { Legs } from './legs.ts'
import type { Network } from './network.ts'
import { READY, type Replicas } from './replicas.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const UNAVAILABLE = OUTCOMES.indexOf('unavailable')
/** Not a fault of the host that says so. */
const RATE_LIMITED = OUTCOMES.indexOf('rate-limited')

/** Seconds: the time constant of a balancer's averages of response times and failures. */
export const EWMA_TIME = 10

/** One balancer: its view, and the averages that it keeps. */
export class Balancer implements BalancerView {
  readonly n: number
  readonly available: Uint8Array
  availableCount = 0
  readonly weight: Float64Array
  readonly speed: Float64Array
  readonly cores: Float64Array
  readonly inFlight: Int32Array
  readonly work: Float64Array
  readonly latency: Float64Array
  /** EWMA of failures (0 or 1), and when both averages were last updated. */
  readonly failures: Float64Array
  readonly updatedAt: Float64Array
  readonly inTransit: Int32Array
  readonly load: Int32Array
  rotation: number[] = []
  readonly joined: Float64Array
  private joins = 0
  requestClass = 0
  demand = 0
  /** The leg to route. */
  private leg = -1
  weightVersion = 0
  readonly reportedLoad: Int32Array
  readonly reportedAt: Float64Array
  readonly sentSince: Int32Array
  /** Whether replicas report to it. */
  readonly reporting: boolean
  /** Hears what comes back: the policy, or another one that decides outside. */
  listener: BalancingPolicy | undefined
  readonly health: HostHealth | undefined
  readonly draws: Stream
  policy: BalancingPolicy
  private policySpec: PolicySpec
  decisions = 0
  /** Decisions are taken outside. */
  controlled = false
  inFlightTotal = 0
  /** Time constant of `arrivalRate`, seconds; 0: it is not followed. */
  rateTime = 0
  /** EWMA of the rate at which legs reach the balancer, per second. */
  arrivalRate = 0
  /** Seconds from the decision before to the one that is due, or was last taken. */
  sinceDecision = 0
  private decidedAt = 0
  readonly spec: BalancerSpec
  private readonly index: number
  private readonly world: World
  private readonly kernel: Kernel
  /** The policy, where it has to hear what comes back. */
  private ownListener: BalancingPolicy | undefined
  private readonly slowStart: SlowStart | undefined
  /** The weights without slow start, and whether they were set from outside. */
  private readonly base: Float64Array
  private weighed = false
  /** Where somebody sets weights interval by interval. */
  meter: IntervalMeter | undefined
  private readonly indices: LazyIndex[] = []

  constructor(world: World, spec: BalancerSpec, index: number) {
    this.index = index
    this.world = world
    this.kernel = world.kernel
    this.spec = spec
    const n = spec.replicas.length
    this.n = n
    this.available = new Uint8Array(n)
    this.base = spec.weights.slice()
    this.weight = spec.slowStart === undefined ? this.base : this.base.slice()
    this.slowStart =
      spec.slowStart === undefined ? undefined : new SlowStart(spec.slowStart, this.base, this.weight)
    this.meter = undefined
    const panicThreshold = spec.panicThreshold ?? (spec.outlierDetection === undefined ? 0 : 0.5)
    this.health =
      spec.outlierDetection === undefined && panicThreshold === 0
        ? undefined
        : new HostHealth(n, spec.outlierDetection, panicThreshold)
    this.reportedLoad = new Int32Array(n)
    this.reportedAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.sentSince = new Int32Array(n)
    this.reporting = spec.reports !== undefined
    this.listener = undefined
    this.ownListener = undefined
    this.inFlight = new Int32Array(n)
    this.work = new Float64Array(n)
    this.latency = new Float64Array(n)
    this.failures = new Float64Array(n)
    this.updatedAt = new Float64Array(n)
    this.inTransit = new Int32Array(n)
    this.load = new Int32Array(n)
    this.joined = new Float64Array(n)
    this.speed = new Float64Array(n)
    this.cores = new Float64Array(n)
    spec.replicas.forEach((r, i) => {
      const service = world.compiled.services[world.replicas.service[r]!]!
      this.speed[i] = service.speeds[r - service.firstReplica]!
      this.cores[i] = service.cores
      if (world.replicas.isAvailable(r)) {
        this.available[i] = 1
        this.availableCount++
        this.rotation.push(i)
        this.joined[i] = ++this.joins
      }
    })
    this.draws = Stream.derive(world.seed, `policy/${spec.name}`)
    this.policySpec = spec.policy
    this.policy = createBalancingPolicy(spec.policy, n, `balancers.${spec.name}.policy`)
  }

  get time(): number {
    return this.kernel.now
  }

  get key(): number {
    return this.leg < 0 ? -1 : this.world.keys.of(this.leg)
  }

  attach(policy: BalancingPolicy): void {
    if (policy === this.listener) return
    this.listener = policy
    this.world.balancers.provide(this.index, policy)
  }

  /** The balancer's own policy decides: it is the one that hears. */
  listen(): void {
    const { policy } = this
    this.ownListener = policy.uses === undefined ? undefined : policy
    if (this.ownListener === undefined) this.listener = undefined
    else this.attach(policy)
  }

  /** Before a decision of its own policy. */
  expectOwn(): void {
    if (this.listener !== this.ownListener) this.listen()
  }

  takeIdle(): number {
    return this.world.balancers.takeIdle(this.index)
  }

  probe(slot: number): void {
    this.world.balancers.probes.send(this.index, slot)
  }

  minIndex(key: IndexKey): MinIndex {
    const { indices } = this
    for (let k = 0; k < indices.length; k++) if (indices[k]!.key === key) return indices[k]!.read(this)
    const index = new LazyIndex(key, this.n)
    indices.push(index)
    for (let i = 0; i < this.n; i++) index.touch(i)
    return index.read(this)
  }

  private reindex(slot: number, onLoad: boolean): void {
    const { indices } = this
    for (let k = 0; k < indices.length; k++) {
      const index = indices[k]!
      if (index.onLoad === onLoad) index.touch(slot)
    }
  }

  setAvailable(slot: number, available: boolean): void {
    if ((this.available[slot] === 1) === available) return
    if (this.meter !== undefined) this.measure(this.meter, slot)
    this.available[slot] = available ? 1 : 0
    this.availableCount += available ? 1 : -1
    if (available) {
      this.rotation = [...this.rotation, slot]
      this.joined[slot] = ++this.joins
      this.slowStart?.join(slot, this.time)
    } else {
      this.rotation = this.rotation.filter((other) => other !== slot)
    }
    for (const index of this.indices) index.touch(slot)
  }

  setLoad(slot: number, load: number): void {
    this.load[slot] = load
    this.reindex(slot, true)
  }

  changeInFlight(slot: number, by: 1 | -1, demand: number): void {
    if (this.meter !== undefined) this.measure(this.meter, slot)
    const inFlight = this.inFlight[slot]! + by
    this.inFlight[slot] = inFlight
    this.inFlightTotal += by
    // An empty slot owes nothing: rounding must not pile up.
    this.work[slot] = inFlight === 0 ? 0 : this.work[slot]! + by * demand
    this.reindex(slot, false)
  }

  observe(slot: number, response: number, failed: boolean): void {
    const keep = exp((this.updatedAt[slot]! - this.time) / EWMA_TIME)
    this.latency[slot] = this.latency[slot]! * keep + response * (1 - keep)
    this.failures[slot] = this.failures[slot]! * keep + (failed ? 1 - keep : 0)
    this.updatedAt[slot] = this.time
    if (this.meter !== undefined) this.meter.answered(slot, response, failed)
  }

  private measure(meter: IntervalMeter, slot: number): void {
    meter.held(slot, this.inFlight[slot]!, this.work[slot]!, this.available[slot]!, this.time)
  }

  /** Starts to measure, where it does not yet, and gives the meter with all values as of now. */
  measured(): IntervalMeter {
    this.meter ??= new IntervalMeter(this.n, this.world.compiled.classes.length, this.time)
    for (let slot = 0; slot < this.n; slot++) this.measure(this.meter, slot)
    return this.meter
  }

  /** Other weights than the scenario's from now on, one per slot, above 0; slow start goes on with them. */
  setWeights(weights: ArrayLike<number>): void {
    this.weighed = true
    this.base.set(weights)
    this.weight.set(weights)
    if (this.slowStart !== undefined && this.slowStart.warming > 0) this.warmUp(this.slowStart)
    this.weightsChanged()
  }

  private weightsChanged(): void {
    this.weightVersion++
    for (const index of this.indices) for (let i = 0; i < this.n; i++) index.touch(i)
  }

  /** A decision for a leg, of class `cls`, is due. */
  prepare(leg: number, cls: number): void {
    this.leg = leg
    this.requestClass = cls
    this.demand = this.spec.classDemand[cls]!
    if (this.slowStart !== undefined && this.slowStart.warming > 0) this.warmUp(this.slowStart)
    if (this.meter !== undefined) this.meter.arrivals[cls]!++
    if (this.rateTime === 0) return
    this.sinceDecision = this.time - this.decidedAt
    this.decidedAt = this.time
    this.arrivalRate = this.arrivalRate * exp(-this.sinceDecision / this.rateTime) + 1 / this.rateTime
  }

  private warmUp(slowStart: SlowStart): void {
    this.weightVersion++
    slowStart.refresh(this.time, (slot) => {
      for (const index of this.indices) index.touch(slot)
    })
  }

  /** Another policy from now on, with its own state and the stream from its start. */
  setPolicy(policy: PolicySpec): void {
    this.policySpec = policy
    this.policy = createBalancingPolicy(policy, this.n, `balancers.${this.spec.name}.policy`)
    this.draws.load(Stream.derive(this.world.seed, `policy/${this.spec.name}`).save())
    this.listen()
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, VIEW_FIELDS),
      draws: this.draws.save(),
      policySpec: this.policySpec,
      policy: this.policy.save(),
      slowStart: this.slowStart?.save(),
      health: this.health?.save(),
      weights: this.weighed ? this.base.slice() : undefined,
      meter: this.meter?.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, VIEW_FIELDS, state)
    const policy = from.policySpec as PolicySpec
    if (JSON.stringify(policy) !== JSON.stringify(this.policySpec)) this.setPolicy(policy)
    this.draws.load(from.draws as StreamState)
    this.policy.load(from.policy)
    this.weighed = from.weights !== undefined
    this.base.set((from.weights as Float64Array | undefined) ?? this.spec.weights)
    this.slowStart?.restore(from.slowStart)
    this.health?.restore(from.health)
    this.meter = undefined
    if (from.meter !== undefined) this.measured().restore(from.meter)
    this.weightsChanged()
  }
}

/** Slots that changed are put in order at the next read: nothing is done for an index that nobody asks for any more. */
class LazyIndex {
  readonly key: IndexKey
  /** Whether its keys depend on the loads; else on what is in flight. */
  readonly onLoad: boolean
  private readonly index: MinIndex
  private readonly changed: Int32Array
  private readonly isChanged: Uint8Array
  private count = 0

  constructor(key: IndexKey, n: number) {
    this.key = key
    this.onLoad = key.dependsOn === 'load'
    this.index = new MinIndex(n)
    this.changed = new Int32Array(n)
    this.isChanged = new Uint8Array(n)
  }

  touch(slot: number): void {
    if (this.isChanged[slot] === 1) return
    this.isChanged[slot] = 1
    this.changed[this.count++] = slot
  }

  read(view: Balancer): MinIndex {
    const { key, index, changed, isChanged, count } = this
    for (let i = 0; i < count; i++) {
      const slot = changed[i]!
      isChanged[slot] = 0
      index.set(slot, view.available[slot] === 1 ? key.of(view, slot) : Number.POSITIVE_INFINITY)
    }
    this.count = 0
    return index
  }
}

const VIEW_FIELDS = [
  'available',
  'availableCount',
  'inFlight',
  'work',
  'latency',
  'failures',
  'updatedAt',
  'inTransit',
  'load',
  'rotation',
  'joined',
  'joins',
  'leg',
  'reportedLoad',
  'reportedAt',
  'sentSince',
  'requestClass',
  'demand',
  'decisions',
  'controlled',
  'inFlightTotal',
  'rateTime',
  'arrivalRate',
  'sinceDecision',
  'decidedAt',
]

export class Balancers implements Part {
  readonly all: readonly Balancer[]
  /** In flight, and waiting for a backend: two gauges per balancer. */
  readonly gauges: Gauges
  /** The decision that is wanted from outside: balancer and leg; -1. */
  pendingBalancer = -1
  pendingLeg = -1
  readonly probes: Probes
  private idle: IdleQueues | undefined
  private feedback: Feedback | undefined
  /** Reports and looks at the hosts so far, per balancer. */
  private readonly reports: Float64Array
  private readonly sweeps: Float64Array
  private readonly reportKind: number
  private readonly sweepKind: number
  private readonly inRotation: Uint8Array
  private readonly answer: { -readonly [K in keyof Answer]: Answer[K] } = {
    response: 0,
    ok: true,
    queue: -1,
    service: 0,
  }
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private network!: Network
  private replicas!: Replicas
  private readonly decideKind: number
  private readonly giveUpKind: number
  private readonly waiting: Fifo
  /** Balancer and slot of each backend, and the first backend of each balancer. */
  private readonly balancerOf: Int32Array
  private readonly slotOf: Int32Array
  private readonly first: Int32Array
  /** Outages that are on at this balancer alone, per backend. */
  private readonly out: Int32Array
  private readonly hedging: boolean

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.compiled = world.compiled
    const { compiled, kernel, legs, replicas } = world
    this.all = compiled.balancers.map((spec, b) => new Balancer(world, spec, b))
    this.gauges = new Gauges(2 * this.all.length)
    this.waiting = new Fifo(legs, this.all.length)
    this.first = new Int32Array(this.all.length)
    const owner: number[] = []
    const slots: number[] = []
    this.all.forEach((balancer, b) => {
      this.first[b] = owner.length
      balancer.spec.replicas.forEach((r, slot) => {
        replicas.backends[r]!.push(owner.length)
        owner.push(b)
        slots.push(slot)
      })
    })
    this.balancerOf = Int32Array.from(owner)
    this.slotOf = Int32Array.from(slots)
    this.out = new Int32Array(owner.length)
    this.hedging = compiled.calls.some((call) => call.hedge !== undefined)
    this.decideKind = kernel.on('a balancer decides', (b, leg) => this.decide(b, leg))
    this.giveUpKind = kernel.on('a wait for a backend ends', (leg, timer) => this.giveUp(leg, timer))
    this.idle = undefined
    this.feedback = undefined
    this.probes = new Probes(world, this.all)
    this.reports = new Float64Array(this.all.length)
    this.sweeps = new Float64Array(this.all.length)
    this.reportKind = kernel.on('replicas report their queues', (b) => this.report(b))
    this.sweepKind = kernel.on('a balancer looks at its hosts', (b) => this.sweep(b))
    this.inRotation = new Uint8Array(Math.max(0, ...this.all.map(({ n }) => n)))
  }

  wire(): void {
    const { network, replicas } = this.world
    this.network = network
    this.replicas = replicas
    for (const balancer of this.all) balancer.listen()
  }

  start(): void {
    this.all.forEach(({ spec }, b) => {
      if (spec.reports !== undefined) this.kernel.at(spec.reports.interval, this.reportKind, b, 0)
      if (spec.outlierDetection !== undefined)
        this.kernel.at(spec.outlierDetection.interval, this.sweepKind, b, 0)
    })
  }

  /** Sees to it that a policy of balancer `b` gets what it uses, from now on. */
  provide(b: number, { uses = [] }: BalancingPolicy): void {
    if (uses.includes('idle')) this.openIdleQueue(b)
    if (uses.includes('feedback') || uses.includes('probes')) this.openFeedback()
    if (uses.includes('probes')) this.feedback!.measureLatencies()
  }

  private openIdleQueue(b: number): void {
    const idle = this.idleQueues()
    if (!idle.isOpen(b)) idle.open(b)
  }

  private idleQueues(): IdleQueues {
    this.idle ??= new IdleQueues(this.all, this.replicas, this.balancerOf, this.slotOf, this.world.seed)
    return this.idle
  }

  private openFeedback(): void {
    this.feedback ??= new Feedback(this.world)
    this.world.services.feedback = this.feedback
    this.probes.feedback = this.feedback
  }

  takeIdle(b: number): number {
    return this.idle?.take(b) ?? -1
  }

  private report(b: number): void {
    const balancer = this.all[b]!
    const { replicas: slots, reports } = balancer.spec
    const { now } = this.kernel
    for (let slot = 0; slot < slots.length; slot++) {
      if (this.replicas.state[slots[slot]!] !== READY || this.replicas.crashed[slots[slot]!]! > 0) continue
      balancer.reportedLoad[slot] = this.replicas.load[slots[slot]!]!
      balancer.reportedAt[slot] = now
      balancer.sentSince[slot] = 0
    }
    const next = ++this.reports[b]! + 1
    this.kernel.at(next * reports!.interval, this.reportKind, b, 0)
  }

  /** The slots of the balancer that are hosts, healthy or not, into `inRotation`; how many they are. */
  private countHosts(b: number): number {
    const { replicas, inRotation } = this
    const first = this.first[b]!
    const slots = this.all[b]!.spec.replicas
    let hosts = 0
    for (let slot = 0; slot < slots.length; slot++) {
      const r = slots[slot]!
      const host = replicas.state[r] === READY && replicas.drained[r] === 0 && this.out[first + slot] === 0
      inRotation[slot] = host ? 1 : 0
      if (host) hosts++
    }
    return hosts
  }

  private sweep(b: number): void {
    const { health, spec } = this.all[b]!
    const hosts = this.countHosts(b)
    if (health!.sweep(this.inRotation.subarray(0, spec.replicas.length), hosts, this.kernel.now))
      this.applyHealth(b, health!)
    const next = ++this.sweeps[b]! + 1
    this.kernel.at(next * spec.outlierDetection!.interval, this.sweepKind, b, 0)
  }

  /** After a change of what is in rotation, crashed or ejected: who gets traffic. */
  private applyHealth(b: number, health: HostHealth): void {
    const { replicas, inRotation } = this
    const balancer = this.all[b]!
    const slots = balancer.spec.replicas
    const hosts = this.countHosts(b)
    const isHealthy = (slot: number): boolean =>
      inRotation[slot] === 1 && replicas.crashed[slots[slot]!] === 0 && health.ejected[slot] === 0
    let healthy = 0
    for (let slot = 0; slot < slots.length; slot++) if (isHealthy(slot)) healthy++
    health.updatePanic(hosts, healthy)
    for (let slot = 0; slot < slots.length; slot++)
      balancer.setAvailable(slot, health.panicking ? inRotation[slot] === 1 : isHealthy(slot))
    if (balancer.availableCount > 0) this.releaseWaiting(b)
  }

  nodeOf(backend: number): number {
    return this.all[this.balancerOf[backend]!]!.spec.node
  }

  /** An outage of replica `r` starts (+1) or ends (-1) that concerns the balancer of this name alone. */
  takeOut(name: string, r: number, by: number): void {
    const { replicas } = this
    for (const backend of replicas.backends[r]!) {
      if (this.all[this.balancerOf[backend]!]!.spec.name !== name) continue
      this.out[backend]! += by
      this.setAvailable(backend, replicas.isAvailable(r))
    }
  }

  /** The replica behind the backend is available, or is not. */
  setAvailable(backend: number, replica: boolean): void {
    const available = replica && this.out[backend] === 0
    const b = this.balancerOf[backend]!
    const balancer = this.all[b]!
    const slot = this.slotOf[backend]!
    if (balancer.health !== undefined) this.applyHealth(b, balancer.health)
    else balancer.setAvailable(slot, available)
    if (this.idle !== undefined && balancer.available[slot] === 1)
      this.idleAgain(balancer.spec.replicas[slot]!)
    if (balancer.available[slot] === 1) this.releaseWaiting(b)
  }

  private idleAgain(r: number): void {
    if (this.replicas.load[r] === 0) this.idle!.becameIdle(r)
  }

  private releaseWaiting(b: number): void {
    const { legs, kernel } = this
    while (this.waiting.length[b]! > 0) {
      const leg = this.waiting.pop(b)
      this.gauges.add(2 * b + 1, -1, kernel.now)
      legs.timer[leg]!++
      legs.endPhase(leg, this.all[b]!.spec.unroutableCell, kernel.now)
      kernel.task(this.decideKind, b, leg)
    }
  }

  loadChanged(backend: number, load: number): void {
    const balancer = this.all[this.balancerOf[backend]!]!
    const slot = this.slotOf[backend]!
    balancer.setLoad(slot, load)
    if (load === 0 && this.idle !== undefined) this.idle.becameIdle(balancer.spec.replicas[slot]!)
  }

  arrive(b: number, leg: number): void {
    this.kernel.task(this.decideKind, b, leg)
  }

  private decide(b: number, leg: number): void {
    const balancer = this.all[b]!
    if (balancer.availableCount === 0) {
      this.noBackend(b, leg)
      return
    }
    balancer.prepare(leg, this.legs.cls[leg]!)
    if (balancer.controlled) {
      this.pendingBalancer = b
      this.pendingLeg = leg
      this.kernel.suspended = true
      return
    }
    balancer.expectOwn()
    const slot = balancer.policy.decide(balancer, balancer.draws)
    this.assign(balancer, b, leg, this.hedging ? this.awayFromCopies(balancer, leg, slot) : slot)
  }

  /** The slot, or the next available one where no other copy of the same attempt is. */
  private awayFromCopies(balancer: Balancer, leg: number, chosen: number): number {
    const { callers } = this.world
    for (let i = 0; i < balancer.n; i++) {
      const slot = (chosen + i) % balancer.n
      if (balancer.available[slot] === 1 && !callers.hasCopyAt(leg, balancer.spec.replicas[slot]!))
        return slot
    }
    return chosen
  }

  /** The answer to the pending decision: an available slot. */
  resume(slot: number): void {
    const b = this.pendingBalancer
    const leg = this.pendingLeg
    this.pendingBalancer = -1
    this.pendingLeg = -1
    this.assign(this.all[b]!, b, leg, slot)
  }

  private assign(balancer: Balancer, b: number, leg: number, slot: number): void {
    const { legs, kernel, network, replicas, compiled } = this
    const { spec } = balancer
    const backend = this.first[b]! + slot
    const r = spec.replicas[slot]!
    balancer.decisions++
    if (spec.proxy) {
      balancer.changeInFlight(slot, 1, balancer.demand)
      this.gauges.add(2 * b, 1, kernel.now)
      network.pushFrame(leg, compiled.nodes.length + backend)
    }
    legs.replica[leg] = r
    legs.backend[leg] = backend
    balancer.inTransit[slot]!++
    if (balancer.reporting) balancer.sentSince[slot]!++
    if (this.feedback !== undefined) this.feedback.sent(leg)
    replicas.expected[r]!++
    network.send(leg, compiled.services[replicas.service[r]!]!.node, spec.channels[slot]!)
  }

  /** The leg has reached its backend, or was lost on the way there. */
  landed(leg: number, backend: number): void {
    const { legs, replicas } = this
    legs.backend[leg] = -1
    const balancer = this.all[this.balancerOf[backend]!]!
    const slot = this.slotOf[backend]!
    balancer.inTransit[slot]!--
    replicas.expected[balancer.spec.replicas[slot]!]!--
  }

  /** An answer passes the balancer on its way back. */
  answered(leg: number, backend: number, sentAt: number): void {
    const balancer = this.all[this.balancerOf[backend]!]!
    const slot = this.slotOf[backend]!
    const outcome = this.legs.outcome[leg]!
    balancer.observe(slot, this.kernel.now - sentAt, outcome !== OK)
    this.forget(leg, backend)
    if (balancer.listener !== undefined) this.tell(balancer, slot, leg, sentAt)
    if (balancer.health !== undefined) this.judge(balancer.health, backend, outcome)
  }

  private tell(balancer: Balancer, slot: number, leg: number, sentAt: number): void {
    const { answer, feedback } = this
    const listener = balancer.listener!
    if (listener.answered === undefined) return
    answer.response = this.kernel.now - sentAt
    answer.ok = this.legs.outcome[leg] === OK
    answer.queue = feedback === undefined ? -1 : feedback.queueOf(leg)
    answer.service = feedback === undefined ? 0 : feedback.serviceOf(leg)
    listener.answered(balancer, slot, answer)
  }

  private judge(health: HostHealth, backend: number, outcome: number): void {
    const b = this.balancerOf[backend]!
    const failed = outcome !== OK && outcome !== RATE_LIMITED
    const hosts = failed ? this.countHosts(b) : 0
    if (health.answered(this.slotOf[backend]!, failed, hosts, this.kernel.now)) this.applyHealth(b, health)
  }

  /** The leg is no longer in flight for the balancer. */
  forget(leg: number, backend: number): void {
    const b = this.balancerOf[backend]!
    const balancer = this.all[b]!
    const demand = balancer.spec.classDemand[this.legs.cls[leg]!]!
    balancer.changeInFlight(this.slotOf[backend]!, -1, demand)
    this.gauges.add(2 * b, -1, this.kernel.now)
  }

  private noBackend(b: number, leg: number): void {
    const { legs, kernel } = this
    const { noBackend, node } = this.all[b]!.spec
    legs.node[leg] = node
    if (noBackend > 0) {
      this.waiting.push(b, leg)
      this.gauges.add(2 * b + 1, 1, kernel.now)
      kernel.at(kernel.now + noBackend, this.giveUpKind, leg, ++legs.timer[leg]!)
      return
    }
    legs.outcome[leg] = UNAVAILABLE
    this.network.back(leg)
  }

  private giveUp(leg: number, timer: number): void {
    const { legs, kernel, compiled } = this
    if (legs.timer[leg] !== timer) return
    const b = compiled.nodes[legs.node[leg]!]!.index
    this.waiting.remove(b, leg)
    this.gauges.add(2 * b + 1, -1, kernel.now)
    legs.endPhase(leg, this.all[b]!.spec.unroutableCell, kernel.now)
    legs.outcome[leg] = UNAVAILABLE
    this.network.back(leg)
  }

  save(): unknown {
    return {
      pendingBalancer: this.pendingBalancer,
      pendingLeg: this.pendingLeg,
      gauges: this.gauges.save(),
      waiting: this.waiting.save(),
      out: this.out.slice(),
      all: this.all.map((balancer) => balancer.save()),
      reports: this.reports.slice(),
      sweeps: this.sweeps.slice(),
      probes: this.probes.save(),
      idle: this.idle?.save(),
      feedback: this.feedback?.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      pendingBalancer: number
      pendingLeg: number
      gauges: unknown
      waiting: unknown
      out: Int32Array
      all: unknown[]
      reports: Float64Array
      sweeps: Float64Array
      probes: unknown
      idle: unknown
      feedback: unknown
    }
    this.pendingBalancer = from.pendingBalancer
    this.pendingLeg = from.pendingLeg
    this.gauges.load(from.gauges)
    this.waiting.load(from.waiting)
    this.out.set(from.out)
    this.all.forEach((balancer, b) => {
      balancer.restore(from.all[b])
    })
    this.reports.set(from.reports)
    this.sweeps.set(from.sweeps)
    this.probes.restore(from.probes)
    this.idle = undefined
    this.feedback = undefined
    this.world.services.feedback = undefined
    for (const balancer of this.all) {
      balancer.listener = undefined
      balancer.listen()
    }
    if (from.idle !== undefined) this.idleQueues().restore(from.idle)
    if (from.feedback !== undefined) {
      this.openFeedback()
      this.feedback!.restore(from.feedback)
    }
  }
}
