/**
 * Probes of replicas: a message to the replica and one back, each over the link's latency, its loss and what events add
 * to them, drawn by the number of the probe so that no request's draws move. A probe takes no time at the replica and
 * is no request; a replica that does not work does not answer.
 */
import type { Kernel } from '../../engine/kernel.ts'
import type { Draws } from '../../random/index.ts'
import type { Compiled } from '../compile/compiled.ts'
import type { Network } from '../network.ts'
import { READY, type Replicas } from '../replicas.ts'
import type { World } from '../world.ts'
import type { Balancer } from './balancer.ts'
import type { Feedback } from './feedback.ts'
import type { SyncProbes } from './sync-probes.ts'

/** Separates a probe's draws from those of the request of the same number. */
const PATH = 0x50524f42
const THERE = 1
const BACK = 2

type Probe = {
  b: number
  slot: number
  number: number
  load: number
  latency: number
  /** The leg that it was sent for, and its timer then; -1: for none. */
  leg: number
  timer: number
}

const FRESH: Probe = { b: 0, slot: 0, number: 0, load: 0, latency: 0, leg: -1, timer: 0 }

export class Probes {
  /** Sent so far, per balancer. */
  readonly sent: Float64Array
  private readonly kernel: Kernel
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly network: Network
  private readonly replicas: Replicas
  private readonly balancers: readonly Balancer[]
  /** By row; rows are used again. */
  private probes: Probe[] = []
  private free: number[] = []
  private readonly arriveKind: number
  private readonly answerKind: number
  /** Set before the first probe. */
  feedback: Feedback | undefined
  /** Where decisions may wait for probes. */
  sync: SyncProbes | undefined

  constructor(world: World, balancers: readonly Balancer[]) {
    this.kernel = world.kernel
    this.draws = world.draws
    this.compiled = world.compiled
    this.network = world.network
    this.replicas = world.replicas
    this.balancers = balancers
    this.sent = new Float64Array(balancers.length)
    this.arriveKind = this.kernel.on('a probe arrives', (row) => this.arrived(row))
    this.answerKind = this.kernel.on('a probe is answered', (row) => this.answered(row))
  }

  /** `leg`: whose decision waits for the answer, and its timer; -1: none does. */
  send(b: number, slot: number, leg: number, timer: number): void {
    const row = this.free.pop() ?? this.probes.push({ ...FRESH }) - 1
    const probe = this.probes[row]!
    probe.b = b
    probe.leg = leg
    probe.timer = timer
    probe.slot = slot
    probe.number = this.sent[b]!++
    this.travel(row, this.balancers[b]!.spec.channels[slot]!, THERE, this.arriveKind)
  }

  private arrived(row: number): void {
    const probe = this.probes[row]!
    const { spec } = this.balancers[probe.b]!
    const r = spec.replicas[probe.slot]!
    if (this.replicas.state[r] !== READY || this.replicas.crashed[r]! > 0) {
      this.free.push(row)
      return
    }
    probe.load = this.replicas.load[r]!
    probe.latency = this.feedback?.latencies?.estimate(r, probe.load) ?? 0
    const { compiled } = this
    const service = compiled.services[this.replicas.service[r]!]!
    const own = compiled.slotReply.get(`${service.node}/${r - service.firstReplica}>${spec.node}`)
    const channel = own ?? compiled.between[service.node * compiled.nodes.length + spec.node]!
    this.travel(row, channel, BACK, this.answerKind)
  }

  private answered(row: number): void {
    const { b, slot, load, latency, leg, timer } = this.probes[row]!
    this.free.push(row)
    const balancer = this.balancers[b]!
    balancer.listener?.probed?.(balancer, slot, load, latency)
    if (leg >= 0) this.sync?.answered(leg, timer, slot, load, latency)
  }

  private travel(row: number, channel: number, direction: number, kind: number): void {
    const { kernel, draws, network } = this
    if (channel < 0) {
      kernel.at(kernel.now, kind, row, 0)
      return
    }
    const { b, number } = this.probes[row]!
    const { link, loss, lossSite, latencySite, constant } = this.compiled.channels[channel]!
    const path = PATH + b
    const chance = loss + network.addedLoss[link]! * (1 - loss)
    if (chance > 0 && draws.uniform(lossSite, number, path, direction) < chance) {
      this.free.push(row)
      return
    }
    const latency = Number.isNaN(constant) ? draws.sample(latencySite, number, path, direction) : constant
    kernel.at(kernel.now + latency + network.addedLatency[link]!, kind, row, 0)
  }

  save(): unknown {
    return {
      sent: this.sent.slice(),
      free: this.free.slice(),
      probes: this.probes.map((probe) => ({ ...probe })),
    }
  }

  restore(state: unknown): void {
    const from = state as { sent: Float64Array; free: number[]; probes: Probe[] }
    this.sent.set(from.sent)
    this.free = from.free.slice()
    this.probes = from.probes.map((probe) => ({ ...probe }))
  }
}
