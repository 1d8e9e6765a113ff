/** What AsyncFlow refuses is refused, and what it accepts but cannot run. */
import { expect, test } from 'vitest'
import { change } from '../support.ts'
import { FLOW, refusalsOf, SINGLE } from './support.ts'

type Case = [title: string, base: string, changes: [string, string][], message: string]

const E2 = 'source: cli, target: lb, latency: { mean: 0.002, distribution: exponential }'

const CASES: Case[] = [
  [
    'a missing generator',
    SINGLE,
    [['rqs_input: {', 'other: {']],
    'missing field "rqs_input" (flow.yml:1:1 rqs_input).',
  ],
  [
    'both forms of arrivals',
    SINGLE,
    [['topology_graph:', 'arrivals: {}\ntopology_graph:']],
    'expected rqs_input or arrivals, got both (flow.yml:2:1 arrivals).',
  ],
  [
    'missing settings',
    SINGLE,
    [['sim_settings: {}\n', '']],
    'missing field "sim_settings" (flow.yml:1:1 sim_settings).',
  ],
  [
    'missing resources',
    FLOW,
    [['        server_resources: {}\n', '']],
    'missing field "server_resources" (flow.yml:18:9 topology_graph.nodes.servers[1].server_resources).',
  ],
  [
    'an id that is a number',
    FLOW,
    [['client: { id: cli }', 'client: { id: 5 }']],
    'expected a text, got 5 (flow.yml:7:15 topology_graph.nodes.client.id). Put it in quotes.',
  ],
  [
    'an id that YAML 1.1 takes for true',
    FLOW,
    [['client: { id: cli }', 'client: { id: on }']],
    'expected a text, got true (flow.yml:7:15 topology_graph.nodes.client.id). Put it in quotes.',
  ],
  [
    'a mean without a point before its exponent',
    FLOW,
    [['{ mean: 50 }', '{ mean: 5e1 }']],
    'expected a number, got "5e1" (flow.yml:3:23 rqs_input.avg_active_users.mean). Write it without quotes and with a point, e.g. 1.0e-3.',
  ],
  [
    'exponential users',
    FLOW,
    [['{ mean: 50 }', '{ mean: 50, distribution: exponential }']],
    'expected poisson or normal users, got exponential (flow.yml:3:33 rqs_input.avg_active_users.distribution).',
  ],
  [
    'a normal rate',
    FLOW,
    [['{ mean: 30 }', '{ mean: 30, distribution: normal }']],
    'expected a poisson rate, got normal (flow.yml:4:48 rqs_input.avg_request_per_minute_per_user.distribution).',
  ],
  [
    'an unknown distribution',
    FLOW,
    [['{ mean: 50 }', '{ mean: 50, distribution: gamma }']],
    'expected one of poisson, normal, log_normal, exponential, uniform, got "gamma" (flow.yml:3:33 rqs_input.avg_active_users.distribution).',
  ],
  [
    'no users',
    FLOW,
    [['{ mean: 50 }', '{ mean: 0 }']],
    'no arrivals: there are 0 users (flow.yml:3:23 rqs_input.avg_active_users.mean).',
  ],
  [
    'negative users',
    FLOW,
    [['{ mean: 50 }', '{ mean: -1 }']],
    'expected a number of at least 0, got -1 (flow.yml:3:23 rqs_input.avg_active_users.mean).',
  ],
  [
    'a negative rate',
    FLOW,
    [['{ mean: 30 }', '{ mean: -1 }']],
    'no arrivals: the rate is -1 (flow.yml:4:38 rqs_input.avg_request_per_minute_per_user.mean).',
  ],
  [
    'a long window',
    FLOW,
    [['  id: gen\n', '  id: gen\n  user_sampling_window: 121\n']],
    'expected an integer of at most 120, got 121 (flow.yml:3:3 rqs_input.user_sampling_window).',
  ],
  [
    'a fraction of a core',
    FLOW,
    [['cpu_cores: 2', 'cpu_cores: 1.5']],
    'expected an integer, got 1.5 (flow.yml:11:29 topology_graph.nodes.servers[0].server_resources.cpu_cores).',
  ],
  [
    'little memory',
    FLOW,
    [['ram_mb: 1024', 'ram_mb: 128']],
    'expected an integer of at least 256, got 128 (flow.yml:11:43 topology_graph.nodes.servers[0].server_resources.ram_mb).',
  ],
  [
    'infinite memory',
    FLOW,
    [['ram_mb: 1024', 'ram_mb: .inf']],
    'expected a finite number, got Infinity (flow.yml:11:43 topology_graph.nodes.servers[0].server_resources.ram_mb).',
  ],
  [
    'a wrong type of node',
    FLOW,
    [['client: { id: cli }', 'client: { id: cli, type: server }']],
    'expected one of client, got "server" (flow.yml:7:24 topology_graph.nodes.client.type).',
  ],
  [
    'an unknown kind of node',
    FLOW,
    [['    client: {', '    database: {}\n    client: {']],
    'unknown field "database" (flow.yml:7:5 topology_graph.nodes.database).',
  ],
  [
    'an unknown algorithm',
    FLOW,
    [['round_robin', 'round_robbin']],
    'expected one of round_robin, least_connection, got "round_robbin" (flow.yml:8:30 topology_graph.nodes.load_balancer.algorithms). Did you mean "round_robin"?',
  ],
  [
    'an unknown kind of step',
    FLOW,
    [['kind: io_db', 'kind: io_dbs']],
    'expected one of initial_parsing, cpu_bound_operation, ram, io_task_spawn, io_llm, io_wait, io_db, io_cache, got "io_dbs" (flow.yml:17:19 ',
  ],
  [
    'a step with the operation of another',
    FLOW,
    [['{ io_waiting_time: 0.01 }', '{ cpu_time: 0.01 }']],
    'a step of kind io_db needs exactly "io_waiting_time", got cpu_time (flow.yml:17:50 ',
  ],
  [
    'a step with two operations',
    FLOW,
    [['{ io_waiting_time: 0.01 }', '{ io_waiting_time: 1, cpu_time: 1 }']],
    'a step of kind io_db needs exactly "io_waiting_time", got io_waiting_time and cpu_time (flow.yml:17:32 ',
  ],
  [
    'a step that takes no time',
    FLOW,
    [['cpu_time: 0.002', 'cpu_time: 0']],
    'expected a number above 0, got 0 (flow.yml:15:60 topology_graph.nodes.servers[0].endpoints[0].steps[0].step_operation.cpu_time).',
  ],
  [
    'an endpoint without name',
    FLOW,
    [['endpoint_name: /b, ', '']],
    'missing field "endpoint_name" (flow.yml:21:13 topology_graph.nodes.servers[1].endpoints[0].endpoint_name).',
  ],
  [
    'a latency of zero',
    FLOW,
    [[E2, E2.replace('0.002', '0')]],
    'expected a number above 0, got 0 (flow.yml:24:54 topology_graph.edges[1].latency.mean).',
  ],
  [
    'a negative variance',
    FLOW,
    [[E2, E2.replace('exponential', 'normal, variance: -1')]],
    'expected a number of at least 0, got -1 (flow.yml:24:89 topology_graph.edges[1].latency.variance).',
  ],
  [
    'a variance that stops AsyncFlow',
    FLOW,
    [[E2, E2.replace('exponential', 'exponential, variance: 1')]],
    '"variance" has no meaning for exponential, and AsyncFlow stops on it (flow.yml:24:94 topology_graph.edges[1].latency.variance).',
  ],
  [
    'a log_normal beyond all bounds',
    FLOW,
    [[E2, E2.replace('exponential', 'log_normal, variance: 100')]],
    'the mean of this log_normal is not a finite number (flow.yml:24:93 topology_graph.edges[1].latency.variance).',
  ],
  [
    'a dropout above one',
    FLOW,
    [[E2, `${E2}, dropout_rate: 1.1`]],
    'expected a number of at most 1, got 1.1 (flow.yml:24:96 topology_graph.edges[1].dropout_rate).',
  ],
  [
    'an edge to its source',
    FLOW,
    [[E2, E2.replace('target: lb', 'target: cli')]],
    'an edge cannot lead from "cli" to itself (flow.yml:24:31 topology_graph.edges[1].target).',
  ],
  [
    'an edge type',
    FLOW,
    [[E2, `${E2}, edge_type: wire`]],
    'expected one of network_connection, got "wire" (flow.yml:24:96 topology_graph.edges[1].edge_type).',
  ],
  [
    'a short run',
    FLOW,
    [['total_simulation_time: 60', 'total_simulation_time: 4']],
    'expected an integer of at least 5, got 4 (flow.yml:29:17 sim_settings.total_simulation_time).',
  ],
  [
    'a long sample period',
    FLOW,
    [['sample_period_s: 0.05', 'sample_period_s: 0.2']],
    'expected a number of at most 0.1, got 0.2 (flow.yml:29:44 sim_settings.sample_period_s).',
  ],
  [
    'an unknown metric',
    FLOW,
    [['sample_period_s: 0.05', 'enabled_sample_metrics: [ram]']],
    'expected one of ready_queue_len, event_loop_io_sleep, ram_in_use, edge_concurrent_connection, got "ram" (flow.yml:29:69 sim_settings.enabled_sample_metrics[0]).',
  ],
  // Between objects
  [
    'a node id twice',
    FLOW,
    [['- id: s-2\n', '- id: s-1\n']],
    'the node id "s-1" is taken (flow.yml:18:9 topology_graph.nodes.servers[1].id).',
  ],
  [
    'a generator with the id of a node',
    FLOW,
    [['  id: gen\n', '  id: cli\n']],
    'the node id "cli" is taken (flow.yml:2:3 rqs_input.id).',
  ],
  [
    'an edge id twice',
    FLOW,
    [['{ id: e-2, source', '{ id: e-1, source']],
    'the edge id "e-1" is taken (flow.yml:24:9 topology_graph.edges[1].id).',
  ],
  [
    'an unknown target',
    FLOW,
    [[E2, E2.replace('target: lb', 'target: lx')]],
    'unknown target node "lx" (flow.yml:24:31 topology_graph.edges[1].target). Known are s-1, s-2, cli, lb.',
  ],
  [
    'an unknown source',
    FLOW,
    [['source: gen', 'source: gin']],
    'unknown source node "gin" (flow.yml:23:18 topology_graph.edges[0].source).',
  ],
  [
    'an unknown covered server',
    FLOW,
    [['[s-1, s-2]', '[s-1, s-3]']],
    'unknown server "s-3" (flow.yml:8:77 topology_graph.nodes.load_balancer.server_covered[1]).',
  ],
  [
    'a covered server without edge',
    FLOW,
    [['id: e-4, source: lb, target: s-2', 'id: e-4, source: lb, target: s-1']],
    'no edge leads from "lb" to the covered server "s-2" (flow.yml:8:77 topology_graph.nodes.load_balancer.server_covered[1]).',
  ],
  [
    'two edges of the balancer to one server',
    FLOW,
    [['id: e-4, source: lb, target: s-2', 'id: e-4, source: lb, target: s-1']],
    'the load balancer leads to "s-1" twice (flow.yml:26:30 topology_graph.edges[3].target).',
  ],
  [
    'two edges of a server',
    FLOW,
    [['id: e-6, source: s-2', 'id: e-6, source: s-1']],
    '"s-1" has several outgoing edges; only the load balancer may (flow.yml:28:18 topology_graph.edges[5].source).',
  ],
  [
    'no servers',
    SINGLE,
    [['\n      - { id: srv, server_resources: {}, endpoints: [{ endpoint_name: a, steps: [] }] }', ' []']],
    'expected at least one server, got none (flow.yml:5:5 topology_graph.nodes.servers).',
  ],
  [
    'an event id twice',
    FLOW,
    [['event_id: v-2', 'event_id: v-1']],
    'the event id "v-1" is taken (flow.yml:35:5 events[1].event_id).',
  ],
  [
    'an event on nothing',
    FLOW,
    [['target_id: s-1', 'target_id: s-9']],
    'unknown target "s-9" (flow.yml:36:5 events[1].target_id).',
  ],
  [
    'an outage of an edge',
    FLOW,
    [['target_id: s-1', 'target_id: e-1']],
    'an outage needs a server, got the edge "e-1" (flow.yml:36:5 events[1].target_id).',
  ],
  [
    'a spike on a server',
    FLOW,
    [['target_id: e-2', 'target_id: s-2']],
    'a network spike needs an edge, got the server "s-2" (flow.yml:32:5 events[0].target_id).',
  ],
  [
    'an event that ends as another',
    FLOW,
    [['kind: server_up', 'kind: network_spike_end']],
    'an event that starts with server_down ends with server_up, got network_spike_end (flow.yml:38:12 events[1].end.kind).',
  ],
  [
    'an event that ends before it starts',
    FLOW,
    [['t_end: 40', 't_end: 30']],
    'the event "v-2" ends at 30, not after its start at 30 (flow.yml:38:29 events[1].end.t_end).',
  ],
  [
    'a spike without height',
    FLOW,
    [[', spike_s: 0.5', '']],
    'missing field "spike_s" (flow.yml:33:5 events[0].start.spike_s).',
  ],
  [
    'an outage with height',
    FLOW,
    [['t_start: 30', 't_start: 30, spike_s: 1']],
    'an outage has no "spike_s" (flow.yml:37:46 events[1].start.spike_s).',
  ],
  [
    'an unknown key of a start',
    FLOW,
    [['t_start: 30', 't_start: 30, tstart: 1']],
    'unknown field "tstart" (flow.yml:37:46 events[1].start.tstart). Did you mean "t_start"?',
  ],
  [
    'an event after the end',
    FLOW,
    [['t_end: 40', 't_end: 61']],
    'the event ends at 61, after the end of the run at 60 (flow.yml:38:29 events[1].end.t_end).',
  ],
  // What AsyncFlow accepts and cannot run
  [
    'memory that can never fit',
    FLOW,
    [['necessary_ram: 64', 'necessary_ram: 1025']],
    'endpoint "/home" reserves 1025 MB and can never fit into the 1024 MB of "s-1" (flow.yml:13:13 topology_graph.nodes.servers[0].endpoints[0]).',
  ],
  [
    'no endpoints',
    SINGLE,
    [['[{ endpoint_name: a, steps: [] }]', '[]']],
    'expected at least one endpoint, got none (flow.yml:6:42 topology_graph.nodes.servers[0].endpoints).',
  ],
  [
    'a generator without edge',
    SINGLE,
    [
      [
        '    - { id: e-1, source: gen, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }\n',
        '',
      ],
    ],
    'no edge leads from the generator "gen" (flow.yml:1:14 rqs_input.id).',
  ],
  [
    'a client without edge',
    SINGLE,
    [
      [
        '    - { id: e-2, source: cli, target: srv, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }\n',
        '',
      ],
    ],
    'no edge leads from "cli" (flow.yml:4:15 topology_graph.nodes.client.id).',
  ],
  [
    'a server without edge',
    SINGLE,
    [
      [
        '    - { id: e-3, source: srv, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }\n',
        '',
      ],
    ],
    'no edge leads from "srv" (flow.yml:6:11 topology_graph.nodes.servers[0].id).',
  ],
  [
    'a balancer that leads to the client',
    FLOW,
    [
      ['[s-1, s-2]', '[s-1]'],
      ['id: e-4, source: lb, target: s-2', 'id: e-4, source: lb, target: cli'],
    ],
    'the load balancer cannot lead to the client "cli" (flow.yml:26:30 topology_graph.edges[3].target).',
  ],
  [
    'servers in a ring',
    FLOW,
    [['id: e-6, source: s-2, target: cli', 'id: e-6, source: s-2, target: lb']],
    'the edges form a cycle: lb -> s-2 -> lb (flow.yml:28:31 topology_graph.edges[5].target).',
  ],
  [
    'a generator that bypasses the client',
    SINGLE,
    [['source: gen, target: cli', 'source: gen, target: srv']],
    'the generator must lead to the client "cli", got "srv" (flow.yml:8:31 topology_graph.edges[0].target).',
  ],
  [
    'an edge with the id of a node',
    SINGLE,
    [['id: e-2', 'id: srv']],
    'the edge id "srv" is the id of a node (flow.yml:9:9 topology_graph.edges[1].id).',
  ],
  [
    'a key twice',
    SINGLE,
    [['sim_settings: {}', 'sim_settings: {}\nsim_settings: {}']],
    'the same key appears twice in one mapping (flow.yml:12:1 sim_settings).',
  ],
  [
    'arrivals that we cannot draw',
    SINGLE.replace(
      /^rqs_input.*$/m,
      'arrivals: { id: gen, lambda_rps: 25, model: pareto, variability: high }',
    ),
    [],
    'pareto arrivals of high variability cannot be expressed here (flow.yml:1:38 arrivals.model).',
  ],
  [
    'arrivals without variability',
    SINGLE.replace(/^rqs_input.*$/m, 'arrivals: { id: gen, lambda_rps: 25, model: erlang }'),
    [],
    'missing field "variability" (flow.yml:1:1 arrivals.variability). Choose one of low, medium, high.',
  ],
]

