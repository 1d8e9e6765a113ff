/**
 * Balancers: each leg that reaches one is a decision of its policy, or of whoever has taken control of it; a leg comes
 * back through it where it proxies. What a policy asks for beyond its view is made when the first one asks.
 */
import type { Kernel } from '../engine/kernel.ts'
import { Gauges } from '../metrics/gauges.ts'
import type { BalancingPolicy } from '../policies/index.ts'
import type { Answer } from '../policies/types.ts'
import { OUTCOMES } from '../results/types.ts'
import type { PriorityLevels } from './admission/priority-levels.ts'
import { Backends } from './balancing/backends.ts'
import { Balancer } from './balancing/balancer.ts'
import { BalancerAdmission } from './balancing/balancer-admission.ts'
import { Feedback } from './balancing/feedback.ts'
import { IdleQueues } from './balancing/idle-queues.ts'
import { Probes } from './balancing/probes.ts'
import { QueueReports } from './balancing/queue-reports.ts'
import { Rotation } from './balancing/rotation.ts'
import { SyncProbes } from './balancing/sync-probes.ts'
import { Unroutable } from './balancing/unroutable.ts'
import type { Legs } from './legs.ts'
import type { Network } from './network.ts'
import type { Replicas } from './replicas.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const SHED = OUTCOMES.indexOf('shed')

