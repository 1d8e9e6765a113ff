/**
 * Autoscalers: at every interval a policy, or whoever has taken control, asks for a number of replicas. A replica
 * takes the lowest free slot and keeps it while starting, ready and draining. Metrics reach the policy late.
 */
import { Gauges } from '../metrics/gauges.ts'
import { createScalingPolicy, desiredReplicas, type ScalingPolicy } from '../policies/index.ts'
import type { ScalingView } from '../policies/types.ts'
import { compileDistribution, exp, Stream, type StreamState } from '../random/index.ts'
import type { Autoscaler, PolicySpec } from '../scenario/types.ts'
import type { ServiceSpec } from './compile/compiled.ts'
import { demandPerRequest } from './declared-load.ts'
import { DRAINING, READY, STARTING, STOPPED } from './replicas.ts'
import { IntervalStats } from './requests.ts'
import {
  BUSY,
  LOAD,
  PAID_REPLICAS,
  QUEUE_CPU,
  READY_REPLICAS,
  SERVICE_GAUGES,
  WORKING_REPLICAS,
} from './service-gauges.ts'
import type { Part, World } from './world.ts'

const EWMA_TIME = 300

/** What was measured at the end of an interval. */
type Measurement = {
  time: number
  utilization: number
  offered: [number, number, number, number]
  arrivalRate: number
  meanInFlight: number
  lateFraction: number
  failedFraction: number
  p95: number
}

/** Running totals as of the last measurement. */
type Totals = { time: number; busy: number; ready: number; load: number; offered: number; arrivals: number }

export class Scaler implements ScalingView {
  readonly config: Autoscaler
  readonly spec: ServiceSpec
  readonly service: number
  readonly draws: Stream
  readonly startup: number
  policy: ScalingPolicy
  private policySpec: PolicySpec
  controlled = false
  target: number
  starting = 0
  ready: number
  draining = 0
  /** Starts that wait for a free slot. */
  pending = 0
  changedAt = 0
  starts = 0
  seen: Measurement
  /** The newest at the end; the first one is what the next decision sees. */
  private measured: Measurement[] = []
  private totals: Totals = { time: 0, busy: 0, ready: 0, load: 0, offered: 0, arrivals: 0 }
  readonly stats: IntervalStats = new IntervalStats()
  private readonly world: World
  /** Core-seconds that a request of each workload brings here on average; computed when first asked for. */
  private demands: readonly number[] | undefined

  constructor(world: World, service: number, spec: ServiceSpec, config: Autoscaler) {
    this.world = world
    this.service = service
    this.spec = spec
    this.config = config
    this.draws = Stream.derive(world.seed, `scaler/${spec.name}`)
    this.policySpec = config.policy
    this.policy = createScalingPolicy(config.policy, config.max, `services.${spec.name}.autoscaler.policy`)
    this.startup = compileDistribution(config.startup).mean
    this.target = spec.initialReady
    this.ready = spec.initialReady
    this.seen = {
      time: 0,
      utilization: 0,
      offered: [0, 0, 0, 0],
      arrivalRate: 0,
      meanInFlight: 0,
      lateFraction: 0,
      failedFraction: 0,
      p95: 0,
    }
  }

  get time(): number {
    return this.world.kernel.now
  }
  get min(): number {
    return this.config.min
  }
  get max(): number {
    return this.config.max
  }
  get interval(): number {
    return this.config.interval
  }
  get utilization(): number {
    return this.seen.utilization
  }
  get offered(): readonly [number, number, number, number] {
    return this.seen.offered
  }
  get arrivalRate(): number {
    return this.seen.arrivalRate
  }
  get meanInFlight(): number {
    return this.seen.meanInFlight
  }
  get lateFraction(): number {
    return this.seen.lateFraction
  }
  get failedFraction(): number {
    return this.seen.failedFraction
  }
  get p95(): number {
    return this.seen.p95
  }
  get metricAge(): number {
    return this.time - this.seen.time
  }
  get sinceChange(): number {
    return this.time - this.changedAt
  }
  get waitingPerCore(): number {
    const waiting = this.gauge(QUEUE_CPU)
    return waiting / Math.max(1, this.ready * this.spec.cores)
  }
  get inFlight(): number {
    return this.gauge(LOAD)
  }

