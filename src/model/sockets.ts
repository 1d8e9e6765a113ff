/**
 * Connections: what they take at both ends, how they are set up, kept and closed. An instance is a workload, a
 * balancer or a replica; a hop needs a connection where either of its ends declares `sockets`. The handshake is that
 * of TCP on Linux: one round trip, a SYN that nobody answers is sent again 1, 3, 7, 15, 31 and 63 s after the first,
 * and after 127 s the kernel gives up (RFC 6298, tcp_syn_retries = 6).
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import { OUTCOMES } from '../results/types.ts'
import type { Compiled, SocketSpec } from './compile/compiled.ts'
import { NODE_BALANCER, NODE_SERVICE } from './compile/compiled.ts'
import { ACCEPTED, Connections, FREE, IDLE, QUEUED, SYN, UP } from './connections.ts'
import type { Legs } from './legs.ts'
import { STOPPED } from './replicas.ts'
import type { Part, World } from './world.ts'

const REFUSED = OUTCOMES.indexOf('refused')
const CONNECT_TIMEOUT = OUTCOMES.indexOf('connect-timeout')
const FAILED = OUTCOMES.indexOf('failed')

const SYN_RETRIES = 6

/** Gauges per node: sockets, connections in the backlog, bytes that connections take, ports (TIME_WAIT included). */
export const SOCKETS = 0
export const BACKLOG = 1
export const CONNECTION_MEMORY = 2
export const PORTS = 3
export const SOCKET_GAUGES = 4

/** Counters per node. */
export const OPENED = 0
export const REUSED = 1
/** As a callee: SYNs that a full backlog refused, and ignored. */
export const REFUSALS = 2
export const DROPPED = 3
/** As a caller: connections for which it had no socket or memory, and no port. */
export const EXHAUSTED = 4
export const NO_PORT = 5
export const SOCKET_COUNTERS = 6

export class Sockets implements Part {
  readonly gauges: Gauges
  readonly counts: Float64Array
  readonly connections: Connections
  /** Per instance: sockets in use, and connections in the backlog. */
  readonly used: Int32Array
  readonly waiting: Int32Array
  /** Connection that a leg holds, the last one opened; -1. */
  socket: Int32Array = new Int32Array(0)
  private sender: Int32Array = new Int32Array(0)
  private readonly first: Int32Array
  private readonly last: Int32Array
  private readonly specs: readonly (SocketSpec | undefined)[]
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private readonly nodes: number
  private readonly synKind: number
  private readonly retryKind: number
  private readonly acceptKind: number
  private readonly upKind: number
  private readonly failKind: number
  private readonly expireKind: number
  private readonly portKind: number

