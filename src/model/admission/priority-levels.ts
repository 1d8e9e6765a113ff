/**
 * DAGOR at replicas and their callers: each replica admits by level, and tells its level with each answer to those that
 * sent it the request: a balancer that the answer passes, or the replica that called. They keep back what would be refused.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { Dagor, USER_LEVELS } from '../../policies/admission/dagor.ts'
import type { Draws } from '../../random/index.ts'
import { type Compiled, NODE_BALANCER, NODE_SERVICE, type ServiceSpec } from '../compile/compiled.ts'
import type { Legs } from '../legs.ts'
import { BRANCH, REQUEST } from '../legs.ts'
import type { Replicas } from '../replicas.ts'
import type { World } from '../world.ts'
import { KEPT_BACK, type Refusals } from './refusals.ts'

/** Separates the draw of a request's level from others of the same site. */
const PATH = 0x4441474f
/** Seconds after which users get other levels, so that it is not always the same ones who are refused. */
const HOUR = 3600

/** What a caller knows of a service: the level of a replica that answered last. */
type Known = { level: number; replica: number }

export class PriorityLevels {
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly replicas: Replicas
  private readonly refusals: Refusals
  /** By replica; with `scope: service` its replicas have the same one. */
  private readonly controls: (Dagor | undefined)[] = []
  /** Index of each class's priority among those that there are. */
  private readonly priorityOf: Int32Array
  /** The service that a calling site reaches directly and that shares its levels; -1. */
  private readonly calleeOf: Int32Array
  /** By backend: the level that the balancer knows. */
  private readonly knownByBackend = new Map<number, number>()
  /** By calling replica x services + service. */
  private readonly knownByCaller = new Map<number, Known>()
  /** Leg: 1 until it gets its first core; the level that its answer tells. */
  private waiting: Int32Array = new Int32Array(0)
  private told: Int32Array = new Int32Array(0)

  constructor(world: World, refusals: Refusals) {
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    this.replicas = world.replicas
    this.refusals = refusals
    const { services, classes, calls, nodes, balancers } = world.compiled
    const priorities = [...new Set(classes.map((item) => item.priority))].sort((a, b) => a - b)
    this.priorityOf = Int32Array.from(classes, (item) => priorities.indexOf(item.priority))
    for (const { overload, firstReplica, slots } of services) {
      const spec = overload?.dagor
      if (spec === undefined) continue
      for (let r = firstReplica; r < firstReplica + slots; r++) {
        const shared = overload!.scope === 'service' && r > firstReplica
        this.controls[r] = shared ? this.controls[firstReplica] : new Dagor(spec, priorities.length)
      }
    }
    this.calleeOf = Int32Array.from(calls, ({ hop }) => {
      const { kind, index } = nodes[hop.node]!
      let s = -1
      if (kind === NODE_SERVICE) s = index
      if (kind === NODE_BALANCER && balancers[index]!.implicit)
        s = world.replicas.service[balancers[index]!.replicas[0]!]!
      return s >= 0 && services[s]!.overload?.dagor?.share === true ? s : -1
    })
    this.legs.int32((array) => {
      this.waiting = array
    })
    this.legs.int32((array) => {
      this.told = array
    })
  }

  /** That of the request that the row is made for. */
  levelOf(row: number): number {
    const { legs, compiled, draws } = this
    const cls = legs.cls[row]!
    const site = compiled.classSites[compiled.classes[cls]!.workload]!
    const hour = Math.floor(this.kernel.now / HOUR)
    const user = Math.floor(draws.uniform(site, legs.number[row]!, PATH, hour) * USER_LEVELS)
    return this.priorityOf[cls]! * USER_LEVELS + user
  }

  /** Of a leg that arrives at replica `r`. */
  admits(leg: number, r: number): boolean {
    const control = this.controls[r]!
    const admitted = control.admits(this.levelOf(leg), this.kernel.now)
    this.waiting[leg] = admitted ? 1 : 0
    this.told[leg] = control.level
    return admitted
  }

  /** The row gets a core of replica `r`. */
  started(row: number, r: number): void {
    const { legs } = this
    const control = this.controls[r]
    if (control === undefined) return
    let leg = row
    while (legs.kind[leg] === BRANCH) leg = legs.parent[leg]!
    if (this.waiting[leg] === 0) return
    this.waiting[leg] = 0
    control.waitEnded(this.kernel.now - legs.start[leg]!)
  }

  /** The leg leaves replica `r` and its answer is sent. */
  left(leg: number, r: number): void {
    const control = this.controls[r]
    if (control !== undefined) this.told[leg] = control.level
  }

  /** The answer of the leg has come back to the balancer that sent it (over `backend`) or, -1, to its caller. */
  answered(leg: number, backend: number): void {
    const r = this.legs.replica[leg]!
    if (r < 0 || this.controls[r] === undefined || !this.shares(this.specOf(r))) return
    if (backend >= 0) {
      this.knownByBackend.set(backend, this.told[leg]!)
      return
    }
    const caller = this.callingReplica(this.legs.parent[leg]!)
    if (caller < 0) return
    const key = caller * this.compiled.services.length + this.replicas.service[r]!
    this.knownByCaller.set(key, { level: this.told[leg]!, replica: r })
  }

  private specOf(r: number): ServiceSpec {
    return this.compiled.services[this.replicas.service[r]!]!
  }

  private shares({ overload }: ServiceSpec): boolean {
    return overload?.dagor?.share === true
  }

  private callingReplica(row: number): number {
    return this.legs.kind[row] === REQUEST ? -1 : this.legs.replica[row]!
  }

  /** Whether a balancer keeps back the leg that it would send to replica `r` over `backend`. */
  balancerKeepsBack(leg: number, r: number, backend: number): boolean {
    const known = this.knownByBackend.get(backend)
    return known !== undefined && this.keepsBack(leg, r, known)
  }

  /** Whether the replica where the row is keeps back a call over the site. Clients know of no levels. */
  callerKeepsBack(row: number, call: number): boolean {
    const s = this.calleeOf[call]!
    if (s < 0) return false
    const caller = this.callingReplica(row)
    const known = caller < 0 ? undefined : this.knownByCaller.get(caller * this.compiled.services.length + s)
    return known !== undefined && this.keepsBack(row, known.replica, known.level)
  }

  private keepsBack(row: number, r: number, known: number): boolean {
    const level = this.levelOf(row)
    if (level <= known) return false
    this.controls[r]!.keptBack(level, this.kernel.now)
    this.refusals.add(this.replicas.service[r]!, KEPT_BACK)
    return true
  }

  save(): unknown {
    return {
      controls: this.controls.map((control) => control?.save()),
      byBackend: [...this.knownByBackend],
      byCaller: [...this.knownByCaller].map(([key, { level, replica }]) => [key, level, replica]),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      controls: unknown[]
      byBackend: [number, number][]
      byCaller: [number, number, number][]
    }
    this.controls.forEach((control, r) => {
      control?.load(from.controls[r])
    })
    this.knownByBackend.clear()
    for (const [backend, level] of from.byBackend) this.knownByBackend.set(backend, level)
    this.knownByCaller.clear()
    for (const [key, level, replica] of from.byCaller) this.knownByCaller.set(key, { level, replica })
  }
}
