/**
 * One balancer: what it knows of its slots, kept up to date by what it sent and what came back, the averages that it
 * keeps, and its policy. The view that a policy gets also holds the true loads.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { FLOAT_ZERO, loadFields, saveFields } from '../../engine/typed.ts'
import { type BalancingPolicy, createBalancingPolicy } from '../../policies/index.ts'
import type { MinIndex } from '../../policies/min-index.ts'
import type { BalancerView, IndexKey, ProbeAnswers } from '../../policies/types.ts'
import { exp, Stream, type StreamState } from '../../random/index.ts'
import type { PolicySpec } from '../../scenario/types.ts'
import type { BalancerSpec } from '../compile/compiled.ts'
import type { World } from '../world.ts'
import { HostHealth } from './host-health.ts'
import { IntervalMeter } from './interval-meter.ts'
import { LazyIndex } from './lazy-index.ts'
import { PassiveChecks } from './passive-checks.ts'
import { SlowStart } from './slow-start.ts'

/** Seconds: the time constant of a balancer's averages of response times and failures. */
export const EWMA_TIME = 10

const NO_ANSWERS: ProbeAnswers = { slots: [], loads: [], latencies: [] }

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
  /** `work`, `latency`, `failures` and `updatedAt`, one after the other: what is needed at once lies in one array. */
  readonly seen: Float64Array
  readonly inTransit: Int32Array
  readonly load: Int32Array
  rotation: number[] = []
  readonly joined: Float64Array
  private joins = 0
  requestClass = 0
  demand: number = FLOAT_ZERO
  /** The leg to route. */
  private leg = -1
  weightVersion = 0
  answers: ProbeAnswers = NO_ANSWERS
  readonly reportedLoad: Int32Array
  readonly reportedAt: Float64Array
  readonly sentSince: Int32Array
  /** Whether replicas report to it. */
  readonly reporting: boolean
  /** Hears what comes back: the policy, or another one that decides outside. */
  listener: BalancingPolicy | undefined
  readonly health: HostHealth | undefined
  readonly passive: PassiveChecks | undefined
  readonly draws: Stream
  policy: BalancingPolicy
  policySpec: PolicySpec
  decisions = 0
  /** Decisions are taken outside. */
  controlled = false
  inFlightTotal = 0
  /** Time constant of `arrivalRate`, seconds; 0: it is not followed. */
  rateTime: number = FLOAT_ZERO
  /** EWMA of the rate at which legs reach the balancer, per second. */
  arrivalRate: number = FLOAT_ZERO
  /** Seconds from the decision before to the one that is due, or was last taken. */
  sinceDecision: number = FLOAT_ZERO
  private decidedAt: number = FLOAT_ZERO
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
      spec.outlierDetection === undefined && spec.passiveChecks === undefined && panicThreshold === 0
        ? undefined
        : new HostHealth(n, spec.outlierDetection, panicThreshold)
    this.passive = spec.passiveChecks === undefined ? undefined : new PassiveChecks(n, spec.passiveChecks)
    this.reportedLoad = new Int32Array(n)
    this.reportedAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.sentSince = new Int32Array(n)
    this.reporting = spec.reports !== undefined
    this.listener = undefined
    this.ownListener = undefined
    this.inFlight = new Int32Array(n)
    this.seen = new Float64Array(4 * n)
    this.work = this.seen.subarray(0, n)
    this.latency = this.seen.subarray(n, 2 * n)
    this.failures = this.seen.subarray(2 * n, 3 * n)
    this.updatedAt = this.seen.subarray(3 * n)
    this.inTransit = new Int32Array(n)
    this.load = this.loadsOf(spec.replicas)
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

  /** The loads of the replicas: the very numbers where these follow one another, else a copy that is kept up to date. */
  private loadsOf(slots: Int32Array): Int32Array {
    const { replicas } = this.world
    const first = slots[0]!
    if (slots.every((r, slot) => r === first + slot))
      return replicas.load.subarray(first, first + slots.length)
    replicas.tellsLoads = true
    return new Int32Array(slots.length)
  }

  get time(): number {
    return this.kernel.now
  }

  get key(): number {
    return this.leg < 0 ? -1 : this.world.keys.of(this.leg)
  }

  /** Decisions are taken outside from now on, or no longer. */
  control(outside: boolean): void {
    this.controlled = outside
    this.indices.length = 0
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

  /** What was answered to the probes for the leg whose decision is due. */
  setAnswers(slots: readonly number[], loads: readonly number[], latencies: readonly number[]): void {
    this.answers = { slots, loads, latencies }
  }

  probe(slot: number): void {
    this.world.balancers.probes.send(this.index, slot, -1, 0)
  }

  minIndex(key: IndexKey): MinIndex {
    const { indices } = this
    for (let k = 0; k < indices.length; k++) if (indices[k]!.key === key) return indices[k]!.read(this)
    const index = new LazyIndex(key, this.n)
    indices.push(index)
    if (index.onLoad) this.world.replicas.tellsLoads = true
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
    const { seen } = this
    // An empty slot owes nothing: rounding must not pile up.
    seen[slot] = inFlight === 0 ? 0 : seen[slot]! + by * demand
    this.reindex(slot, false)
  }

  observe(slot: number, response: number, failed: boolean): void {
    const { n, seen, time } = this
    const latency = n + slot
    const failures = n + latency
    const updatedAt = n + failures
    const keep = exp((seen[updatedAt]! - time) / EWMA_TIME)
    seen[latency] = seen[latency]! * keep + response * (1 - keep)
    seen[failures] = seen[failures]! * keep + (failed ? 1 - keep : 0)
    seen[updatedAt] = time
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
    this.indices.length = 0
    this.listen()
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, VIEW_FIELDS),
      draws: this.draws.save(),
      policySpec: this.policySpec,
      policy: this.policy.save(),
      answers: this.answers,
      slowStart: this.slowStart?.save(),
      health: this.health?.save(),
      passive: this.passive?.save(),
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
    this.answers = from.answers as ProbeAnswers
    this.slowStart?.restore(from.slowStart)
    this.health?.restore(from.health)
    this.passive?.restore(from.passive)
    this.meter = undefined
    if (from.meter !== undefined) this.measured().restore(from.meter)
    this.weightsChanged()
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
