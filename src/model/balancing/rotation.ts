/**
 * Which slots of each balancer get traffic: those whose replica is ready and working, that no outage has taken out,
 * and that its health checks have not ejected; in a panic all of them.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { OUTCOMES } from '../../results/types.ts'
import { READY, type Replicas } from '../replicas.ts'
import type { World } from '../world.ts'
import type { Backends } from './backends.ts'
import type { Balancer } from './balancer.ts'
import type { HostHealth } from './host-health.ts'
import type { Unroutable } from './unroutable.ts'

const OK = OUTCOMES.indexOf('ok')
/** Not a fault of the host that says so. */
const RATE_LIMITED = OUTCOMES.indexOf('rate-limited')

export class Rotation {
  private readonly kernel: Kernel
  private readonly replicas: Replicas
  private readonly balancers: readonly Balancer[]
  private readonly backends: Backends
  private readonly waiting: Unroutable
  /** Outages that are on at this balancer alone, per backend. */
  private readonly out: Int32Array
  /** Looks at the hosts so far, per balancer. */
  private readonly sweeps: Float64Array
  private readonly sweepKind: number
  private readonly retryKind: number
  private readonly inRotation: Uint8Array
  private readonly joined: (b: number, slot: number) => void

  /** `joined`: told of every slot that gets traffic again by a look at the hosts of its balancer. */
  constructor(
    world: World,
    balancers: readonly Balancer[],
    backends: Backends,
    waiting: Unroutable,
    joined: (b: number, slot: number) => void,
  ) {
    this.joined = joined
    this.kernel = world.kernel
    this.replicas = world.replicas
    this.balancers = balancers
    this.backends = backends
    this.waiting = waiting
    this.out = new Int32Array(backends.slotOf.length)
    this.sweeps = new Float64Array(balancers.length)
    this.sweepKind = this.kernel.on('a balancer looks at its hosts', (b) => this.sweep(b))
    this.retryKind = this.kernel.on('a balancer tries a host again', (b) => {
      this.applyHealth(b, this.balancers[b]!.health!)
    })
    this.inRotation = new Uint8Array(Math.max(0, ...balancers.map(({ n }) => n)))
  }

  start(): void {
    this.balancers.forEach(({ spec }, b) => {
      if (spec.outlierDetection !== undefined)
        this.kernel.at(spec.outlierDetection.interval, this.sweepKind, b, 0)
    })
  }

  /** An outage of replica `r` starts (+1) or ends (-1) that concerns the balancer of this backend alone. */
  takeOut(backend: number, by: number): void {
    this.out[backend]! += by
  }

  /** The replica behind the backend is available, or is not. */
  update(backend: number, replica: boolean): void {
    const b = this.backends.balancerOf[backend]!
    const balancer = this.balancers[b]!
    if (balancer.health !== undefined) this.applyHealth(b, balancer.health)
    else balancer.setAvailable(this.backends.slotOf[backend]!, replica && this.out[backend] === 0)
  }

  /** The host behind the backend has answered. */
  judge(health: HostHealth, backend: number, outcome: number): void {
    const b = this.backends.balancerOf[backend]!
    const failed = outcome !== OK && outcome !== RATE_LIMITED
    this.judgePassively(b, backend, failed)
    const hosts = failed ? this.countHosts(b) : 0
    if (health.answered(this.backends.slotOf[backend]!, failed, hosts, this.kernel.now))
      this.applyHealth(b, health)
  }

  private judgePassively(b: number, backend: number, failed: boolean): void {
    const { passive, health } = this.balancers[b]!
    const slot = this.backends.slotOf[backend]!
    if (passive?.answered(slot, failed, this.kernel.now) !== true) return
    this.applyHealth(b, health!)
    this.tryAgain(b, slot)
  }

  /** Where the slot is down by passive checks: it is tried again when its time is over. */
  private tryAgain(b: number, slot: number): void {
    const { passive } = this.balancers[b]!
    if (passive!.isDown(slot, this.kernel.now)) this.kernel.at(passive!.retryAt(slot), this.retryKind, b, 0)
  }

  /** A leg is sent to the slot. */
  chosen(b: number, slot: number): void {
    const { passive, health } = this.balancers[b]!
    if (passive?.chosen(slot, this.kernel.now) !== true) return
    this.applyHealth(b, health!)
    this.tryAgain(b, slot)
  }

  /** The slots of the balancer that are hosts, healthy or not, into `inRotation`; how many they are. */
  private countHosts(b: number): number {
    const { replicas, inRotation } = this
    const first = this.backends.first[b]!
    const slots = this.balancers[b]!.spec.replicas
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
    const { health, spec } = this.balancers[b]!
    const hosts = this.countHosts(b)
    if (health!.sweep(this.inRotation.subarray(0, spec.replicas.length), hosts, this.kernel.now))
      this.applyHealth(b, health!)
    const next = ++this.sweeps[b]! + 1
    this.kernel.at(next * spec.outlierDetection!.interval, this.sweepKind, b, 0)
  }

  /** After a change of what is in rotation, crashed or ejected: who gets traffic. */
  private applyHealth(b: number, health: HostHealth): void {
    const { replicas, inRotation } = this
    const balancer = this.balancers[b]!
    const slots = balancer.spec.replicas
    const hosts = this.countHosts(b)
    const { passive } = balancer
    const { now } = this.kernel
    const isHealthy = (slot: number): boolean =>
      inRotation[slot] === 1 &&
      replicas.seemsUp(slots[slot]!) &&
      health.ejected[slot] === 0 &&
      passive?.isDown(slot, now) !== true
    let healthy = 0
    for (let slot = 0; slot < slots.length; slot++) if (isHealthy(slot)) healthy++
    health.updatePanic(hosts, healthy)
    for (let slot = 0; slot < slots.length; slot++) {
      const available = health.panicking ? inRotation[slot] === 1 : isHealthy(slot)
      const joins = available && balancer.available[slot] !== 1
      balancer.setAvailable(slot, available)
      if (joins) this.joined(b, slot)
    }
    if (balancer.availableCount > 0) this.waiting.release(b)
  }

  save(): unknown {
    return { out: this.out.slice(), sweeps: this.sweeps.slice() }
  }

  restore(state: unknown): void {
    const from = state as { out: Int32Array; sweeps: Float64Array }
    this.out.set(from.out)
    this.sweeps.set(from.sweeps)
  }
}
