/**
 * What a replica tells of itself with an answer or to a probe: its queue, its service time, its latencies. Made when a
 * policy first asks for it; its columns of the leg table are therefore its own, by number of the row.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { grown } from '../../engine/typed.ts'
import type { ServiceSpec } from '../compile/compiled.ts'
import type { Legs } from '../legs.ts'
import type { Replicas } from '../replicas.ts'
import type { World } from '../world.ts'
import { LatencyByLoad } from './latency-by-load.ts'

export class Feedback {
  /** Where a policy probes. */
  latencies: LatencyByLoad | undefined
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly replicas: Replicas
  /** By row: legs that it met at the replica, and its waits of that kind before. */
  private met: Int32Array = new Int32Array(0)
  private waited: Float64Array = new Float64Array(0)
  /** By row: what the answer tells. */
  private queue: Int32Array = new Int32Array(0)
  private service: Float64Array = new Float64Array(0)

  constructor(world: World) {
    this.kernel = world.kernel
    this.legs = world.legs
    this.replicas = world.replicas
  }

  /** The replicas measure latencies for probes from now on. */
  measureLatencies(): void {
    this.latencies ??= new LatencyByLoad(this.replicas.load.length)
  }

  private row(leg: number): number {
    const row = leg / this.legs.stride
    if (row >= this.met.length) {
      const length = Math.max(64, 2 * row)
      this.met = grown(this.met, length)
      this.waited = grown(this.waited, length)
      this.queue = grown(this.queue, length)
      this.service = grown(this.service, length)
    }
    return row
  }

  /** A balancer has sent the leg: nothing is known of its answer yet. */
  sent(leg: number): void {
    this.queue[this.row(leg)] = -1
  }

  /** The leg has arrived at replica `r` and counts as there. */
  arrived(leg: number, r: number, spec: ServiceSpec): void {
    const row = this.row(leg)
    this.met[row] = this.replicas.load[r]! - 1
    this.waited[row] = this.waits(leg, spec)
  }

  /** The leg has left replica `r` and counts as there no more. */
  left(leg: number, r: number, spec: ServiceSpec): void {
    const row = this.row(leg)
    const residence = this.kernel.now - this.legs.start[leg]!
    this.queue[row] = this.replicas.load[r]!
    this.service[row] = Math.max(0, residence - (this.waits(leg, spec) - this.waited[row]!))
    this.latencies?.record(r, this.met[row]!, residence)
  }

  private waits(leg: number, { cells }: ServiceSpec): number {
    const { phases } = this.legs
    let sum = 0
    if (cells.worker >= 0) sum += phases[leg + cells.worker]!
    if (cells.memory >= 0) sum += phases[leg + cells.memory]!
    if (cells.cpuWait >= 0) sum += phases[leg + cells.cpuWait]!
    return sum
  }

  /** Legs at the replica when this one left; -1 where it was not served. */
  queueOf(leg: number): number {
    return this.queue[this.row(leg)]!
  }

  /** Seconds that the replica spent on the leg without its waits. */
  serviceOf(leg: number): number {
    return this.service[this.row(leg)]!
  }

  save(): unknown {
    const { met, waited, queue, service } = this
    return {
      met: met.slice(),
      waited: waited.slice(),
      queue: queue.slice(),
      service: service.slice(),
      latencies: this.latencies?.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as { [name: string]: unknown }
    this.met = (from.met as Int32Array).slice()
    this.waited = (from.waited as Float64Array).slice()
    this.queue = (from.queue as Int32Array).slice()
    this.service = (from.service as Float64Array).slice()
    if (from.latencies !== undefined) {
      this.measureLatencies()
      this.latencies!.restore(from.latencies)
    }
  }
}