  readyWithin(seconds: number): number {
    const { replicas } = this.world
    const { firstReplica, slots } = this.spec
    const from = Math.max(this.seen.time - this.interval, this.time - seconds)
    let count = 0
    for (let r = firstReplica; r < firstReplica + slots; r++) {
      if (replicas.state[r] === READY && replicas.readySince[r]! > from) count++
    }
    return count
  }

  declaredLoad(time: number): number {
    const { compiled, workloads } = this.world
    this.demands ??= demandPerRequest(compiled.scenario).map((demand) => demand[this.service]!)
    const work = this.demands.reduce((sum, demand, w) => sum + demand * workloads.rateAt(w, time), 0)
    return work / (this.spec.cores * this.spec.speeds[0]!)
  }

  private gauge(index: number): number {
    return this.world.services.gauges.value[this.service * SERVICE_GAUGES + index]!
  }

  /** Takes the measurement of the interval that ends now. */
  measure(): void {
    const { services, kernel } = this.world
    const { now } = kernel
    const total = (index: number): number => services.gauges.total(this.service * SERVICE_GAUGES + index, now)
    const before = this.totals
    const totals: Totals = {
      time: now,
      busy: total(BUSY),
      ready: total(READY_REPLICAS),
      load: total(LOAD),
      offered: services.offered[this.service]!,
      arrivals: services.arrivals[this.service]!,
    }
    const elapsed = now - before.time
    const capacity = this.spec.cores * this.spec.speeds[0]!
    const coreSeconds = (totals.ready - before.ready) * this.spec.cores
    const previous = this.measured.at(-1) ?? this.seen
    const offered = (totals.offered - before.offered) / (elapsed * capacity)
    const keep = exp(-elapsed / EWMA_TIME)
    const first = previous.time === 0
    this.measured.push({
      time: now,
      utilization: coreSeconds > 0 ? Math.min(1, (totals.busy - before.busy) / coreSeconds) : 0,
      offered: [
        offered,
        previous.offered[0],
        previous.offered[1],
        first ? offered : previous.offered[3] * keep + offered * (1 - keep),
      ],
      arrivalRate: (totals.arrivals - before.arrivals) / elapsed,
      meanInFlight: (totals.load - before.load) / elapsed,
      lateFraction: this.stats.lateFraction,
      failedFraction: this.stats.failedFraction,
      p95: this.stats.p95,
    })
    this.totals = totals
    this.stats.restart()
  }

  /** What has been delivered by now: measurements older than `metricDelay`. */
  deliver(): void {
    const due = this.time - this.config.metricDelay + 1e-9
    while (this.measured.length > 0 && this.measured[0]!.time <= due) this.seen = this.measured.shift()!
  }

  setPolicy(policy: PolicySpec): void {
    this.policySpec = policy
    this.policy = createScalingPolicy(policy, this.config.max, `services.${this.spec.name}.autoscaler.policy`)
    this.draws.load(Stream.derive(this.world.seed, `scaler/${this.spec.name}`).save())
  }