test.each(CASES)('%s', (_, base, changes, message) => {
  const messages = refusalsOf(change(base, ...changes))
  expect(
    messages.filter((found) => found.startsWith(message)),
    messages.join('\n'),
  ).toHaveLength(1)
})

test('the scenarios that they change are fine', () => {
  expect(refusalsOf(FLOW)).toEqual([])
  expect(refusalsOf(SINGLE)).toEqual([])
})

const outage = (id: string, target: string, from: number, until: number): string =>
  `  - { event_id: ${id}, target_id: ${target}, start: { kind: server_down, t_start: ${from} }, end: { kind: server_up, t_end: ${until} } }\n`

test.each([
  [
    'all servers at once',
    [outage('a', 's-2', 35, 45)],
    ['at 35 all servers are down (flow.yml:39:64 events[2].start.t_start). Keep at least one up.'],
  ],
  ['one after the other', [outage('a', 's-2', 40, 45)], []],
  [
    'overlapping on one server',
    [outage('a', 's-1', 35, 45)],
    ['the outages of "s-1" overlap at 35 (flow.yml:39:64 events[2].start.t_start). "v-2" lasts until 40.'],
  ],
  ['back to back', [outage('a', 's-1', 40, 45)], []],
])('outages of %s', (_, more, messages) => {
  expect(refusalsOf(FLOW + more.join(''))).toEqual(messages)
})

test('an outage of the only server is one of all', () => {
  expect(refusalsOf(`${SINGLE}events:\n${outage('a', 'srv', 1, 2)}`)[0]).toContain(
    'at 1 all servers are down',
  )
})

test('several problems are reported together', () => {
  expect(
    refusalsOf(
      change(
        FLOW,
        ['{ mean: 50 }', '{ mean: x }'],
        ['cpu_cores: 2', 'cpu_cores: 0'],
        ['t_start: 30', 't_start: -1'],
      ),
    ),
  ).toHaveLength(3)
})
