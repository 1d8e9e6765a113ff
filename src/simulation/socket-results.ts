/** What a component that declares sockets did with them. */

import {
  BACKLOG,
  CONNECTION_MEMORY,
  DROPPED,
  EXHAUSTED,
  NO_PORT,
  OPENED,
  PORTS,
  REFUSALS,
  REUSED,
  SOCKET_COUNTERS,
  SOCKET_GAUGES,
  SOCKETS,
} from '../model/socket-gauges.ts'
import type { World } from '../model/world.ts'
import type { GaugeSummary, SocketResult } from '../results/types.ts'

/** By name of the component. */
export function socketResults(
  world: World,
): Record<string, { sockets: SocketResult; backlog: GaugeSummary; memory: { mean: number; peak: number } }> {
  const { sockets, compiled, kernel } = world
  if (sockets === undefined) return {}
  const results: ReturnType<typeof socketResults> = {}
  compiled.nodes.forEach(({ name }, node) => {
    const own = compiled.sockets![node]?.own
    if (own === undefined) return
    const gauge = (index: number): GaugeSummary => ({
      mean: sockets.gauges.mean(node * SOCKET_GAUGES + index, kernel.now),
      max: sockets.gauges.max[node * SOCKET_GAUGES + index]!,
    })
    const peak = (index: number): { mean: number; peak: number } => {
      const { mean, max } = gauge(index)
      return { mean, peak: max }
    }
    const count = (counter: number): number => sockets.counts[node * SOCKET_COUNTERS + counter]!
    results[name] = {
      sockets: {
        ...peak(SOCKETS),
        max: Number.isFinite(own.max) ? own.max : null,
        opened: count(OPENED),
        reused: count(REUSED),
        refused: count(REFUSALS),
        dropped: count(DROPPED),
        exhausted: count(EXHAUSTED),
        noPort: count(NO_PORT),
        ports: peak(PORTS),
      },
      backlog: gauge(BACKLOG),
      memory: peak(CONNECTION_MEMORY),
    }
  })
  return results
}