export class Balancers implements Part {
  readonly all: readonly Balancer[]
  /** In flight, and waiting for a backend: two gauges per balancer. */
  readonly gauges: Gauges
  /** The decision that is wanted from outside: balancer and leg; -1. */
  pendingBalancer = -1
  pendingLeg = -1
  readonly probes: Probes
  /** Where some balancer has overload control. */
  readonly admission: BalancerAdmission | undefined
  private idle: IdleQueues | undefined
  private feedback: Feedback | undefined
  private readonly reports: QueueReports
  private readonly rotation: Rotation
  private readonly waiting: Unroutable
  /** Where the policy of some balancer waits for probes. */
  private readonly sync: SyncProbes | undefined
  private readonly answer: { -readonly [K in keyof Answer]: Answer[K] } = {
    response: 0,
    ok: true,
    queue: -1,
    service: 0,
  }
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  /** How many there are: frames above are backends. */
  private readonly nodes: number
  private network!: Network
  private replicas!: Replicas
  private readonly decideKind: number
  private readonly backends: Backends
  /** Those of `backends`, which every leg looks up. */
  private readonly balancerOf: Int32Array
  private readonly slotOf: Int32Array
  private readonly first: Int32Array
  private readonly hedging: boolean
  private levels: PriorityLevels | undefined

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.nodes = world.compiled.nodes.length
    const { compiled, kernel } = world
    this.all = compiled.balancers.map((spec, b) => new Balancer(world, spec, b))
    this.gauges = new Gauges(2 * this.all.length)
    this.backends = new Backends(this.all, world.replicas)
    this.balancerOf = this.backends.balancerOf
    this.slotOf = this.backends.slotOf
    this.first = this.backends.first
    this.hedging = compiled.calls.some((call) => call.hedge !== undefined)
    this.decideKind = kernel.on('a balancer decides', (b, leg) => this.decide(b, leg))
    this.admission = compiled.balancers.some((spec) => spec.overload !== undefined)
      ? new BalancerAdmission(world, this.decideKind)
      : undefined
    this.waiting = new Unroutable(world, this.all, this.gauges, this.decideKind, this.admission)
    this.idle = undefined
    this.feedback = undefined
    this.probes = new Probes(world, this.all)
    this.sync = this.all.some(({ policy }) => policy.sync !== undefined)
      ? new SyncProbes(world, this.all, this.probes, this.decideKind)
      : undefined
    this.probes.sync = this.sync
    this.reports = new QueueReports(world, this.all)
    this.rotation = new Rotation(world, this.all, this.backends, this.waiting, (b, slot) =>
      this.joined(b, slot),
    )
  }

  wire(): void {
    const { network, replicas } = this.world
    this.network = network
    this.replicas = replicas
    this.levels = this.world.services.admission?.levels
    for (const balancer of this.all) balancer.listen()
  }

  start(): void {
    this.reports.start()
    this.rotation.start()
  }

  /** Sees to it that a policy of balancer `b` gets what it uses, from now on. */
  provide(b: number, { uses = [] }: BalancingPolicy): void {
    if (uses.includes('idle')) this.openIdleQueue(b)
    if (uses.includes('feedback') || uses.includes('probes')) this.openFeedback()
    if (uses.includes('probes')) this.feedback!.measureLatencies()
  }

  private openIdleQueue(b: number): void {
    const idle = this.idleQueues()
    if (!idle.isOpen(b)) idle.open(b)
  }

  private idleQueues(): IdleQueues {
    this.idle ??= new IdleQueues(this.all, this.replicas, this.balancerOf, this.slotOf, this.world.seed)
    this.replicas.tellsLoads = true
    return this.idle
  }

  private openFeedback(): void {
    this.feedback ??= new Feedback(this.world)
    this.world.services.feedback = this.feedback
    this.probes.feedback = this.feedback
  }

  takeIdle(b: number): number {
    return this.idle?.take(b) ?? -1
  }

  nodeOf(backend: number): number {
    return this.all[this.balancerOf[backend]!]!.spec.node
  }

  /** An outage of replica `r` starts (+1) or ends (-1) that concerns the balancer of this name alone. */
  takeOut(name: string, r: number, by: number): void {
    const { replicas } = this
    for (const backend of replicas.backends[r]!) {
      if (this.all[this.balancerOf[backend]!]!.spec.name !== name) continue
      this.rotation.takeOut(backend, by)
      this.setAvailable(backend, replicas.isAvailable(r))
    }
  }

  /** The replica behind the backend is available, or is not. */
  setAvailable(backend: number, replica: boolean): void {
    const b = this.balancerOf[backend]!
    const balancer = this.all[b]!
    const slot = this.slotOf[backend]!
    this.rotation.update(backend, replica)
    if (balancer.available[slot] !== 1) return
    this.joined(b, slot)
    this.waiting.release(b)
  }

  /** The slot gets traffic from now on: it may be idle. */
  private joined(b: number, slot: number): void {
    const r = this.all[b]!.spec.replicas[slot]!
    if (this.idle !== undefined && this.replicas.load[r] === 0) this.idle.becameIdle(r)
  }

  loadChanged(backend: number, load: number): void {
    const balancer = this.all[this.balancerOf[backend]!]!
    const slot = this.slotOf[backend]!
    balancer.setLoad(slot, load)
    if (load === 0 && this.idle !== undefined) this.idle.becameIdle(balancer.spec.replicas[slot]!)
  }

  arrive(b: number, leg: number): void {
    if (this.admission === undefined || this.admission.admits(leg, b))
      this.kernel.task(this.decideKind, b, leg)
  }

  private decide(b: number, leg: number): void {
    const balancer = this.all[b]!
    if (balancer.availableCount === 0) {
      this.waiting.hold(b, leg)
      return
    }
    if (this.sync?.holds(b, leg)) return
    balancer.prepare(leg, this.legs.cls[leg]!)
    if (balancer.controlled) {
      this.pendingBalancer = b
      this.pendingLeg = leg
      this.kernel.suspended = true
      return
    }
    balancer.expectOwn()
    this.assign(balancer, b, leg, balancer.policy.decide(balancer, balancer.draws))
  }

  /** The slot, or the next available one where no other copy of the same attempt is. */
  private awayFromCopies(balancer: Balancer, leg: number, chosen: number): number {
    const { hedges } = this.world.callers
    for (let i = 0; i < balancer.n; i++) {
      const slot = (chosen + i) % balancer.n
      if (balancer.available[slot] === 1 && !hedges.hasCopyAt(leg, balancer.spec.replicas[slot]!)) return slot
    }
    return chosen
  }

  /** The answer to the pending decision: an available slot. */
  resume(slot: number): void {
    const b = this.pendingBalancer
    const leg = this.pendingLeg
    this.pendingBalancer = -1
    this.pendingLeg = -1
    this.assign(this.all[b]!, b, leg, slot)
  }

  private assign(balancer: Balancer, b: number, leg: number, chosen: number): void {
    const { legs, kernel, network, replicas } = this
    const slot = this.hedging ? this.awayFromCopies(balancer, leg, chosen) : chosen
    const { spec } = balancer
    const backend = this.first[b]! + slot
    const r = spec.replicas[slot]!
    balancer.decisions++
    if (this.levels !== undefined && spec.proxy && this.levels.balancerKeepsBack(leg, r, backend)) {
      this.keepBack(leg, b)
      return
    }
    if (spec.proxy) {
      balancer.changeInFlight(slot, 1, balancer.demand)
      this.gauges.add(2 * b, 1, kernel.now)
      network.pushFrame(leg, this.nodes + backend)
    }
    if (balancer.passive !== undefined) this.rotation.chosen(b, slot)
    legs.replica[leg] = r
    legs.backend[leg] = backend
    balancer.inTransit[slot]!++
    if (balancer.reporting) balancer.sentSince[slot]!++
    if (this.feedback !== undefined) this.feedback.sent(leg)
    replicas.expected[r]!++
    network.send(leg, replicas.node[r]!, spec.channels[slot]!)
  }

  /** The replica would refuse the leg, and has said so. */
  private keepBack(leg: number, b: number): void {
    const { legs } = this
    this.admission?.left(leg, b, legs.frameCount[leg]!, false)
    legs.node[leg] = this.all[b]!.spec.node
    legs.outcome[leg] = SHED
    this.network.back(leg)
  }

  /** The leg has reached its backend, or was lost on the way there. */
  landed(leg: number, backend: number): void {
    const { legs, replicas } = this
    legs.backend[leg] = -1
    const balancer = this.all[this.balancerOf[backend]!]!
    const slot = this.slotOf[backend]!
    balancer.inTransit[slot]!--
    replicas.expected[balancer.spec.replicas[slot]!]!--
  }

  /** An answer passes the balancer on its way back. */
  answered(leg: number, backend: number, sentAt: number): void {
    const balancer = this.all[this.balancerOf[backend]!]!
    const slot = this.slotOf[backend]!
    const { legs } = this
    const outcome = legs.outcome[leg]!
    if (this.levels !== undefined && legs.replica[leg] === balancer.spec.replicas[slot])
      this.levels.answered(leg, backend)
    balancer.observe(slot, this.kernel.now - sentAt, outcome !== OK)
    this.finish(balancer, leg, backend, legs.frameCount[leg]!, outcome === OK)
    if (balancer.listener !== undefined) this.tell(balancer, slot, leg, sentAt)
    if (balancer.health !== undefined) this.rotation.judge(balancer.health, backend, outcome)
  }

  private tell(balancer: Balancer, slot: number, leg: number, sentAt: number): void {
    const { answer, feedback } = this
    const listener = balancer.listener!
    if (listener.answered === undefined) return
    answer.response = this.kernel.now - sentAt
    answer.ok = this.legs.outcome[leg] === OK
    answer.queue = feedback === undefined ? -1 : feedback.queueOf(leg)
    answer.service = feedback === undefined ? 0 : feedback.serviceOf(leg)
    listener.answered(balancer, slot, answer)
  }

  /** The balancer, the `depth`-th that the answer would pass, will not see it. */
  forget(leg: number, backend: number, depth: number): void {
    this.finish(this.all[this.balancerOf[backend]!]!, leg, backend, depth, false)
  }

  /** The leg is no longer in flight for the balancer. */
  private finish(balancer: Balancer, leg: number, backend: number, depth: number, ok: boolean): void {
    const b = this.balancerOf[backend]!
    const demand = balancer.spec.classDemand[this.legs.cls[leg]!]!
    balancer.changeInFlight(this.slotOf[backend]!, -1, demand)
    this.gauges.add(2 * b, -1, this.kernel.now)
    if (this.admission !== undefined) this.admission.left(leg, b, depth, ok)
  }

  save(): unknown {
    return {
      pendingBalancer: this.pendingBalancer,
      pendingLeg: this.pendingLeg,
      gauges: this.gauges.save(),
      admission: this.admission?.save(),
      waiting: this.waiting.save(),
      rotation: this.rotation.save(),
      all: this.all.map((balancer) => balancer.save()),
      reports: this.reports.save(),
      probes: this.probes.save(),
      sync: this.sync?.save(),
      idle: this.idle?.save(),
      feedback: this.feedback?.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      pendingBalancer: number
      pendingLeg: number
      all: unknown[]
      [part: string]: unknown
    }
    this.pendingBalancer = from.pendingBalancer
    this.pendingLeg = from.pendingLeg
    this.gauges.load(from.gauges)
    this.admission?.restore(from.admission)
    this.waiting.restore(from.waiting)
    this.rotation.restore(from.rotation)
    this.all.forEach((balancer, b) => {
      balancer.restore(from.all[b])
    })
    this.reports.restore(from.reports)
    this.probes.restore(from.probes)
    this.sync?.restore(from.sync)
    this.idle = undefined
    this.feedback = undefined
    this.world.services.feedback = undefined
    for (const balancer of this.all) {
      balancer.listener = undefined
      balancer.listen()
    }
    if (from.idle !== undefined) this.idleQueues().restore(from.idle)
    if (from.feedback !== undefined) {
      this.openFeedback()
      this.feedback!.restore(from.feedback)
    }
  }
}
