/** `topology_graph`: the client, the servers, the balancer and the edges. */
import type { Path } from '../path.ts'
import type { Notes } from './notes.ts'
import type { FlowBalancer, FlowEdge, FlowEndpoint, FlowStep, Payload, Server } from './payload.ts'
import { readRandomVariable } from './random-variable.ts'
import type { Fields, Reader } from './reader.ts'

export const nodeTypes = ['generator', 'server', 'client', 'load_balancer'] as const

const CPU = ['initial_parsing', 'cpu_bound_operation'] as const
const IO = ['io_task_spawn', 'io_llm', 'io_wait', 'io_db', 'io_cache'] as const

type Topology = Pick<Payload, 'client' | 'balancer' | 'servers' | 'edges'>

export function readTopology(
  reader: Reader,
  value: unknown,
  later: boolean,
  notes: Notes,
): Topology | undefined {
  const path = ['topology_graph']
  const graph = reader.fields(value, path, 'a topology', ['nodes', 'edges'])
  if (graph === undefined) return undefined
  const at = [...path, 'nodes']
  const nodes = reader.fields(graph.nodes, at, 'the nodes', ['servers', 'client', 'load_balancer'], true)
  const edges = readEach(reader, graph.edges, [...path, 'edges'], 'edges', (edge, place) =>
    readEdge(reader, edge, place, later, notes),
  )
  if (nodes === undefined) return undefined
  const client = readClient(reader, nodes.client, [...at, 'client'])
  const balancer =
    nodes.load_balancer === undefined || nodes.load_balancer === null
      ? undefined
      : readBalancer(reader, nodes.load_balancer, [...at, 'load_balancer'], later)
  const servers = readEach(reader, nodes.servers, [...at, 'servers'], 'servers', (server, place) =>
    readServer(reader, server, place, later, notes),
  )
  if (client === undefined || servers === undefined || edges === undefined) return undefined
  return { client, balancer, servers, edges }
}

function readEach<T>(
  reader: Reader,
  value: unknown,
  path: Path,
  title: string,
  read: (item: unknown, path: Path) => T | undefined,
): T[] | undefined {
  return reader.list(value, path, title)?.flatMap((item, i) => read(item, [...path, i]) ?? [])
}

function readType(reader: Reader, fields: Fields, path: Path, type: (typeof nodeTypes)[number]): void {
  if (fields.type !== undefined) reader.choice(fields.type, [...path, 'type'], [type])
}

function readClient(reader: Reader, value: unknown, path: Path): Topology['client'] | undefined {
  const fields = reader.fields(value, path, 'the client', ['id', 'type'])
  if (fields === undefined) return undefined
  readType(reader, fields, path, 'client')
  const id = reader.text(fields.id, [...path, 'id'])
  return id === undefined ? undefined : { id, path }
}

function readBalancer(reader: Reader, value: unknown, path: Path, later: boolean): FlowBalancer | undefined {
  const fields = reader.fields(value, path, 'the load balancer', [
    'id',
    'type',
    'algorithms',
    'server_covered',
  ])
  if (fields === undefined) return undefined
  readType(reader, fields, path, 'load_balancer')
  const id = reader.text(fields.id, [...path, 'id'])
  const names = ['round_robin', 'least_connection', ...(later ? (['random'] as const) : [])] as const
  if (later && fields.algorithms === 'fcfs')
    reader.reject(
      [...path, 'algorithms'],
      'this version does not support the algorithm fcfs yet',
      `Choose one of ${names.join(', ')}.`,
    )
  const algorithm =
    fields.algorithms === undefined || fields.algorithms === 'fcfs'
      ? 'round_robin'
      : reader.choice<FlowBalancer['algorithm']>(fields.algorithms, [...path, 'algorithms'], names)
  const covered =
    fields.server_covered === undefined
      ? []
      : readEach(reader, fields.server_covered, [...path, 'server_covered'], 'server ids', (item, place) =>
          reader.text(item, place),
        )
  return id === undefined || algorithm === undefined || covered === undefined
    ? undefined
    : { id, algorithm, covered, path }
}

function readServer(
  reader: Reader,
  value: unknown,
  path: Path,
  later: boolean,
  notes: Notes,
): Server | undefined {
  const fields = reader.fields(value, path, 'a server', [
    'id',
    'type',
    'server_resources',
    'endpoints',
    ...(later ? ['ram_per_process'] : []),
  ])
  if (fields === undefined) return undefined
  readType(reader, fields, path, 'server')
  const id = reader.text(fields.id, [...path, 'id'])
  const at = [...path, 'server_resources']
  const resources = reader.fields(fields.server_resources, at, 'the resources', [
    'cpu_cores',
    'ram_mb',
    'db_connection_pool',
  ])
  const cores =
    resources?.cpu_cores === undefined
      ? 1
      : reader.integer(resources.cpu_cores, [...at, 'cpu_cores'], { min: 1, max: 10_000 })
  const ram =
    resources?.ram_mb === undefined ? 1024 : reader.integer(resources.ram_mb, [...at, 'ram_mb'], { min: 256 })
  const pool = resources?.db_connection_pool
  if (pool !== undefined && pool !== null) {
    reader.integer(pool, [...at, 'db_connection_pool'], { min: 1 })
    notes.add(
      [...at, 'db_connection_pool'],
      '"db_connection_pool" has no effect, as in AsyncFlow',
      'Declare a database in the native format to limit connections.',
    )
  }
  const own =
    fields.ram_per_process === undefined || fields.ram_per_process === null
      ? 0
      : reader.integer(fields.ram_per_process, [...path, 'ram_per_process'], { min: 1 })
  const endpoints = readEach(reader, fields.endpoints, [...path, 'endpoints'], 'endpoints', (item, place) =>
    readEndpoint(reader, item, place, later, notes),
  )
  if (
    id === undefined ||
    cores === undefined ||
    ram === undefined ||
    own === undefined ||
    endpoints === undefined
  )
    return undefined
  if (own * cores >= ram)
    return reader.reject(
      [...path, 'ram_per_process'],
      `the processes take ${own * cores} MB of the ${ram} MB of "${id}"`,
      'Give the server more memory.',
    )
  return { id, cores, ram: ram - own * cores, endpoints, path }
}

