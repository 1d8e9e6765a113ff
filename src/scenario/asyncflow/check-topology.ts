/** References between nodes and edges, and whether requests find their way round. */
import type { Path } from '../path.ts'
import type { FlowEdge, Payload } from './payload.ts'
import type { Reader } from './reader.ts'

export function checkTopology(reader: Reader, payload: Payload): void {
  const { generator, client, balancer, servers, edges } = payload
  const nodes = [...servers, client, ...(balancer === undefined ? [] : [balancer])]
  const ids = new Set<string>()
  for (const { id, path } of nodes) {
    if (ids.has(id)) reader.reject([...path, 'id'], `the node id "${id}" is taken`, 'Choose another id.')
    ids.add(id)
  }
  if (ids.has(generator.id))
    reader.reject(
      [...generator.path, 'id'],
      `the node id "${generator.id}" is taken`,
      'Choose another id for the generator.',
    )
  if (servers.length === 0)
    reader.reject(
      ['topology_graph', 'nodes', 'servers'],
      'expected at least one server, got none',
      'Add a server.',
    )

  const seen = new Set<string>()
  const first = new Map<string, FlowEdge>()
  for (const edge of edges) {
    const { id, source, target, path } = edge
    if (seen.has(id)) reader.reject([...path, 'id'], `the edge id "${id}" is taken`, 'Choose another id.')
    else if (ids.has(id) || id === generator.id)
      reader.reject([...path, 'id'], `the edge id "${id}" is the id of a node`, 'Choose another id.')
    seen.add(id)
    if (!ids.has(target))
      reader.reject(
        [...path, 'target'],
        `unknown target node "${target}"`,
        `Known are ${[...ids].join(', ')}.`,
      )
    if (!ids.has(source) && source !== generator.id)
      reader.reject(
        [...path, 'source'],
        `unknown source node "${source}"`,
        `Known are ${[generator.id, ...ids].join(', ')}.`,
      )
    if (source === generator.id && ids.has(target) && target !== client.id)
      reader.reject(
        [...path, 'target'],
        `the generator must lead to the client "${client.id}", got "${target}"`,
        'Let the client come first.',
      )
    if (first.has(source) && source !== balancer?.id && source !== generator.id)
      reader.reject(
        [...path, 'source'],
        `"${source}" has several outgoing edges; only the load balancer may`,
        'Remove all but one.',
      )
    if (!first.has(source)) first.set(source, edge)
  }
  checkBalancer(reader, payload)
  for (const server of servers) checkServer(reader, server)
  if (reader.problems.list.length === 0) checkRoutes(reader, payload, first)
}

function checkBalancer(reader: Reader, { balancer, servers, edges, client }: Payload): void {
  if (balancer === undefined) return
  const out = edges.filter(({ source }) => source === balancer.id)
  balancer.covered.forEach((id, i) => {
    const path = [...balancer.path, 'server_covered', i]
    if (!servers.some((server) => server.id === id))
      reader.reject(path, `unknown server "${id}"`, `Known are ${servers.map(({ id }) => id).join(', ')}.`)
    else if (!out.some(({ target }) => target === id))
      reader.reject(
        path,
        `no edge leads from "${balancer.id}" to the covered server "${id}"`,
        'Add the edge.',
      )
  })
  const targets = new Set<string>()
  for (const { target, path } of out) {
    if (target === client.id)
      reader.reject(
        [...path, 'target'],
        `the load balancer cannot lead to the client "${target}"`,
        'Lead to a server.',
      )
    if (targets.has(target))
      reader.reject(
        [...path, 'target'],
        `the load balancer leads to "${target}" twice`,
        'Remove one of the two edges.',
      )
    targets.add(target)
  }
}

function checkServer(reader: Reader, { id, ram, endpoints, path }: Payload['servers'][number]): void {
  if (endpoints.length === 0)
    reader.reject([...path, 'endpoints'], 'expected at least one endpoint, got none', 'Add an endpoint.')
  for (const endpoint of endpoints) {
    const needed = endpoint.steps.reduce((sum, step) => sum + (step.kind === 'ram' ? step.megabytes : 0), 0)
    if (needed > ram)
      reader.reject(
        endpoint.path,
        `endpoint "${endpoint.name}" reserves ${needed} MB and can never fit into the ${ram} MB of "${id}"`,
        'Raise ram_mb or reserve less.',
      )
  }
}

/** Follows the requests from the generator: every node on the way leads on, none comes back before the client. */
function checkRoutes(
  reader: Reader,
  { generator, client, balancer, servers, edges }: Payload,
  first: ReadonlyMap<string, FlowEdge>,
): void {
  const placeOf = (id: string): Path => [
    ...(servers.find((server) => server.id === id)?.path ??
      (balancer?.id === id ? balancer.path : client.path)),
    'id',
  ]
  if (!first.has(generator.id)) {
    reader.reject(
      [...generator.path, 'id'],
      `no edge leads from the generator "${generator.id}"`,
      `Add an edge to "${client.id}".`,
    )
    return
  }
  const done = new Set<string>()
  const visit = (id: string, trail: readonly string[]): void => {
    const out = edges.filter(({ source }) => source === id)
    if (out.length === 0)
      reader.reject(
        placeOf(id),
        `no edge leads from "${id}"`,
        id === client.id
          ? 'Add an edge to a server or the load balancer.'
          : `Add an edge, e.g. to "${client.id}".`,
      )
    for (const { target, path } of out) {
      if (target === client.id) continue
      const ring = [...trail, id]
      if (ring.includes(target))
        reader.reject(
          [...path, 'target'],
          `the edges form a cycle: ${[...ring.slice(ring.indexOf(target)), target].join(' -> ')}`,
          'Requests would go round for ever.',
        )
      else if (!done.has(target)) visit(target, ring)
    }
    done.add(id)
  }
  visit(client.id, [])
}
