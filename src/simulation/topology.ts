/** Who sends to whom: the drawing of a scenario. */
import type { Compiled } from '../model/compile/compiled.ts'
import type { Topology } from '../results/types.ts'

export function topologyOf(compiled: Compiled): Topology {
  const { nodes, calls, relays, balancers, services } = compiled
  const edges = new Map<string, Topology['edges'][number]>()
  const add = (from: string, to: string): void => {
    if (from !== to) edges.set(`${from} ${to}`, { from, to })
  }
  const nameOf = (node: number): string => nodes[node]!.name
  for (const { caller, hop } of calls) add(nameOf(caller), nameOf(hop.node))
  for (const { node, hop } of relays) add(nameOf(node), nameOf(hop.node))
  for (const { from, hop } of compiled.forwards) add(from, nameOf(hop.node))
  for (const { name, replicas } of balancers) {
    for (const { name: service, firstReplica, slots } of services) {
      if (replicas.some((r) => r >= firstReplica && r < firstReplica + slots)) add(name, service)
    }
  }
  // The balancer that a service has for itself goes by the service's name.
  return { nodes: [...new Set(nodes.map(({ name }) => name))], edges: [...edges.values()] }
}