  constructor(world: World, specs: readonly (SocketSpec | undefined)[]) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.compiled = world.compiled
    this.specs = specs
    this.nodes = specs.length
    const instances = specs.length + world.compiled.replicaCount
    this.gauges = new Gauges(specs.length * SOCKET_GAUGES)
    this.counts = new Float64Array(specs.length * SOCKET_COUNTERS)
    this.connections = new Connections(instances)
    this.used = new Int32Array(instances)
    this.waiting = new Int32Array(instances)
    this.first = new Int32Array(instances).fill(-1)
    this.last = new Int32Array(instances).fill(-1)
    world.legs.int32((array) => {
      this.socket = array
    })
    world.legs.int32((array) => {
      this.sender = array
    })
    const { kernel } = world
    const { connections } = this
    const guarded =
      (handle: (c: number) => void) =>
      (c: number, stamp: number): void => {
        if (connections.stamp[c] === stamp) handle(c)
      }
    this.synKind = kernel.on(
      'a SYN arrives',
      guarded((c) => this.synArrives(c)),
    )
    this.retryKind = kernel.on(
      'a SYN is sent again',
      guarded((c) => this.synAgain(c)),
    )
    this.upKind = kernel.on(
      'a connection is up',
      guarded((c) => this.up(c)),
    )
    this.failKind = kernel.on(
      'a connection fails',
      guarded((c) => this.fail(c)),
    )
    this.expireKind = kernel.on(
      'an idle connection ends',
      guarded((c) => this.expire(c)),
    )
    this.acceptKind = kernel.on('connections are accepted', (instance) => this.acceptWaiting(instance))
    this.portKind = kernel.on('a port is free again', (pair, epoch) => this.portFree(pair, epoch))
  }

  // What the other parts tell.

  /** A leg is made by `instance`. */
  begin(leg: number, instance: number): void {
    this.socket[leg] = -1
    this.sender[leg] = instance
  }

  /** Replica `r` passes the leg on, and has nothing more to do with it. */
  forwards(leg: number, r: number): void {
    this.sender[leg] = ~(this.nodes + r)
  }

  /** Whether the hop needs a connection: then the leg is sent once there is one. */
  connects(leg: number, node: number, via: number): boolean {
    const { legs, compiled, world, specs } = this
    const from = legs.node[leg]!
    const fromBalancer = compiled.nodes[from]!.kind === NODE_BALANCER
    const { kind, index } = compiled.nodes[node]!
    if (kind === NODE_BALANCER && compiled.balancers[index]!.implicit) {
      // There is no such machine: the caller itself chooses a replica and connects to it.
      const service = world.replicas.service[compiled.balancers[index]!.replicas[0]!]!
      if (!this.declares(from) && !this.declares(compiled.services[service]!.node)) return false
      world.balancers.arrive(index, leg)
      return true
    }
    if ((!this.declares(from) && !this.declares(node)) || specs[node] === undefined) return false
    const sender = this.sender[leg]!
    const caller = fromBalancer ? from : sender < 0 ? ~sender : sender
    let callee = node
    if (kind === NODE_SERVICE) {
      const r = legs.replica[leg]!
      callee = this.nodes + (r >= 0 ? r : compiled.services[index]!.firstReplica)
    }
    const passesOn = fromBalancer ? !compiled.balancers[compiled.nodes[from]!.index]!.proxy : sender < 0
    this.open(leg, caller, callee, fromBalancer ? via : compiled.between[from * this.nodes + node]!, passesOn)
    return true
  }

  /** The answer of the leg has come to where it was sent from at its present depth. */
  answered(leg: number): void {
    const { legs, connections } = this
    const depth = legs.frameCount[leg]!
    const awaited = this.socket[leg]! >= 0 && this.world.callers.isAwaited(leg)
    for (let c = this.socket[leg]!; c >= 0 && connections.depth[c]! >= depth; c = this.socket[leg]!) {
      this.socket[leg] = connections.below[c]!
      this.end(c, awaited)
    }
  }

  /** Nobody will hear of the leg again, or its way back is forgotten. */
  forget(leg: number): void {
    const { legs, connections, world } = this
    const backend = legs.backend[leg]!
    if (backend >= 0) {
      world.balancers.landed(leg, backend)
      world.replicas.settle(legs.replica[leg]!)
    }
    for (let c = this.socket[leg]!; c >= 0; c = this.socket[leg]!) {
      this.socket[leg] = connections.below[c]!
      this.end(c, false)
    }
  }

  /** Memory of requests has come free at replica `r`. */
  memoryFreed(r: number): void {
    if (this.waiting[this.nodes + r]! > 0) this.kernel.last(this.acceptKind, this.nodes + r, 0)
  }

  /** Replica `r` loses all its connections: their other ends learn of it when they next use them. */
  crash(r: number): void {
    const { connections } = this
    const instance = this.nodes + r
    for (let c = this.first[instance]!; c >= 0; c = this.first[instance]!) {
      this.leaveBacklog(c, instance)
      this.reject(c, FAILED)
    }
    this.closeIdle(instance, true)
    for (let c = 0; c < connections.end; c++) {
      if (connections.state[c] === FREE) continue
      const pair = connections.pair[c]!
      if (connections.callee[pair] === instance) this.freeCallee(c)
      if (connections.caller[pair] === instance) this.freeCaller(c, false)
    }
    this.clearPorts(instance)
  }

  /** Replica `r` is no more: what was kept for later is closed. */
  stopped(r: number): void {
    this.closeIdle(this.nodes + r, false)
    this.clearPorts(this.nodes + r)
  }

  /** Nothing that waits in TIME_WAIT outlives its machine. */
  private clearPorts(instance: number): void {
    const { connections, kernel } = this
    connections.caller.forEach((caller, pair) => {
      if (caller !== instance) return
      connections.epoch[pair] = (connections.epoch[pair]! + 1) | 0
      this.gauges.add(this.nodeOf(caller) * SOCKET_GAUGES + PORTS, -connections.waiting[pair]!, kernel.now)
      connections.ports[pair]! -= connections.waiting[pair]!
      connections.waiting[pair] = 0
    })
  }

  // Handshake.

  private open(leg: number, caller: number, callee: number, channel: number, passesOn: boolean): void {
    const { connections, kernel, legs } = this
    const pair = connections.pairFor(caller, callee)
    const kept = connections.idle[pair]!
    if (kept >= 0) {
      connections.removeIdle(kept)
      this.hold(leg, kept, channel, passesOn)
      connections.state[kept] = UP
      this.count(caller, REUSED)
      this.count(callee, REUSED)
      this.carry(kept)
      return
    }
    const c = connections.alloc()
    connections.pair[c] = pair
    connections.state[c] = SYN
    connections.callerEnd[c] = 0
    connections.calleeEnd[c] = 0
    connections.armed[c] = 0
    connections.tries[c] = 0
    connections.packets[c] = 0
    connections.since[c] = kernel.now
    this.hold(leg, c, channel, passesOn)
    legs.since[leg] = kernel.now
    const own = this.specs[this.nodeOf(caller)]?.own
    const noPort = own !== undefined && connections.ports[pair]! >= own.ephemeralPorts
    if (noPort || !this.hasRoom(caller)) {
      this.count(caller, noPort ? NO_PORT : EXHAUSTED)
      connections.outcome[c] = REFUSED
      kernel.task(this.failKind, c, connections.stamp[c]!)
      return
    }
    this.take(caller, 1)
    connections.callerEnd[c] = 1
    if (own !== undefined) this.changePorts(pair, 1)
    this.sendSyn(c)
  }

  private hold(leg: number, c: number, channel: number, passesOn: boolean): void {
    const { connections } = this
    connections.leg[c] = leg
    connections.depth[c] = this.legs.frameCount[leg]!
    connections.below[c] = this.socket[leg]!
    connections.channel[c] = channel
    connections.passesOn[c] = passesOn ? 1 : 0
    this.socket[leg] = c
  }

  private sendSyn(c: number): void {
    const { connections } = this
    this.packet(c, connections.channel[c]!, this.synKind)
  }

  /** Sends a packet of the handshake; one that is lost is made good by the next SYN. */
  private packet(c: number, channel: number, kind: number): void {
    const { connections, kernel, world } = this
    const delay = world.network.packet(connections.leg[c]!, channel, ++connections.packets[c]!)
    if (delay < 0) this.waitForRetry(c)
    else if (delay > 0) kernel.at(kernel.now + delay, kind, c, connections.stamp[c]!)
    else kernel.task(kind, c, connections.stamp[c]!)
  }

  /** Channel of the answers of the connection's callee. */
  private backChannel(c: number): number {
    const { connections, compiled, legs, world } = this
    const leg = connections.leg[c]!
    const from = this.nodeOf(connections.callee[connections.pair[c]!]!)
    const to = legs.node[leg]!
    return world.network.slotChannel(leg, from, to, compiled.between[from * this.nodes + to]!)
  }

  private waitForRetry(c: number): void {
    const { connections, legs, kernel } = this
    const leg = connections.leg[c]!
    if (!this.isWanted(c)) return
    let due: number
    do {
      connections.tries[c]!++
      due = connections.since[c]! + (1 << connections.tries[c]!) - 1
    } while (due <= kernel.now)
    // Its caller, should it give up now, finds nothing that goes on.
    legs.lost[leg] = 1
    kernel.at(due, this.retryKind, c, connections.stamp[c]!)
  }

  /** Whether somebody still waits for the leg, at a sender that is still there; else it ends. */
  private isWanted(c: number): boolean {
    const { connections, world } = this
    const leg = connections.leg[c]!
    if (!world.callers.isAwaited(leg)) {
      world.network.drop(leg)
      return false
    }
    if (connections.callerEnd[c] === 1) return true
    connections.outcome[c] = FAILED
    this.fail(c)
    return false
  }

  private synAgain(c: number): void {
    const { connections, legs } = this
    legs.lost[connections.leg[c]!] = 0
    if (!this.isWanted(c)) return
    if (connections.tries[c]! > SYN_RETRIES) {
      connections.outcome[c] = CONNECT_TIMEOUT
      this.fail(c)
    } else this.sendSyn(c)
  }

  private synArrives(c: number): void {
    const { connections, legs, kernel, gauges } = this
    if (!this.isWanted(c)) return
    const callee = connections.callee[connections.pair[c]!]!
    const node = this.nodeOf(callee)
    const leg = connections.leg[c]!
    if (connections.state[c] === ACCEPTED) {
      if (connections.calleeEnd[c] === 1) this.packet(c, this.backChannel(c), this.upKind)
      else this.reject(c, FAILED)
      return
    }
    if (callee >= this.nodes && this.world.replicas.crashed[callee - this.nodes]! > 0) {
      this.reject(c, FAILED)
      return
    }
    if (this.waiting[callee] === 0 && this.hasRoom(callee)) {
      this.accept(c, callee)
      return
    }
    const own = this.specs[node]!.own!
    if (this.waiting[callee]! < own.backlog) {
      legs.endPhase(leg, this.specs[node]!.connectCell, kernel.now)
      connections.state[c] = QUEUED
      connections.next[c] = -1
      connections.prev[c] = this.last[callee]!
      if (this.last[callee]! >= 0) connections.next[this.last[callee]!] = c
      else this.first[callee] = c
      this.last[callee] = c
      this.waiting[callee]!++
      gauges.add(node * SOCKET_GAUGES + BACKLOG, 1, kernel.now)
      return
    }
    this.count(callee, own.onFull === 'drop' ? DROPPED : REFUSALS)
    if (own.onFull === 'drop') this.waitForRetry(c)
    else this.reject(c, REFUSED)
  }

  /** The callee answers with a reset. */
  private reject(c: number, outcome: number): void {
    const { connections } = this
    connections.state[c] = SYN
    connections.outcome[c] = outcome
    this.packet(c, this.backChannel(c), this.failKind)
  }

  private accept(c: number, callee: number): void {
    const { connections } = this
    this.take(callee, 1)
    connections.calleeEnd[c] = 1
    connections.state[c] = ACCEPTED
    this.packet(c, this.backChannel(c), this.upKind)
  }

  private leaveBacklog(c: number, callee: number): void {
    const { connections, legs, kernel, specs } = this
    const node = this.nodeOf(callee)
    const next = connections.next[c]!
    this.first[callee] = next
    if (next >= 0) connections.prev[next] = -1
    else this.last[callee] = -1
    this.waiting[callee]!--
    connections.state[c] = SYN
    this.gauges.add(node * SOCKET_GAUGES + BACKLOG, -1, kernel.now)
    legs.endPhase(connections.leg[c]!, specs[node]!.waitCell, kernel.now)
  }

  private acceptWaiting(callee: number): void {
    for (let c = this.first[callee]!; c >= 0 && this.hasRoom(callee); c = this.first[callee]!) {
      this.leaveBacklog(c, callee)
      if (this.isWanted(c)) this.accept(c, callee)
    }
  }

  private up(c: number): void {
    const { connections, legs, kernel, specs } = this
    const pair = connections.pair[c]!
    const callee = connections.callee[pair]!
    if (connections.calleeEnd[c] === 0 || connections.callerEnd[c] === 0) {
      connections.outcome[c] = FAILED
      this.fail(c)
      return
    }
    legs.endPhase(connections.leg[c]!, specs[this.nodeOf(callee)]!.connectCell, kernel.now)
    connections.state[c] = UP
    this.count(connections.caller[pair]!, OPENED)
    this.count(callee, OPENED)
    this.carry(c)
  }

  /** The connection is there: the leg goes. */
  private carry(c: number): void {
    const { connections, world } = this
    const leg = connections.leg[c]!
    if (connections.passesOn[c] === 1) {
      this.freeCaller(c, false)
      const depth = connections.depth[c]!
      for (
        let d = connections.below[c]!;
        d >= 0 && connections.depth[d]! >= depth;
        d = connections.below[c]!
      ) {
        connections.below[c] = connections.below[d]!
        this.end(d, world.callers.isAwaited(leg))
      }
    }
    world.network.pass(leg, this.nodeOf(connections.callee[connections.pair[c]!]!), connections.channel[c]!)
  }

  /** There will be no connection: the leg ends at whoever wanted it, or is answered from there. */
  private fail(c: number): void {
    const { connections, legs, kernel, world, specs } = this
    const leg = connections.leg[c]!
    const pair = connections.pair[c]!
    const backend = legs.backend[leg]!
    const passesOn = connections.passesOn[c] === 1
    const sender = connections.caller[pair]!
    legs.endPhase(leg, specs[this.nodeOf(connections.callee[pair]!)]!.connectCell, kernel.now)
    legs.outcome[leg] = connections.outcome[c]!
    legs.lost[leg] = 0
    this.socket[leg] = connections.below[c]!
    this.end(c, false)
    const aim = legs.replica[leg]!
    legs.replica[leg] = passesOn && sender >= this.nodes ? sender - this.nodes : -1
    if (backend >= 0) {
      world.balancers.landed(leg, backend)
      world.replicas.settle(aim)
    }
    if (passesOn) world.network.back(leg)
    else world.network.returned(leg)
  }

  // Resources.

  /** The leg is done with the connection: it is kept for the next one, or closed. */
  private end(c: number, keep: boolean): void {
    const { connections, kernel } = this
    const { state } = connections
    if (state[c] === UP && keep && connections.callerEnd[c] === 1 && connections.calleeEnd[c] === 1) {
      const limit = this.keepAlive(connections.pair[c]!)
      if (limit > 0) {
        state[c] = IDLE
        connections.leg[c] = -1
        connections.since[c] = kernel.now
        connections.pushIdle(c)
        if (connections.armed[c] === 0) {
          connections.armed[c] = 1
          kernel.at(kernel.now + limit, this.expireKind, c, connections.stamp[c]!)
        }
        return
      }
    }
    this.close(c)
  }

  private close(c: number): void {
    const { connections } = this
    const wasUp = connections.state[c]! >= UP && connections.calleeEnd[c] === 1
    this.freeCaller(c, wasUp)
    this.freeCallee(c)
    connections.release(c)
  }

  private expire(c: number): void {
    const { connections, kernel } = this
    connections.armed[c] = 0
    if (connections.state[c] !== IDLE) return
    const due = connections.since[c]! + this.keepAlive(connections.pair[c]!)
    if (due > kernel.now) {
      connections.armed[c] = 1
      kernel.at(due, this.expireKind, c, connections.stamp[c]!)
      return
    }
    connections.removeIdle(c)
    this.close(c)
  }

  /** `reset`: one end is gone without a word, and no port waits. */
  private closeIdle(instance: number, reset: boolean): void {
    const { connections } = this
    for (let pair = 0; pair < connections.caller.length; pair++) {
      if (connections.caller[pair] !== instance && connections.callee[pair] !== instance) continue
      for (let c = connections.idle[pair]!; c >= 0; c = connections.idle[pair]!) {
        connections.removeIdle(c)
        if (reset) this.freeCallee(c)
        this.close(c)
      }
    }
  }

  /** Seconds that an idle connection of the pair is kept: an end that is gone keeps none. */
  private keepAlive(pair: number): number {
    const { connections } = this
    const caller = connections.caller[pair]!
    const callee = connections.callee[pair]!
    if (this.isGone(caller) || this.isGone(callee)) return 0
    const kept = (instance: number): number =>
      this.specs[this.nodeOf(instance)]?.own?.keepAlive ?? Number.POSITIVE_INFINITY
    return Math.min(kept(caller), kept(callee))
  }

  private isGone(instance: number): boolean {
    const { replicas } = this.world
    const r = instance - this.nodes
    return r >= 0 && (replicas.state[r] === STOPPED || replicas.crashed[r]! > 0)
  }

  private freeCaller(c: number, timeWait: boolean): void {
    const { connections, kernel } = this
    if (connections.callerEnd[c] === 0) return
    connections.callerEnd[c] = 0
    const pair = connections.pair[c]!
    const caller = connections.caller[pair]!
    const own = this.specs[this.nodeOf(caller)]?.own
    this.take(caller, -1)
    if (own === undefined) return
    if (timeWait && own.timeWait > 0) {
      connections.waiting[pair]!++
      kernel.at(kernel.now + own.timeWait, this.portKind, pair, connections.epoch[pair]!)
    } else this.changePorts(pair, -1)
  }

  private freeCallee(c: number): void {
    const { connections } = this
    if (connections.calleeEnd[c] === 0) return
    connections.calleeEnd[c] = 0
    this.take(connections.callee[connections.pair[c]!]!, -1)
  }

  private portFree(pair: number, epoch: number): void {
    if (this.connections.epoch[pair] !== epoch) return
    this.connections.waiting[pair]!--
    this.changePorts(pair, -1)
  }

  private changePorts(pair: number, by: number): void {
    this.connections.ports[pair]! += by
    const node = this.nodeOf(this.connections.caller[pair]!)
    this.gauges.add(node * SOCKET_GAUGES + PORTS, by, this.kernel.now)
  }

  /** Takes (or gives back) a socket and its memory at one end, where that declares them. */
  private take(instance: number, by: 1 | -1): void {
    const { gauges, kernel, world } = this
    const node = this.nodeOf(instance)
    const own = this.specs[node]?.own
    if (own === undefined) return
    this.used[instance]! += by
    gauges.add(node * SOCKET_GAUGES + SOCKETS, by, kernel.now)
    const bytes = by * own.memoryPerConnection
    gauges.add(node * SOCKET_GAUGES + CONNECTION_MEMORY, bytes, kernel.now)
    if (instance >= this.nodes && bytes !== 0)
      world.services.reservations.changeConnectionMemory(instance - this.nodes, bytes)
    if (by < 0 && this.waiting[instance]! > 0) kernel.last(this.acceptKind, instance, 0)
  }

  /** Whether the instance has a socket and the memory for one more connection. */
  private hasRoom(instance: number): boolean {
    const spec = this.specs[this.nodeOf(instance)]
    const own = spec?.own
    if (spec === undefined || own === undefined) return true
    const used = this.used[instance]!
    if (used >= own.max) return false
    const connections = (used + 1) * own.memoryPerConnection
    if (connections + spec.reservation > spec.memory) return false
    if (instance < this.nodes) return true
    const inUse = this.world.services.reservations.memoryInUse(instance - this.nodes)
    return inUse + own.memoryPerConnection <= spec.memory
  }

  private declares(node: number): boolean {
    return this.specs[node]?.own !== undefined
  }

  private nodeOf(instance: number): number {
    if (instance < this.nodes) return instance
    return this.compiled.services[this.world.replicas.service[instance - this.nodes]!]!.node
  }

  private count(instance: number, counter: number): void {
    this.counts[this.nodeOf(instance) * SOCKET_COUNTERS + counter]!++
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
      connections: this.connections.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as { gauges: unknown; connections: unknown }
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load(from.gauges)
    this.connections.load(from.connections)
  }
}

const FIELDS = ['counts', 'used', 'waiting', 'first', 'last']
