/**
 * One autoscaler: the view that its policy gets, from measurements that reach it `metricDelay` late, and how many
 * replicas it has in which state.
 */
import { FLOAT_ZERO } from '../../engine/typed.ts'
import { createScalingPolicy, type ScalingPolicy } from '../../policies/index.ts'
import type { ScalingView } from '../../policies/types.ts'
import { compileDistribution, exp, Stream, type StreamState } from '../../random/index.ts'
import type { Autoscaler, PolicySpec } from '../../scenario/types.ts'
import type { ServiceSpec } from '../compile/compiled.ts'
import { demandPerRequest } from '../declared-load.ts'
import { READY } from '../replicas.ts'
import { IntervalStats } from '../requests.ts'
import { BUSY, DRAINING_BUSY, LOAD, QUEUE_CPU, READY_REPLICAS, SERVICE_GAUGES } from '../service-gauges.ts'
import type { World } from '../world.ts'

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
  changedAt: number = FLOAT_ZERO
  starts = 0
  /** Legs that a drain did not wait for. */
  cutOff = 0
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
      busy: total(BUSY) - total(DRAINING_BUSY),
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
    const { controlled, target, starting, ready, draining, pending, changedAt, starts, cutOff } = this
    return {
      fields: { controlled, target, starting, ready, draining, pending, changedAt, starts, cutOff },
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
