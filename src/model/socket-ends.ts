/**
 * What connections take at their ends, where those declare sockets: a socket, memory, and at the caller a port, which is
 * free again only some time after the connection was closed (TIME_WAIT).
 */
import type { Kernel } from '../engine/kernel.ts'
import { loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import type { Compiled, SocketSpec } from './compile/compiled.ts'
import type { Connections } from './connections.ts'
import { STOPPED } from './replicas.ts'
import { CONNECTION_MEMORY, PORTS, SOCKET_COUNTERS, SOCKET_GAUGES, SOCKETS } from './socket-gauges.ts'
import type { World } from './world.ts'

export class SocketEnds {
  readonly gauges: Gauges
  readonly counts: Float64Array
  /** Sockets in use, per instance: a node, or nodes + replica. */
  readonly used: Int32Array
  private readonly world: World
  private readonly kernel: Kernel
  private readonly compiled: Compiled
  private readonly specs: readonly (SocketSpec | undefined)[]
  private readonly connections: Connections
  private readonly nodes: number
  private readonly portKind: number
  private readonly freed: (instance: number) => void

  /** @param freed is told when an instance has a socket more than before. */
  constructor(
    world: World,
    specs: readonly (SocketSpec | undefined)[],
    connections: Connections,
    freed: (instance: number) => void,
  ) {
    this.world = world
    this.kernel = world.kernel
    this.compiled = world.compiled
    this.specs = specs
    this.connections = connections
    this.nodes = specs.length
    this.freed = freed
    this.gauges = new Gauges(specs.length * SOCKET_GAUGES)
    this.counts = new Float64Array(specs.length * SOCKET_COUNTERS)
    this.used = new Int32Array(specs.length + world.compiled.replicaCount)
    this.portKind = world.kernel.on('a port is free again', (pair, epoch) => this.portFree(pair, epoch))
  }

  /** Seconds that an idle connection of the pair is kept: an end that is gone keeps none. */
  keepAlive(pair: number): number {
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

  freeCaller(c: number, timeWait: boolean): void {
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

  freeCallee(c: number): void {
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

  changePorts(pair: number, by: number): void {
    this.connections.ports[pair]! += by
    const node = this.nodeOf(this.connections.caller[pair]!)
    this.gauges.add(node * SOCKET_GAUGES + PORTS, by, this.kernel.now)
  }

  /** Takes (or gives back) a socket and its memory at one end, where that declares them. */
  take(instance: number, by: 1 | -1): void {
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
    if (by < 0) this.freed(instance)
  }

  /** Whether the instance has a socket and the memory for one more connection. */
  hasRoom(instance: number): boolean {
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

  declares(node: number): boolean {
    return this.specs[node]?.own !== undefined
  }

  nodeOf(instance: number): number {
    if (instance < this.nodes) return instance
    return this.compiled.services[this.world.replicas.service[instance - this.nodes]!]!.node
  }

  count(instance: number, counter: number): void {
    this.counts[this.nodeOf(instance) * SOCKET_COUNTERS + counter]!++
  }

  /** Nothing that waits in TIME_WAIT outlives its machine. */
  clearPorts(instance: number): void {
    const { connections, kernel } = this
    connections.caller.forEach((caller, pair) => {
      if (caller !== instance) return
      connections.epoch[pair] = (connections.epoch[pair]! + 1) | 0
      this.gauges.add(this.nodeOf(caller) * SOCKET_GAUGES + PORTS, -connections.waiting[pair]!, kernel.now)
      connections.ports[pair]! -= connections.waiting[pair]!
      connections.waiting[pair] = 0
    })
  }

  save(): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      gauges: this.gauges.save(),
    }
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.gauges.load((state as { gauges: unknown }).gauges)
  }
}

const FIELDS = ['counts', 'used']
