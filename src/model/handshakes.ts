/**
 * How connections come about: the handshake of TCP on Linux. It takes one round trip; a SYN that nobody answers is sent
 * again 1, 3, 7, 15, 31 and 63 s after the first, and after 127 s the kernel gives up (RFC 6298, tcp_syn_retries = 6).
 * A callee without room lets connections wait in its backlog; when that is full, it ignores or refuses them.
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { OUTCOMES } from '../results/types.ts'
import type { Compiled, SocketSpec } from './compile/compiled.ts'
import { ACCEPTED, type Connections, QUEUED, SYN, UP } from './connections.ts'
import type { Legs } from './legs.ts'
import type { SocketEnds } from './socket-ends.ts'
import { BACKLOG, DROPPED, OPENED, REFUSALS, SOCKET_GAUGES } from './socket-gauges.ts'
import type { World } from './world.ts'

const REFUSED = OUTCOMES.indexOf('refused')
const CONNECT_TIMEOUT = OUTCOMES.indexOf('connect-timeout')
const FAILED = OUTCOMES.indexOf('failed')

const SYN_RETRIES = 6

/** What comes of a handshake: the connection is there and carries its leg, or there will be none. */
export interface HandshakeResult {
  carry(connection: number): void
  fail(connection: number): void
}

export class Handshakes {
  /** Connections in the backlog, per instance. */
  readonly waiting: Int32Array
  private readonly first: Int32Array
  private readonly last: Int32Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private readonly specs: readonly (SocketSpec | undefined)[]
  private readonly connections: Connections
  private readonly ends: SocketEnds
  private readonly nodes: number
  private readonly result: HandshakeResult
  private readonly synKind: number
  private readonly retryKind: number
  private readonly acceptKind: number
  private readonly upKind: number
  private readonly failKind: number

  constructor(
    world: World,
    specs: readonly (SocketSpec | undefined)[],
    connections: Connections,
    ends: SocketEnds,
    result: HandshakeResult,
  ) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.compiled = world.compiled
    this.specs = specs
    this.connections = connections
    this.ends = ends
    this.nodes = specs.length
    this.result = result
    const instances = specs.length + world.compiled.replicaCount
    this.waiting = new Int32Array(instances)
    this.first = new Int32Array(instances).fill(-1)
    this.last = new Int32Array(instances).fill(-1)
    const { kernel } = world
    const on = (name: string, handle: (c: number) => void): number =>
      kernel.on(name, (c, stamp) => {
        if (connections.stamp[c] === stamp) handle(c)
      })
    this.synKind = on('a SYN arrives', (c) => this.synArrives(c))
    this.retryKind = on('a SYN is sent again', (c) => this.synAgain(c))
    this.upKind = on('a connection is up', (c) => this.up(c))
    this.failKind = on('a connection fails', (c) => result.fail(c))
    this.acceptKind = kernel.on('connections are accepted', (instance) => this.acceptWaiting(instance))
  }

  /** There is no way to open the connection: it fails right after what happens now. */
  refuse(c: number): void {
    this.connections.outcome[c] = REFUSED
    this.kernel.task(this.failKind, c, this.connections.stamp[c]!)
  }

  /** The instance may have room for one that waits in its backlog. */
  roomAt(instance: number): void {
    if (this.waiting[instance]! > 0) this.kernel.last(this.acceptKind, instance, 0)
  }

  /** The instance crashes: what waits in its backlog is reset. */
  crash(instance: number): void {
    for (let c = this.first[instance]!; c >= 0; c = this.first[instance]!) {
      this.leaveBacklog(c, instance)
      this.reject(c, FAILED)
    }
  }

  /** Asks the callee for the connection. */
  sendSyn(c: number): void {
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
    const from = this.ends.nodeOf(connections.callee[connections.pair[c]!]!)
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
    this.result.fail(c)
    return false
  }

  private synAgain(c: number): void {
    const { connections, legs } = this
    legs.lost[connections.leg[c]!] = 0
    if (!this.isWanted(c)) return
    if (connections.tries[c]! > SYN_RETRIES) {
      connections.outcome[c] = CONNECT_TIMEOUT
      this.result.fail(c)
    } else this.sendSyn(c)
  }

  private synArrives(c: number): void {
    const { connections, legs, kernel, ends } = this
    if (!this.isWanted(c)) return
    const callee = connections.callee[connections.pair[c]!]!
    const node = this.ends.nodeOf(callee)
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
    if (this.waiting[callee] === 0 && this.ends.hasRoom(callee)) {
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
      ends.gauges.add(node * SOCKET_GAUGES + BACKLOG, 1, kernel.now)
      return
    }
    this.ends.count(callee, own.onFull === 'drop' ? DROPPED : REFUSALS)
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
    this.ends.take(callee, 1)
    connections.calleeEnd[c] = 1
    connections.state[c] = ACCEPTED
    this.packet(c, this.backChannel(c), this.upKind)
  }

  private leaveBacklog(c: number, callee: number): void {
    const { connections, legs, kernel, specs } = this
    const node = this.ends.nodeOf(callee)
    const next = connections.next[c]!
    this.first[callee] = next
    if (next >= 0) connections.prev[next] = -1
    else this.last[callee] = -1
    this.waiting[callee]!--
    connections.state[c] = SYN
    this.ends.gauges.add(node * SOCKET_GAUGES + BACKLOG, -1, kernel.now)
    legs.endPhase(connections.leg[c]!, specs[node]!.waitCell, kernel.now)
  }

  private acceptWaiting(callee: number): void {
    for (let c = this.first[callee]!; c >= 0 && this.ends.hasRoom(callee); c = this.first[callee]!) {
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
      this.result.fail(c)
      return
    }
    legs.endPhase(connections.leg[c]!, specs[this.ends.nodeOf(callee)]!.connectCell, kernel.now)
    connections.state[c] = UP
    this.ends.count(connections.caller[pair]!, OPENED)
    this.ends.count(callee, OPENED)
    this.result.carry(c)
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['waiting', 'first', 'last']