function readEndpoint(
  reader: Reader,
  value: unknown,
  path: Path,
  later: boolean,
  notes: Notes,
): FlowEndpoint | undefined {
  const fields = reader.fields(value, path, 'an endpoint', ['endpoint_name', 'steps'])
  if (fields === undefined) return undefined
  const name = reader.text(fields.endpoint_name, [...path, 'endpoint_name'])
  const steps = readEach(reader, fields.steps, [...path, 'steps'], 'steps', (item, place) =>
    readStep(reader, item, place, later, notes),
  )
  return name === undefined || steps === undefined ? undefined : { name: name.toLowerCase(), steps, path }
}

function readStep(
  reader: Reader,
  value: unknown,
  path: Path,
  later: boolean,
  notes: Notes,
): FlowStep | undefined {
  const fields = reader.fields(value, path, 'a step', ['kind', 'step_operation'])
  if (fields === undefined) return undefined
  const kind = reader.choice(fields.kind, [...path, 'kind'], [...CPU, 'ram', ...IO])
  const at = [...path, 'step_operation']
  const names = ['cpu_time', 'necessary_ram', 'io_waiting_time']
  const operation = reader.fields(fields.step_operation, at, 'an operation', names, true)
  if (operation === undefined || kind === undefined) return undefined
  const given = Object.keys(operation).filter((name) => names.includes(name))
  const needed =
    kind === 'ram' ? 'necessary_ram' : CPU.includes(kind as never) ? 'cpu_time' : 'io_waiting_time'
  if (given.length !== 1 || given[0] !== needed) {
    return reader.reject(
      given.length === 1 ? [...at, given[0]!] : at,
      `a step of kind ${kind} needs exactly "${needed}", got ${given.length === 0 ? 'nothing' : given.join(' and ')}`,
      `Write { ${needed}: … }.`,
    )
  }
  const place = [...at, needed]
  if (kind === 'ram') {
    const megabytes = reader.number(operation.necessary_ram, place, { above: 0 })
    return megabytes === undefined ? undefined : { kind, megabytes }
  }
  const time = later
    ? readRandomVariable(reader, operation[needed], place, { later, positive: true }, notes)?.distribution
    : constant(reader.number(operation[needed], place, { above: 0 }))
  return time === undefined ? undefined : { kind: needed === 'cpu_time' ? 'cpu' : 'io', time }
}

function constant(value: number | undefined): { kind: 'constant'; value: number } | undefined {
  return value === undefined ? undefined : { kind: 'constant', value }
}

function readEdge(
  reader: Reader,
  value: unknown,
  path: Path,
  later: boolean,
  notes: Notes,
): FlowEdge | undefined {
  const fields = reader.fields(value, path, 'an edge', [
    'id',
    'source',
    'target',
    'latency',
    'edge_type',
    'dropout_rate',
  ])
  if (fields === undefined) return undefined
  const id = reader.text(fields.id, [...path, 'id'])
  const source = reader.text(fields.source, [...path, 'source'])
  const target = reader.text(fields.target, [...path, 'target'])
  if (fields.edge_type !== undefined)
    reader.choice(fields.edge_type, [...path, 'edge_type'], ['network_connection'])
  const latency = readRandomVariable(
    reader,
    fields.latency,
    [...path, 'latency'],
    { later, positive: true },
    notes,
  )
  const dropout =
    fields.dropout_rate === undefined
      ? 0.01
      : reader.number(fields.dropout_rate, [...path, 'dropout_rate'], { min: 0, max: 1 })
  if (source !== undefined && source === target)
    reader.reject([...path, 'target'], `an edge cannot lead from "${source}" to itself`, 'Name two nodes.')
  if (latency?.kind === 'poisson')
    notes.add(
      [...path, 'latency'],
      'drawn as AsyncFlow draws it: a poisson latency is a whole number of seconds',
      'Write distribution: exponential.',
    )
  if (dropout !== undefined && dropout > 0) {
    notes.add(
      path,
      'requests lost on the way are counted with the outcome "lost"; AsyncFlow does not count them',
      'dropout_rate is 1 % where it is not given; write 0 for a perfect network.',
    )
  }
  if (
    id === undefined ||
    source === undefined ||
    target === undefined ||
    latency === undefined ||
    dropout === undefined
  )
    return undefined
  return { id, source, target, latency: latency.distribution, dropout, path }
}