  save(): unknown {
    const { controlled, target, starting, ready, draining, pending, changedAt, starts } = this
    return {
      fields: { controlled, target, starting, ready, draining, pending, changedAt, starts },
      seen: this.seen,
      measured: [...this.measured],
      totals: this.totals,
      stats: this.stats.save(),
      draws: this.draws.save(),
      policySpec: this.policySpec,
      policy: this.policy.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    Object.assign(this, from.fields)
    this.seen = from.seen as Measurement
    this.measured = [...(from.measured as Measurement[])]
    this.totals = from.totals as Totals
    this.stats.load(from.stats)
    const policy = from.policySpec as PolicySpec
    if (JSON.stringify(policy) !== JSON.stringify(this.policySpec)) this.setPolicy(policy)
    this.draws.load(from.draws as StreamState)
    this.policy.load(from.policy)
  }
}

export class Scalers implements Part {
  readonly all: readonly Scaler[]
  /** The scaler whose decision is wanted from outside; -1. */
  pending = -1
  /** Targets, per scaler. */
  readonly gauges: Gauges
  private readonly world: World
  private readonly tickKind: number
  private readonly measureKind: number
  private readonly decideKind: number
  private readonly readyKind: number
  private readonly scalerOf: Int32Array
  /** Of a starting replica: when it will be ready, which start it was. */
  readonly readyAt: Float64Array
  private readonly startOrder: Int32Array

  constructor(world: World) {
    this.world = world
    const { compiled, kernel, requests, services } = world
    const scaled = compiled.services.flatMap((spec, s) => {
      const config = compiled.scenario.services[s]!.autoscaler
      return config === undefined ? [] : [new Scaler(world, s, spec, config)]
    })
    this.all = scaled
    this.gauges = new Gauges(scaled.length)
    this.scalerOf = new Int32Array(compiled.replicaCount).fill(-1)
    this.readyAt = new Float64Array(compiled.replicaCount)
    this.startOrder = new Int32Array(compiled.replicaCount)
    scaled.forEach((scaler, i) => {
      const { firstReplica, slots } = scaler.spec
      this.scalerOf.fill(i, firstReplica, firstReplica + slots)
      requests.intervals.push(scaler.stats)
      this.gauges.set(i, scaler.target, 0)
    })
    compiled.services.forEach((spec, s) => {
      services.gauges.set(s * SERVICE_GAUGES + PAID_REPLICAS, spec.initialReady, 0)
    })
    this.tickKind = kernel.on('a scaler looks', (i, k) => this.tick(i, k))
    this.measureKind = kernel.on('metrics are collected', (i, k) => this.collect(i, k))
    this.decideKind = kernel.on('a scaler decides', (i) => this.decide(i))
    this.readyKind = kernel.on('a replica becomes ready', (r, start) => this.becameReady(r, start))
  }

  start(): void {
    const { kernel } = this.world
    this.all.forEach(({ config }, i) => {
      kernel.at(config.interval - offset(config), this.measureKind, i, 1)
      kernel.at(config.interval, this.tickKind, i, 1)
    })
  }

  private collect(i: number, k: number): void {
    const scaler = this.all[i]!
    const { interval } = scaler.config
    scaler.measure()
    this.world.kernel.at((k + 1) * interval - offset(scaler.config), this.measureKind, i, k + 1)
  }

  private tick(i: number, k: number): void {
    const { kernel } = this.world
    kernel.at((k + 1) * this.all[i]!.config.interval, this.tickKind, i, k + 1)
    kernel.task(this.decideKind, i, 0)
  }

  private decide(i: number): void {
    const scaler = this.all[i]!
    scaler.deliver()
    if (scaler.controlled) {
      this.pending = i
      this.world.kernel.suspended = true
      return
    }
    this.setTarget(i, desiredReplicas(scaler.policy.decide(scaler, scaler.draws), scaler))
  }

  /** The answer to the pending decision: the target, within [min, max]. */
  resume(target: number): void {
    const i = this.pending
    this.pending = -1
    this.setTarget(i, target)
  }

  setTarget(i: number, target: number): void {
    const scaler = this.all[i]!
    const change = target - scaler.target
    if (change === 0) return
    scaler.target = target
    scaler.changedAt = this.world.kernel.now
    this.gauges.set(i, target, this.world.kernel.now)
    for (let n = 0; n < change; n++) this.startOne(scaler)
    for (let n = 0; n < -change; n++) this.stopOne(scaler)
  }

