/** What connections hold agrees with the connections that are there. */
import { expect } from 'vitest'
import { FREE, IDLE, QUEUED } from '../../src/model/connections.ts'
import { BACKLOG, CONNECTION_MEMORY, PORTS, SOCKET_GAUGES, SOCKETS } from '../../src/model/socket-gauges.ts'
import type { Simulation } from '../../src/simulation/index.ts'

export function connectionMemory({ world: { sockets } }: Simulation, node: number): number {
  return sockets?.gauges.value[node * SOCKET_GAUGES + CONNECTION_MEMORY] ?? 0
}

export function expectSockets({ world }: Simulation): void {
  const { sockets, compiled, replicas } = world
  if (sockets === undefined) return
  const { connections: all } = sockets
  const nodes = compiled.nodes.length
  const nodeOf = (instance: number): number =>
    instance < nodes ? instance : compiled.services[replicas.service[instance - nodes]!]!.node
  const used = new Array<number>(sockets.ends.used.length).fill(0)
  const waiting = new Array<number>(sockets.ends.used.length).fill(0)
  const ports = all.caller.map((_, pair) => all.waiting[pair]!)
  let live = 0
  for (let c = 0; c < all.end; c++) {
    if (all.state[c] === FREE) continue
    live++
    const pair = all.pair[c]!
    if (all.callerEnd[c] === 1) {
      used[all.caller[pair]!]!++
      ports[pair]!++
    }
    if (all.calleeEnd[c] === 1) used[all.callee[pair]!]!++
    if (all.state[c] === QUEUED) waiting[all.callee[pair]!]!++
  }
  expect(all.live).toBe(live)
  expect([...sockets.handshakes.waiting]).toEqual(waiting)
  const gauges = compiled.nodes.map(() => [0, 0, 0, 0])
  used.forEach((count, instance) => {
    const spec = compiled.sockets![nodeOf(instance)]
    if (spec?.own === undefined) return
    expect(sockets.ends.used[instance]).toBe(count)
    expect(count).toBeLessThanOrEqual(spec.own.max)
    expect(waiting[instance]).toBeLessThanOrEqual(spec.own.backlog)
    expect(count * spec.own.memoryPerConnection).toBeLessThanOrEqual(spec.memory)
    const sums = gauges[nodeOf(instance)]!
    sums[SOCKETS]! += count
    sums[BACKLOG]! += waiting[instance]!
    sums[CONNECTION_MEMORY]! += count * spec.own.memoryPerConnection
  })
  ports.forEach((count, pair) => {
    const node = nodeOf(all.caller[pair]!)
    const own = compiled.sockets![node]?.own
    if (own === undefined) return
    expect(all.ports[pair]).toBe(count)
    expect(count).toBeLessThanOrEqual(own.ephemeralPorts)
    gauges[node]![PORTS]! += count
  })
  gauges.forEach((sums, node) => {
    expect([...sockets.gauges.value.slice(node * SOCKET_GAUGES, (node + 1) * SOCKET_GAUGES)]).toEqual(sums)
  })
}

/** Nothing is left but connections that are kept, and ports in TIME_WAIT. */
export function expectSocketsDrained(simulation: Simulation): void {
  const { sockets } = simulation.world
  if (sockets === undefined) return
  expectSockets(simulation)
  const { connections } = sockets
  for (let c = 0; c < connections.end; c++) expect([FREE, IDLE]).toContain(connections.state[c])
}
