/**
 * Messages between nodes. A hop without a link, or over one of constant zero delay, happens at once. A lost
 * message is unknown to everyone: its caller waits for its timer, or is told at once where it has none.
 */

import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import type { Draws } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { Balancers } from './balancers.ts'
import type { Callers } from './callers.ts'
import type { Compiled } from './compile/compiled.ts'
import { NODE_BALANCER, NODE_CACHE, NODE_DATABASE, NODE_RELAY, NODE_SERVICE } from './compile/compiled.ts'
import type { Legs } from './legs.ts'
import type { Replicas } from './replicas.ts'
import type { Services } from './services.ts'
import type { Sockets } from './sockets.ts'
import type { Part, World } from './world.ts'

const LOST = OUTCOMES.indexOf('lost')

export class Network implements Part {
  /** Messages on the wire, per link. */
  readonly inTransit: Gauges
  readonly sent: Float64Array
  readonly lost: Float64Array
  /** Added by events now, per link: seconds, and probability of loss. */
  readonly addedLatency: Float64Array
  readonly addedLoss: Float64Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private callers!: Callers
  private balancers!: Balancers
  private replicas!: Replicas
  private services!: Services
  private sockets: Sockets | undefined
  private readonly arrive: number
  private readonly return: number
  private readonly link: Int32Array
  private readonly cell: Int32Array
  private readonly latencySite: Int32Array
  private readonly lossSite: Int32Array
  private readonly constant: Float64Array
  private readonly loss: Float64Array
  private readonly nodeKind: Uint8Array
  /** Of each node, within its kind. */
  private readonly nodeIndex: Int32Array
  private readonly nodes: number
  private readonly hasSlotLinks: boolean

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    const { compiled, kernel } = world
    const { channels } = compiled
    const links = compiled.scenario.links.length
    this.inTransit = new Gauges(links)
    this.sent = new Float64Array(links)
    this.lost = new Float64Array(links)
    this.addedLatency = new Float64Array(links)
    this.addedLoss = new Float64Array(links)
    this.link = Int32Array.from(channels, (channel) => channel.link)
    this.cell = Int32Array.from(channels, (channel) => channel.cell)
    this.latencySite = Int32Array.from(channels, (channel) => channel.latencySite)
    this.lossSite = Int32Array.from(channels, (channel) => channel.lossSite)
    this.constant = Float64Array.from(channels, (channel) => channel.constant)
    this.loss = Float64Array.from(channels, (channel) => channel.loss)
    this.nodes = compiled.nodes.length
    this.nodeKind = Uint8Array.from(compiled.nodes, (node) => node.kind)
    this.nodeIndex = Int32Array.from(compiled.nodes, (node) => node.index)
    this.hasSlotLinks = compiled.slotReply.size > 0
    this.arrive = kernel.on('a message arrives', (leg) => this.arrived(leg))
    this.return = kernel.on('an answer arrives', (leg) => this.returned(leg))
  }

  wire(): void {
    const { callers, balancers, replicas, services } = this.world
    this.callers = callers
    this.balancers = balancers
    this.replicas = replicas
    this.services = services
    this.sockets = this.world.sockets
  }

  /** Sends the leg to a node over a channel (-1: at once). */
  send(leg: number, node: number, channel: number): void {
    if (this.sockets?.connects(leg, node, channel)) return
    this.pass(leg, node, channel)
  }

  /** The same over a connection that is there, or where none is needed. */
  pass(leg: number, node: number, channel: number): void {
    const { legs } = this
    legs.node[leg] = node
    if (channel < 0) {
      this.reach(leg, node)
      return
    }
    const delay = this.depart(leg, channel)
    if (delay > 0) {
      const { kernel } = this
      kernel.behindAt(kernel.now + delay, this.arrive, leg, 0)
    } else if (delay === 0) this.arrived(leg)
  }

  /** Sends the answer of the leg, whose `outcome` is set, from the node where it is towards its caller. */
  back(leg: number): void {
    const { legs, kernel, compiled } = this
    const from = legs.node[leg]!
    const depth = legs.frameCount[leg]!
    let to = 0
    if (depth > 0) {
      const frame = legs.frame[leg + depth - 1]!
      to = frame < this.nodes ? frame : this.balancers.nodeOf(frame - this.nodes)
    } else {
      to = compiled.calls[legs.via[leg]!]!.caller
    }
    let channel = compiled.between[from * this.nodes + to]!
    if (this.hasSlotLinks) channel = this.slotChannel(leg, from, to, channel)
    legs.node[leg] = to
    if (channel < 0) {
      legs.channel[leg] = -1
      this.returned(leg)
      return
    }
    const delay = this.depart(leg, channel)
    if (delay > 0) kernel.behindAt(kernel.now + delay, this.return, leg, 0)
    else if (delay === 0) this.returned(leg)
  }

  /** Links that end at one slot carry the answers of that slot too. */
  slotChannel(leg: number, from: number, to: number, channel: number): number {
    const { compiled, legs } = this
    if (this.nodeKind[from] !== NODE_SERVICE || legs.replica[leg]! < 0) return channel
    const service = compiled.services[compiled.nodes[from]!.index]!
    const slot = legs.replica[leg]! - service.firstReplica
    return compiled.slotReply.get(`${from}/${slot}>${to}`) ?? channel
  }

  /** Seconds that the message takes; -1 when it is lost. */
  private depart(leg: number, channel: number): number {
    const { legs, draws, kernel } = this
    const link = this.link[channel]!
    this.sent[link]!++
    const base = this.loss[channel]!
    const loss = base + this.addedLoss[link]! * (1 - base)
    if (loss > 0 && draws.uniform(this.lossSite[channel]!, legs.number[leg]!, legs.path[leg]!, 0) < loss) {
      this.lost[link]!++
      this.lose(leg)
      return -1
    }
    const constant = this.constant[channel]!
    const latency = Number.isNaN(constant)
      ? draws.sample(this.latencySite[channel]!, legs.number[leg]!, legs.path[leg]!, 0)
      : constant
    legs.channel[leg] = channel
    this.inTransit.add(link, 1, kernel.now)
    return latency + this.addedLatency[link]!
  }

  /** Seconds that a packet of a handshake takes (-1: lost): draws beside those of the messages, counted nowhere. */
  packet(leg: number, channel: number, ordinal: number): number {
    if (channel < 0) return 0
    const { legs, draws } = this
    const link = this.link[channel]!
    const number = legs.number[leg]!
    const path = legs.path[leg]!
    const base = this.loss[channel]!
    const loss = base + this.addedLoss[link]! * (1 - base)
    if (loss > 0 && draws.uniform(this.lossSite[channel]!, number, path, ordinal) < loss) return -1
    const constant = this.constant[channel]!
    const latency = Number.isNaN(constant)
      ? draws.sample(this.latencySite[channel]!, number, path, ordinal)
      : constant
    return latency + this.addedLatency[link]!
  }

  private land(leg: number): void {
    const { legs, kernel } = this
    const channel = legs.channel[leg]!
    if (channel < 0) return
    legs.channel[leg] = -1
    this.inTransit.add(this.link[channel]!, -1, kernel.now)
    legs.endPhase(leg, this.cell[channel]!, kernel.now)
  }

  private arrived(leg: number): void {
    this.land(leg)
    this.reach(leg, this.legs.node[leg]!)
  }

  private reach(leg: number, node: number): void {
    const { world } = this
    const kind = this.nodeKind[node]!
    if (kind === NODE_SERVICE) {
      this.services.arrive(leg, this.nodeIndex[node]!)
    } else if (kind === NODE_BALANCER) {
      this.balancers.arrive(this.nodeIndex[node]!, leg)
    } else if (kind === NODE_RELAY) {
      this.pushFrame(leg, node)
      const { hop } = world.compiled.relays[this.nodeIndex[node]!]!
      this.send(leg, hop.node, hop.channel)
    } else if (kind === NODE_DATABASE) {
      world.databases.arrive(leg)
    } else if (kind === NODE_CACHE) {
      world.caches.arrive(leg)
    }
  }

  /** The answer will pass here: a relay's node, or nodes + backend. */
  pushFrame(leg: number, frame: number): void {
    const { legs, kernel } = this
    const at = leg + legs.frameCount[leg]!
    legs.frame[at] = frame
    legs.frameTime[at] = kernel.now
    legs.frameCount[leg]!++
  }

  /** The answer is where the last connection of the leg came from. */
  returned(leg: number): void {
    this.land(leg)
    if (this.sockets !== undefined) this.sockets.answered(leg)
    const { legs, balancers, callers } = this
    const depth = legs.frameCount[leg]!
    if (depth === 0) {
      callers.answered(leg)
      return
    }
    const at = leg + depth - 1
    legs.frameCount[leg] = depth - 1
    const frame = legs.frame[at]!
    if (frame >= this.nodes) balancers.answered(leg, frame - this.nodes, legs.frameTime[at]!)
    legs.replica[leg] = -1
    this.back(leg)
  }

  private lose(leg: number): void {
    const { legs, callers, balancers } = this
    const backend = legs.backend[leg]!
    if (backend >= 0) {
      balancers.landed(leg, backend)
      this.replicas.settle(legs.replica[leg]!)
    }
    if (!callers.isAwaited(leg)) {
      this.drop(leg)
    } else if (callers.hasTimer(leg)) {
      legs.lost[leg] = 1
    } else {
      this.forgetFrames(leg)
      legs.outcome[leg] = LOST
      callers.answered(leg)
    }
  }

  /** Ends a leg that nobody will hear of again. */
  drop(leg: number): void {
    this.forgetFrames(leg)
    this.callers.abandoned++
    this.legs.release(leg)
  }

  private forgetFrames(leg: number): void {
    const { legs, balancers } = this
    if (this.sockets !== undefined) this.sockets.forget(leg)
    for (let i = legs.frameCount[leg]! - 1; i >= 0; i--) {
      const frame = legs.frame[leg + i]!
      if (frame >= this.nodes) balancers.forget(leg, frame - this.nodes, i)
    }
    legs.frameCount[leg] = 0
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      inTransit: this.inTransit.save(),
    }
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.inTransit.load((state as { inTransit: unknown }).inTransit)
  }
}

const FIELDS = ['sent', 'lost', 'addedLatency', 'addedLoss']
