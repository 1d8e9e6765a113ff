/**
 * What the parts of the model share: the clock, the rows, the draws, and each other. A part is a class with its own
 * event kinds and state; it reaches the others through here, so that none has to be built before another.
 */
import { Kernel } from '../engine/kernel.ts'
import type { Draws } from '../random/index.ts'
import type { Balancers } from './balancers.ts'
import type { Caches } from './caches/caches.ts'
import type { Callers } from './callers.ts'
import type { Compiled } from './compile/compiled.ts'
import type { Databases } from './databases.ts'
import type { Gate } from './gate.ts'
import { Keys } from './keys.ts'
import { Legs } from './legs.ts'
import type { Network } from './network.ts'
import type { Replicas } from './replicas.ts'
import type { Requests } from './requests.ts'
import type { Scalers } from './scalers.ts'
import type { Services } from './services.ts'
import type { Sockets } from './sockets.ts'
import type { Workloads } from './workloads.ts'

/** A part that can be put into a snapshot: plain data and typed arrays out and in. */
export interface Part {
  /** `metrics` false: without what only a result needs. */
  save(metrics?: boolean): unknown
  restore(state: unknown): void
}

export class World {
  readonly kernel: Kernel = new Kernel()
  readonly compiled: Compiled
  readonly legs: Legs
  readonly draws: Draws
  readonly keys: Keys
  readonly seed: number | string
  /** End of the arrivals. */
  readonly horizon: number
  network!: Network
  callers!: Callers
  requests!: Requests
  workloads!: Workloads
  balancers!: Balancers
  replicas!: Replicas
  services!: Services
  scalers!: Scalers
  databases!: Databases
  caches!: Caches
  gate!: Gate
  /** Only where the scenario declares sockets. */
  sockets: Sockets | undefined

  /** Start of the measured window, and each service's arrivals before it. */
  window: { from: number; arrivals: Float64Array } = { from: 0, arrivals: new Float64Array(0) }

  constructor(compiled: Compiled, seed: number | string, draws: Draws, horizon: number) {
    this.compiled = compiled
    this.seed = seed
    this.draws = draws
    this.horizon = horizon
    this.legs = new Legs(compiled.cells.length, compiled.frames)
    this.keys = new Keys(this)
    this.window.arrivals = new Float64Array(compiled.services.length)
  }

  /** Once all parts are there: each takes its own references to the others, since every event would look them up. */
  wire(): void {
    const { network, callers, requests, workloads, balancers, replicas, services } = this
    for (const part of [network, callers, requests, workloads, balancers, replicas, services]) part.wire()
  }

  /** The measured window starts now. */
  markWindow(): void {
    this.window = { from: this.kernel.now, arrivals: this.services.arrivals.slice() }
  }
}
