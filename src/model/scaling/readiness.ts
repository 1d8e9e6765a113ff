/**
 * Readiness probes as Kubernetes makes them: at every `period` a replica is asked whether it works, and only after several
 * answers alike is it taken into rotation or out of it. A crash is therefore noticed late, and so is its end. A probe takes
 * no time and no core.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { loadFields, saveFields } from '../../engine/typed.ts'
import type { Readiness as ReadinessSpec } from '../../scenario/types.ts'
import { DRAINING, READY, type Replicas, STARTING } from '../replicas.ts'
import type { World } from '../world.ts'

export class Readiness {
  /** 1: the probes say that it works; 1 too where there are none and it does. */
  readonly passes: Uint8Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly replicas: Replicas
  /** Answers in a row that contradict `passes`. */
  private readonly streak: Int32Array
  /** Series of probes so far, per replica: earlier ones are stale. */
  private readonly series: Int32Array
  private readonly probeKind: number

  constructor(world: World, replicas: Replicas) {
    this.world = world
    this.kernel = world.kernel
    this.replicas = replicas
    const count = world.compiled.replicaCount
    this.passes = new Uint8Array(count).fill(1)
    this.streak = new Int32Array(count)
    this.series = new Int32Array(count)
    this.probeKind = this.kernel.on('a replica is probed for readiness', (r, series) => this.probe(r, series))
  }

  specOf(r: number): ReadinessSpec | undefined {
    return this.world.compiled.services[this.replicas.service[r]!]!.readiness
  }

  /** Replicas that are there from the start are ready, and probed from now on. */
  start(): void {
    for (let r = 0; r < this.passes.length; r++) {
      const spec = this.specOf(r)
      if (spec !== undefined && this.replicas.state[r] === READY)
        this.kernel.at(spec.period, this.probeKind, r, this.series[r]!)
    }
  }

  /** The process of the replica, which is still starting, runs. */
  begin(r: number, { initialDelay }: ReadinessSpec): void {
    this.passes[r] = 0
    this.streak[r] = 0
    this.kernel.at(this.kernel.now + initialDelay, this.probeKind, r, ++this.series[r]!)
  }

  private probe(r: number, series: number): void {
    const { replicas } = this
    const state = replicas.state[r]!
    if (this.series[r] !== series || (state !== STARTING && state !== READY && state !== DRAINING)) return
    const spec = this.specOf(r)!
    this.kernel.at(this.kernel.now + spec.period, this.probeKind, r, series)
    const works = replicas.crashed[r] === 0
    if (works === (this.passes[r] === 1)) {
      this.streak[r] = 0
      return
    }
    const enough = works ? spec.successThreshold : spec.failureThreshold
    if (++this.streak[r]! < enough) return
    this.passes[r] = works ? 1 : 0
    this.streak[r] = 0
    if (state === STARTING) this.world.scalers.lifecycle.makeReady(r)
    else replicas.availabilityChanged(r)
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['passes', 'streak', 'series']
