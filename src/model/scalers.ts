/** Autoscalers: at every interval a policy, or whoever has taken control, asks for a number of replicas. */
import { Gauges } from '../metrics/gauges.ts'
import { desiredReplicas } from '../policies/index.ts'
import type { Autoscaler } from '../scenario/types.ts'
import { ReplicaLifecycle } from './scaling/replica-lifecycle.ts'
import { Scaler } from './scaling/scaler.ts'
import type { Part, World } from './world.ts'

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
  readonly lifecycle: ReplicaLifecycle

  constructor(world: World) {
    this.world = world
    const { compiled, kernel, requests } = world
    const scaled = compiled.services.flatMap((spec, s) => {
      const config = compiled.scenario.services[s]!.autoscaler
      return config === undefined ? [] : [new Scaler(world, s, spec, config)]
    })
    this.all = scaled
    this.gauges = new Gauges(scaled.length)
    scaled.forEach((scaler, i) => {
      requests.intervals.push(scaler.stats)
      this.gauges.set(i, scaler.target, 0)
    })
    this.lifecycle = new ReplicaLifecycle(world, scaled)
    this.tickKind = kernel.on('a scaler looks', (i, k) => this.tick(i, k))
    this.measureKind = kernel.on('metrics are collected', (i, k) => this.collect(i, k))
    this.decideKind = kernel.on('a scaler decides', (i) => this.decide(i))
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
    for (let n = 0; n < change; n++) this.lifecycle.start(scaler)
    for (let n = 0; n < -change; n++) this.lifecycle.stop(scaler)
  }

  save(): unknown {
    return {
      pending: this.pending,
      all: this.all.map((scaler) => scaler.save()),
      gauges: this.gauges.save(),
      lifecycle: this.lifecycle.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      pending: number
      all: unknown[]
      gauges: unknown
      lifecycle: unknown
    }
    this.pending = from.pending
    this.all.forEach((scaler, i) => {
      scaler.restore(from.all[i])
    })
    this.gauges.load(from.gauges)
    this.lifecycle.restore(from.lifecycle)
  }
}

/** Metrics are collected this long before each look, so that they are `metricDelay` old at a look. */
function offset(config: Autoscaler): number {
  return config.metricDelay % config.interval
}