  private startOne(scaler: Scaler): void {
    const { replicas, kernel, draws } = this.world
    const { firstReplica, slots, startupSite } = scaler.spec
    let r = firstReplica
    while (r < firstReplica + slots && replicas.state[r] !== STOPPED) r++
    if (r === firstReplica + slots) {
      scaler.pending++
      return
    }
    const start = ++scaler.starts
    const startup = draws.sample(startupSite, start, 0, 0)
    scaler.starting++
    this.count(scaler, PAID_REPLICAS, 1)
    this.startOrder[r] = start
    this.readyAt[r] = kernel.now + startup
    replicas.setState(r, STARTING)
    kernel.at(this.readyAt[r]!, this.readyKind, r, start)
  }

  /** A start that waits is cancelled first, then the youngest that is starting; then the least loaded drains. */
  private stopOne(scaler: Scaler): void {
    const { replicas } = this.world
    if (scaler.pending > 0) {
      scaler.pending--
      return
    }
    const { firstReplica, slots } = scaler.spec
    let youngest = -1
    let idlest = -1
    for (let r = firstReplica; r < firstReplica + slots; r++) {
      if (replicas.state[r] === STARTING) {
        if (youngest < 0 || this.startOrder[r]! > this.startOrder[youngest]!) youngest = r
      } else if (replicas.state[r] === READY && (idlest < 0 || this.idler(r, idlest))) idlest = r
    }
    if (youngest >= 0) {
      this.startOrder[youngest] = 0
      scaler.starting--
      this.stopped(scaler, youngest)
      return
    }
    scaler.ready--
    this.count(scaler, READY_REPLICAS, -1)
    scaler.draining++
    replicas.setState(idlest, DRAINING)
    replicas.settle(idlest)
  }

  /** Whether r rather than other should drain: fewer requests, else ready for a shorter time, else the higher slot. */
  private idler(r: number, other: number): boolean {
    const { load, expected, readySince } = this.world.replicas
    const difference = load[r]! + expected[r]! - load[other]! - expected[other]!
    return difference < 0 || (difference === 0 && readySince[r]! >= readySince[other]!)
  }

  private becameReady(r: number, start: number): void {
    if (this.startOrder[r] !== start || this.world.replicas.state[r] !== STARTING) return
    const scaler = this.all[this.scalerOf[r]!]!
    scaler.starting--
    scaler.ready++
    this.count(scaler, READY_REPLICAS, 1)
    this.count(scaler, WORKING_REPLICAS, 1)
    this.world.replicas.setState(r, READY)
  }

  /** A draining replica has nothing left. */
  drained(r: number): void {
    const scaler = this.all[this.scalerOf[r]!]!
    scaler.draining--
    this.count(scaler, WORKING_REPLICAS, -1)
    this.stopped(scaler, r)
  }

  private stopped(scaler: Scaler, r: number): void {
    this.count(scaler, PAID_REPLICAS, -1)
    this.world.replicas.setState(r, STOPPED)
    if (scaler.pending === 0) return
    scaler.pending--
    this.startOne(scaler)
  }

  private count(scaler: Scaler, gauge: number, by: number): void {
    this.world.services.gauges.add(scaler.service * SERVICE_GAUGES + gauge, by, this.world.kernel.now)
  }

  save(): unknown {
    return {
      pending: this.pending,
      all: this.all.map((scaler) => scaler.save()),
      gauges: this.gauges.save(),
      readyAt: this.readyAt.slice(),
      startOrder: this.startOrder.slice(),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      pending: number
      all: unknown[]
      gauges: unknown
      readyAt: Float64Array
      startOrder: Int32Array
    }
    this.pending = from.pending
    this.all.forEach((scaler, i) => {
      scaler.restore(from.all[i])
    })
    this.gauges.load(from.gauges)
    this.readyAt.set(from.readyAt)
    this.startOrder.set(from.startOrder)
  }
}

/** Metrics are collected this long before each look, so that they are `metricDelay` old at a look. */
function offset(config: Autoscaler): number {
  return config.metricDelay % config.interval
}
