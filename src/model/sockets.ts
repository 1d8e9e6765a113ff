/**
 * Connections: who needs one, how long it is kept, and what becomes of the legs on it. An instance is a workload, a
 * balancer or a replica; a hop needs a connection where either of its ends declares `sockets`.
 */
import type { Kernel } from '../engine/kernel.ts'
import type { Gauges } from '../metrics/gauges.ts'
import type { Compiled, SocketSpec } from './compile/compiled.ts'
import { NODE_BALANCER, NODE_SERVICE } from './compile/compiled.ts'
import { Connections, FREE, IDLE, SYN, UP } from './connections.ts'
import { type HandshakeResult, Handshakes } from './handshakes.ts'
import type { Legs } from './legs.ts'
import { SocketEnds } from './socket-ends.ts'
import { EXHAUSTED, NO_PORT, REUSED } from './socket-gauges.ts'
import type { Part, World } from './world.ts'

export class Sockets implements Part, HandshakeResult {
  readonly connections: Connections
  readonly ends: SocketEnds
  readonly handshakes: Handshakes
  /** Connection that a leg holds, the last one opened; -1. */
  socket: Int32Array = new Int32Array(0)
  private sender: Int32Array = new Int32Array(0)
  private readonly specs: readonly (SocketSpec | undefined)[]
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private readonly nodes: number
  private readonly expireKind: number

  constructor(world: World, specs: readonly (SocketSpec | undefined)[]) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.compiled = world.compiled
    this.specs = specs
    this.nodes = specs.length
    const connections = new Connections(specs.length + world.compiled.replicaCount)
    this.connections = connections
    this.ends = new SocketEnds(world, specs, connections, (instance) => this.handshakes.roomAt(instance))
    this.handshakes = new Handshakes(world, specs, connections, this.ends, this)
    world.legs.int32((array) => {
      this.socket = array
    })
    world.legs.int32((array) => {
      this.sender = array
    })
    this.expireKind = world.kernel.on('an idle connection ends', (c, stamp) => {
      if (connections.stamp[c] === stamp) this.expire(c)
    })
  }

  /** SOCKET_GAUGES per node. */
  get gauges(): Gauges {
    return this.ends.gauges
  }

  /** SOCKET_COUNTERS per node. */
  get counts(): Float64Array {
    return this.ends.counts
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
      if (!this.ends.declares(from) && !this.ends.declares(compiled.services[service]!.node)) return false
      world.balancers.arrive(index, leg)
      return true
    }
    if ((!this.ends.declares(from) && !this.ends.declares(node)) || specs[node] === undefined) return false
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
    this.handshakes.roomAt(this.nodes + r)
  }

  /** Replica `r` loses all its connections: their other ends learn of it when they next use them. */
  crash(r: number): void {
    const { connections } = this
    const instance = this.nodes + r
    this.handshakes.crash(instance)
    this.closeIdle(instance, true)
    for (let c = 0; c < connections.end; c++) {
      if (connections.state[c] === FREE) continue
      const pair = connections.pair[c]!
      if (connections.callee[pair] === instance) this.ends.freeCallee(c)
      if (connections.caller[pair] === instance) this.ends.freeCaller(c, false)
    }
    this.ends.clearPorts(instance)
  }

  /** Replica `r` is no more: what was kept for later is closed. */
  stopped(r: number): void {
    this.closeIdle(this.nodes + r, false)
    this.ends.clearPorts(this.nodes + r)
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
      this.ends.count(caller, REUSED)
      this.ends.count(callee, REUSED)
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
    const own = this.specs[this.ends.nodeOf(caller)]?.own
    const noPort = own !== undefined && connections.ports[pair]! >= own.ephemeralPorts
    if (noPort || !this.ends.hasRoom(caller)) {
      this.ends.count(caller, noPort ? NO_PORT : EXHAUSTED)
      this.handshakes.refuse(c)
      return
    }
    this.ends.take(caller, 1)
    connections.callerEnd[c] = 1
    if (own !== undefined) this.ends.changePorts(pair, 1)
    this.handshakes.sendSyn(c)
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

  /** The connection is there: the leg goes. */
  carry(c: number): void {
    const { connections, world } = this
    const leg = connections.leg[c]!
    if (connections.passesOn[c] === 1) {
      this.ends.freeCaller(c, false)
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
    world.network.pass(
      leg,
      this.ends.nodeOf(connections.callee[connections.pair[c]!]!),
      connections.channel[c]!,
    )
  }

  /** There will be no connection: the leg ends at whoever wanted it, or is answered from there. */
  fail(c: number): void {
    const { connections, legs, kernel, world, specs } = this
    const leg = connections.leg[c]!
    const pair = connections.pair[c]!
    const backend = legs.backend[leg]!
    const passesOn = connections.passesOn[c] === 1
    const sender = connections.caller[pair]!
    legs.endPhase(leg, specs[this.ends.nodeOf(connections.callee[pair]!)]!.connectCell, kernel.now)
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
      const limit = this.ends.keepAlive(connections.pair[c]!)
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
    this.ends.freeCaller(c, wasUp)
    this.ends.freeCallee(c)
    connections.release(c)
  }

  private expire(c: number): void {
    const { connections, kernel } = this
    connections.armed[c] = 0
    if (connections.state[c] !== IDLE) return
    const due = connections.since[c]! + this.ends.keepAlive(connections.pair[c]!)
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
        if (reset) this.ends.freeCallee(c)
        this.close(c)
      }
    }
  }

  save(): unknown {
    return {
      connections: this.connections.save(),
      ends: this.ends.save(),
      handshakes: this.handshakes.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as { connections: unknown; ends: unknown; handshakes: unknown }
    this.connections.load(from.connections)
    this.ends.load(from.ends)
    this.handshakes.load(from.handshakes)
  }
}
