/** The slots of all services, numbered through: what state each is in, how fast it is, how much it holds. */

import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import type { Balancers } from './balancers.ts'
import type { Scalers } from './scalers.ts'
import { ColdStarts } from './scaling/cold-starts.ts'
import { Readiness } from './scaling/readiness.ts'
import { DRAINING_BUSY } from './service-gauges.ts'
import type { Part, World } from './world.ts'

export const STOPPED = 0
export const STARTING = 1
export const READY = 2
export const DRAINING = 3

/** Gauges per replica, where its service has several: cores at work, legs there. */
export const REPLICA_BUSY = 0
export const REPLICA_LOAD = 1
const GAUGES = 2

export class Replicas implements Part {
  readonly service: Int32Array
  /** Of its service. */
  readonly node: Int32Array
  readonly state: Uint8Array
  /** Outages that are on, per replica: taken out of rotation, or crashed. */
  readonly drained: Int32Array
  readonly crashed: Int32Array
  /** Of a core, now: the declared one, times `warmth`, divided by `slowdown`. */
  readonly speed: Float64Array
  readonly warmth: Float64Array
  readonly slowdown: Float64Array
  /** Legs at the replica, and legs sent to it that have not arrived. */
  readonly load: Int32Array
  readonly expected: Int32Array
  /** Whether balancers are told of every load; else each looks at `load` when it has to decide. */
  tellsLoads = false
  readonly readySince: Float64Array
  readonly arrivals: Float64Array
  readonly gauges: Gauges
  /** 1: the only slot of its service, whose gauges are its own. */
  private readonly single: Uint8Array
  /** Whether replicas have connections of their own to some database. */
  private readonly pooled: boolean
  /** Balancers' backends that are this replica. */
  readonly backends: readonly number[][]
  /** Where some service has probes, or cold starts. */
  private readonly readiness: Readiness | undefined
  private readonly coldStarts: ColdStarts | undefined
  private readonly world: World
  private readonly kernel: Kernel
  private balancers!: Balancers
  private scalers!: Scalers

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    const { services, databases, replicaCount } = world.compiled
    this.pooled = databases.some((spec) => spec.perReplica)
    this.service = new Int32Array(replicaCount)
    this.node = new Int32Array(replicaCount)
    this.state = new Uint8Array(replicaCount)
    this.drained = new Int32Array(replicaCount)
    this.crashed = new Int32Array(replicaCount)
    this.speed = new Float64Array(replicaCount)
    this.warmth = new Float64Array(replicaCount).fill(1)
    this.slowdown = new Float64Array(replicaCount).fill(1)
    this.load = new Int32Array(replicaCount)
    this.expected = new Int32Array(replicaCount)
    this.readySince = new Float64Array(replicaCount)
    this.arrivals = new Float64Array(replicaCount)
    this.single = new Uint8Array(replicaCount)
    this.gauges = new Gauges(replicaCount * GAUGES)
    this.backends = Array.from({ length: replicaCount }, () => [])
    services.forEach((spec, s) => {
      for (let slot = 0; slot < spec.slots; slot++) {
        const r = spec.firstReplica + slot
        this.service[r] = s
        this.node[r] = spec.node
        this.single[r] = spec.slots === 1 ? 1 : 0
        this.state[r] = slot < spec.initialReady ? READY : STOPPED
        this.speed[r] = spec.speeds[slot]!
      }
    })
    this.readiness = services.some((spec) => spec.readiness !== undefined)
      ? new Readiness(world, this)
      : undefined
    this.coldStarts = services.some((spec) => spec.coldStart !== undefined)
      ? new ColdStarts(world, this)
      : undefined
  }

  wire(): void {
    const { balancers, scalers } = this.world
    this.balancers = balancers
    this.scalers = scalers
  }

  start(): void {
    this.readiness?.start()
  }

  isAvailable(r: number): boolean {
    return this.state[r] === READY && this.drained[r] === 0 && this.seemsUp(r)
  }

  /** Whether the replica works, as far as its probes, where it has some, have noticed. */
  seemsUp(r: number): boolean {
    const { readiness } = this
    if (readiness === undefined || readiness.specOf(r) === undefined) return this.crashed[r] === 0
    return readiness.passes[r] === 1
  }

  /** The process of a starting replica runs: whether it has to pass probes before it is ready. */
  probes(r: number): boolean {
    const spec = this.readiness?.specOf(r)
    if (spec === undefined) return false
    this.readiness!.begin(r, spec)
    return true
  }

  /** A crash begins (+1) or is over (-1). */
  changeCrashes(r: number, by: number): void {
    this.crashed[r]! += by
    if (this.crashed[r] === 0) this.coldStarts?.begin(r)
    this.availabilityChanged(r)
  }

  /** After a change of what its speed is made of. */
  updateSpeed(r: number): void {
    const s = this.service[r]!
    const { speeds, firstReplica } = this.world.compiled.services[s]!
    const speed = (speeds[r - firstReplica]! * this.warmth[r]!) / this.slowdown[r]!
    if (speed !== this.speed[r]) this.world.services.cores[s]!.setSpeed(r, speed)
  }

  setState(r: number, state: number): void {
    if (state === READY) this.readySince[r] = this.kernel.now
    if ((state === DRAINING) !== (this.state[r] === DRAINING)) {
      const busy = this.gauges.value[r * GAUGES + REPLICA_BUSY]!
      this.world.services.add(r, DRAINING_BUSY, state === DRAINING ? busy : -busy)
    }
    this.state[r] = state
    if (state === STOPPED) this.world.sockets?.stopped(r)
    if (state === READY) this.coldStarts?.begin(r)
    this.availabilityChanged(r)
  }

  /** After a change of state or of the outages that are on. */
  availabilityChanged(r: number): void {
    const available = this.isAvailable(r)
    // Its connections before its first request.
    if (this.pooled) this.world.databases.pools.replicaChanged(r)
    for (const backend of this.backends[r]!) this.balancers.setAvailable(backend, available)
  }

  /** A leg arrives (+1) or leaves (-1). */
  changeLoad(r: number, by: number): void {
    const { now } = this.kernel
    const load = this.load[r]! + by
    this.load[r] = load
    if (this.single[r] === 0) this.gauges.add(r * GAUGES + REPLICA_LOAD, by, now)
    if (this.tellsLoads) {
      for (const backend of this.backends[r]!) this.balancers.loadChanged(backend, load)
    }
    if (by < 0) this.settle(r)
  }

  /** A draining replica with nothing left stops. */
  settle(r: number): void {
    if (this.state[r] === DRAINING && this.isEmpty(r)) this.scalers.lifecycle.drained(r)
  }

  /** Nothing is there and nothing is on its way there. */
  isEmpty(r: number): boolean {
    return this.load[r] === 0 && this.expected[r] === 0
  }

  changeBusy(r: number, by: number): void {
    if (this.single[r] === 0) this.gauges.add(r * GAUGES + REPLICA_BUSY, by, this.kernel.now)
    if (this.state[r] === DRAINING) this.world.services.add(r, DRAINING_BUSY, by)
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      readiness: this.readiness?.save(),
      coldStarts: this.coldStarts?.save(),
    }
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    const from = state as { gauges: unknown; readiness: unknown; coldStarts: unknown }
    this.gauges.load(from.gauges)
    this.readiness?.restore(from.readiness)
    this.coldStarts?.restore(from.coldStarts)
  }
}

const FIELDS = [
  'state',
  'drained',
  'crashed',
  'speed',
  'warmth',
  'slowdown',
  'load',
  'expected',
  'readySince',
  'arrivals',
]
