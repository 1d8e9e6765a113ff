import { expect, test } from 'vitest'
import { formatProblem } from '../../../../src/errors.ts'
import { importAsyncFlow, MEGABYTE, parseScenario } from '../../../../src/scenario/index.ts'
import { change } from '../support.ts'
import { FLOW, loadFlow, SINGLE } from './support.ts'

const latency = (mean: number): object => ({ kind: 'exponential', mean })

test('generator, client, edges, balancer, servers and events have their counterparts', () => {
  const { scenario } = loadFlow(FLOW)
  expect(scenario).toMatchObject({ name: 'flow', horizon: 60, warmup: 0, samplePeriod: 0.05, seed: 0 })
  expect(scenario.workloads).toEqual([
    {
      name: 'gen',
      to: 'cli',
      arrivals: { kind: 'users', users: { kind: 'poisson', mean: 50 }, perMinute: 30, window: 60 },
      classes: [{ name: 'default', weight: 1, priority: 0 }],
    },
  ])
  expect(scenario.relays).toEqual([{ name: 'cli', to: 'lb' }])
  expect(scenario.links).toEqual([
    { name: 'e-1', from: 'gen', to: 'cli', latency: latency(0.003), loss: 0.01, oneWay: true },
    { name: 'e-2', from: 'cli', to: 'lb', latency: latency(0.002), loss: 0.01, oneWay: true },
    { name: 'e-3', from: 'lb', to: 's-1', latency: latency(0.002), loss: 0.01, oneWay: true },
    { name: 'e-4', from: 'lb', to: 's-2', latency: latency(0.002), loss: 0.01, oneWay: true },
    { name: 'e-5', from: 's-1', to: 'cli', latency: latency(0.003), loss: 0, oneWay: true },
    { name: 'e-6', from: 's-2', to: 'cli', latency: latency(0.003), loss: 0, oneWay: true },
  ])
  expect(scenario.balancers).toEqual([
    {
      name: 'lb',
      policy: { name: 'rotating-list', params: {} },
      targets: ['s-1', 's-2'],
      weights: [1, 1],
      noBackend: 0,
      response: 'direct',
    },
  ])
  expect(scenario.services[0]).toEqual({
    name: 's-1',
    groups: [{ count: 1, speed: 1 }],
    cores: 2,
    discipline: 'fifo',
    memory: 1024 * MEGABYTE,
    workers: Number.POSITIVE_INFINITY,
    endpoints: [
      {
        name: '/home',
        steps: [
          { kind: 'cpu', demand: { kind: 'constant', value: 0.002 } },
          { kind: 'memory', bytes: 64 * MEGABYTE },
          { kind: 'io', duration: { kind: 'constant', value: 0.01 } },
        ],
      },
    ],
    cost: 1,
  })
  expect(scenario.services[1]).toMatchObject({
    cores: 1,
    memory: 1024 * MEGABYTE,
    endpoints: [{ name: '/b', steps: [] }],
  })
  expect(scenario.events).toEqual([
    { kind: 'latency', link: 'e-2', add: 0.5, at: 10, until: 20 },
    { kind: 'outage', service: 's-1', slot: 0, mode: 'drain', balancer: 'lb', at: 30, until: 40 },
  ])
})

test('defaults are those of AsyncFlow', () => {
  expect(loadFlow(SINGLE).scenario).toMatchObject({
    horizon: 3600,
    samplePeriod: 0.01,
    balancers: [],
    events: [],
    relays: [{ name: 'cli', to: 'srv' }],
  })
})

test.each(['rqs_input:', 'topology_graph:', 'sim_settings:'])(
  'a file with %s is recognised, as text and as value',
  (key) => {
    expect(() => loadFlow(`${key} {}\n`)).toThrow('missing field')
    expect(() => parseScenario({ [key.slice(0, -1)]: {} })).toThrow('missing field')
  },
)

test('least_connection looks at what is on the wire', () => {
  expect(loadFlow(change(FLOW, ['round_robin', 'least_connection'])).scenario.balancers[0]?.policy.name).toBe(
    'least-in-transit',
  )
})

test('the order of the edges is that of the targets', () => {
  const swapped = change(
    FLOW,
    ['id: e-3, source: lb, target: s-1', 'id: e-3, source: lb, target: s-X'],
    ['id: e-4, source: lb, target: s-2', 'id: e-4, source: lb, target: s-1'],
    ['s-X', 's-2'],
  )
  expect(loadFlow(swapped).scenario.balancers[0]?.targets).toEqual(['s-2', 's-1'])
})

test('a server may lead to another server, which answers the client', () => {
  const chain = change(
    SINGLE,
    [
      '    - { id: e-3, source: srv, target: cli,',
      '    - { id: e-4, source: srv, target: db, latency: { mean: 1 } }\n    - { id: e-3, source: db, target: cli,',
    ],
    [
      '  edges:',
      '      - { id: db, server_resources: {}, endpoints: [{ endpoint_name: q, steps: [] }] }\n  edges:',
    ],
  )
  const { scenario } = loadFlow(chain)
  expect(scenario.services.map(({ name, endpoints }) => [name, endpoints[0]?.steps])).toEqual([
    ['srv', [{ kind: 'forward', to: 'db' }]],
    ['db', []],
  ])
})

test.each([
  ['mean: 0.003, distribution: exponential', { kind: 'exponential', mean: 0.003 }],
  ['mean: 2', { kind: 'poisson', mean: 2 }],
  ['mean: 0.01, distribution: normal', { kind: 'clippedNormal', mu: 0.01, sigma: 0.01 }],
  ['mean: 0.01, distribution: normal, variance: 0.002', { kind: 'clippedNormal', mu: 0.01, sigma: 0.002 }],
  ['mean: 0.7, distribution: uniform', { kind: 'uniform', low: 0, high: 1 }],
  ['mean: yes, distribution: exponential', { kind: 'exponential', mean: 1 }],
  ['mean: 1_0.5, distribution: exponential', { kind: 'exponential', mean: 10.5 }],
])('latency { %s } is what AsyncFlow draws', (written, distribution) => {
  const text = change(SINGLE, [
    'id: e-2, source: cli, target: srv, latency: { mean: 0.003, distribution: exponential }',
    `id: e-2, source: cli, target: srv, latency: { ${written} }`,
  ])
  expect(loadFlow(text).scenario.links[1]?.latency).toEqual(distribution)
})

test('mean and variance of a log_normal are those of the logarithm', () => {
  const text = change(SINGLE, [
    'target: srv, latency: { mean: 0.003, distribution: exponential }',
    'target: srv, latency: { mean: 0.01, distribution: log_normal }',
  ])
  const drawn = loadFlow(text).scenario.links[1]?.latency
  expect(drawn).toMatchObject({
    kind: 'lognormal',
    mean: expect.closeTo(Math.exp(0.01 + 0.01 ** 2 / 2), 12),
    cv: expect.closeTo(Math.sqrt(Math.expm1(0.01 ** 2)), 12),
  })
})

test('normal users are drawn with the variance as standard deviation', () => {
  const text = change(SINGLE, [
    'avg_active_users: { mean: 50 }',
    'avg_active_users: { mean: 50, distribution: normal, variance: 4 }, user_sampling_window: 30',
  ])
  expect(loadFlow(text).scenario.workloads[0]?.arrivals).toMatchObject({
    users: { kind: 'clippedNormal', mu: 50, sigma: 4 },
    window: 30,
  })
})

test('numbers may be texts where AsyncFlow takes them', () => {
  const text = change(SINGLE, [
    'sim_settings: {}',
    'sim_settings: { total_simulation_time: "10", sample_period_s: 5e-2 }',
  ])
  expect(loadFlow(text).scenario).toMatchObject({ horizon: 10, samplePeriod: 0.05 })
})

test('merge keys and anchors work as in YAML 1.1', () => {
  const text = change(
    SINGLE,
    [
      '{ id: e-1, source: gen, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }',
      '&edge { id: e-1, source: gen, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }',
    ],
    [
      '{ id: e-2, source: cli, target: srv, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }',
      '{ <<: *edge, id: e-2, source: cli, target: srv }',
    ],
  )
  expect(loadFlow(text).scenario).toEqual(loadFlow(SINGLE).scenario)
})

test('names keep dots and spaces', () => {
  const text = SINGLE.replaceAll('srv', 'api.eu-1 (blue)')
  expect(loadFlow(text).scenario.services[0]?.name).toBe('api.eu-1 (blue)')
})

test('the text and its value mean the same', () => {
  const value = { ...(JSON.parse(JSON.stringify(flowValue)) as object) }
  expect(importAsyncFlow(value, { file: 'flow.yml' })).toEqual(loadFlow(SINGLE).scenario)
})

const exponential = { mean: 0.003, distribution: 'exponential' }
const flowValue = {
  rqs_input: { id: 'gen', avg_active_users: { mean: 50 }, avg_request_per_minute_per_user: { mean: 30 } },
  topology_graph: {
    nodes: {
      client: { id: 'cli' },
      servers: [{ id: 'srv', server_resources: {}, endpoints: [{ endpoint_name: 'A', steps: [] }] }],
    },
    edges: [
      { id: 'e-1', source: 'gen', target: 'cli', latency: exponential, dropout_rate: 0 },
      { id: 'e-2', source: 'cli', target: 'srv', latency: exponential, dropout_rate: 0 },
      { id: 'e-3', source: 'srv', target: 'cli', latency: exponential, dropout_rate: 0 },
    ],
  },
  sim_settings: {},
}

const LATER = SINGLE.replace(/^rqs_input.*$/m, 'arrivals: { id: gen, lambda_rps: 25, model: poisson }')

test.each([
  ['model: poisson', { kind: 'poisson', rate: 25 }],
  ['model: exponential', { kind: 'poisson', rate: 25 }],
  ['model: deterministic', { kind: 'deterministic', rate: 25 }],
  ['model: erlang, variability: low', { kind: 'gamma', rate: 25, cv: 0.5 }],
  ['model: erlang, variability: high', { kind: 'poisson', rate: 25 }],
  ['model: weibull, variability: medium', { kind: 'poisson', rate: 25 }],
])('the later form, arrivals: { %s }', (written, arrivals) => {
  expect(loadFlow(change(LATER, ['model: poisson', written])).scenario.workloads[0]?.arrivals).toEqual(
    arrivals,
  )
})

test('the later form has plain latencies, random steps and memory of processes', () => {
  const text = change(
    LATER,
    ['target: srv, latency: { mean: 0.003, distribution: exponential }', 'target: srv, latency: 0.004'],
    ['server_resources: {},', 'server_resources: { cpu_cores: 2 }, ram_per_process: 100,'],
    [
      'steps: []',
      'steps: [{ kind: io_wait, step_operation: { io_waiting_time: { mean: 0.1, distribution: exponential } } }]',
    ],
  )
  const { links, services } = loadFlow(text).scenario
  expect(links[1]?.latency).toEqual({ kind: 'constant', value: 0.004 })
  expect(services[0]?.memory).toBe(824 * MEGABYTE)
  expect(services[0]?.endpoints[0]?.steps).toEqual([
    { kind: 'io', duration: { kind: 'exponential', mean: 0.1 } },
  ])
})

const ALWAYS = [
  "samples are labelled with the instant at which they are taken; AsyncFlow's labels are one period early",
  "arrivals keep to their windows; AsyncFlow's generator skips the end of each and so runs ahead of the clock",
]

test('a plain file has the two differences that every file has', () => {
  expect(loadFlow(SINGLE).warnings.map(({ what }) => what)).toEqual(ALWAYS)
  expect(loadFlow(LATER).warnings.map(({ what }) => what)).toEqual(ALWAYS.slice(0, 1))
})

test.each([
  [
    'lost requests',
    SINGLE.replaceAll(', dropout_rate: 0 ', ' '),
    'requests lost on the way are counted with the outcome "lost"; AsyncFlow does not count them (and at 2 more places) (flow.yml:8:7 topology_graph.edges[0]).',
  ],
  [
    'ignored keys',
    change(SINGLE, ['endpoint_name: a,', 'endpoint_name: a, probability: 1.0,']),
    '"probability" is not a field of AsyncFlow\'s format and is ignored, as there (flow.yml:6:74 topology_graph.nodes.servers[0].endpoints[0].probability).',
  ],
  [
    'the connection pool',
    change(SINGLE, ['server_resources: {}', 'server_resources: { db_connection_pool: 5 }']),
    '"db_connection_pool" has no effect, as in AsyncFlow (flow.yml:6:40 ',
  ],
  [
    'an outage without balancer',
    change(
      FLOW,
      [
        'source: lb, target: s-1, latency: { mean: 0.002, distribution: exponential }',
        'source: lb, target: s-3, latency: { mean: 0.002, distribution: exponential }',
      ],
      ['[s-1, s-2]', '[s-2]'],
      [
        '      - id: s-2\n',
        '      - { id: s-3, server_resources: {}, endpoints: [{ endpoint_name: a, steps: [] }] }\n      - id: s-2\n',
      ],
      [
        '    - { id: e-5, source: s-1',
        '    - { id: e-7, source: s-3, target: s-1, latency: { mean: 1, distribution: exponential } }\n    - { id: e-5, source: s-1',
      ],
    ),
    'the outage of "s-1" has no effect, as in AsyncFlow: no load balancer leads to it (flow.yml:',
  ],
  [
    'a second edge of the generator',
    change(SINGLE, [
      '  edges:\n',
      '  edges:\n    - { id: e-0, source: gen, target: cli, latency: { mean: 9, distribution: exponential }, dropout_rate: 0 }\n',
    ]),
    'the edge "e-0" of the generator has no effect, as in AsyncFlow: the last one counts (flow.yml:8:7 ',
  ],
  [
    'a poisson latency',
    change(SINGLE, [
      'target: srv, latency: { mean: 0.003, distribution: exponential }',
      'target: srv, latency: { mean: 1 }',
    ]),
    'drawn as AsyncFlow draws it: a poisson latency is a whole number of seconds (flow.yml:9:44 ',
  ],
  [
    'a subset of the series',
    change(SINGLE, ['sim_settings: {}', 'sim_settings: { enabled_sample_metrics: [ram_in_use] }']),
    'all series are collected, not only the enabled ones (flow.yml:11:17 ',
  ],
  [
    'llm_cost',
    change(SINGLE, ['sim_settings: {}', 'sim_settings: { enabled_event_metrics: [rqs_clock, llm_cost] }']),
    '"llm_cost" is not computed, as in AsyncFlow (flow.yml:11:17 ',
  ],
  [
    'two endpoints of one name',
    change(SINGLE, [
      '[{ endpoint_name: a, steps: [] }]',
      '[{ endpoint_name: a, steps: [] }, { endpoint_name: A, steps: [] }]',
    ]),
    'a second endpoint "a" is called "a#2" (flow.yml:6:89 ',
  ],
  [
    'a server that nothing leads to',
    change(SINGLE, [
      '  edges:\n',
      '      - { id: idle, server_resources: {}, endpoints: [{ endpoint_name: a, steps: [] }] }\n  edges:\n',
    ]),
    'nothing leads to "idle"; it stays idle (flow.yml:7:11 ',
  ],
])('what else differs is said once: %s', (_, text, message) => {
  const messages = loadFlow(text).warnings.map(formatProblem)
  expect(
    messages.filter((found) => found.startsWith(message)),
    messages.join('\n'),
  ).toHaveLength(1)
})

test('the outage without effect is left out, and the first edge of the generator too', () => {
  const text = change(SINGLE, [
    '  edges:\n',
    '  edges:\n    - { id: e-0, source: gen, target: cli, latency: { mean: 9 } }\n',
  ])
  expect(loadFlow(text).scenario.links.map(({ name }) => name)).toEqual(['e-1', 'e-2', 'e-3'])
})

test('all servers behind the balancer may be down where another is not', () => {
  const text = change(
    FLOW,
    ['[s-1, s-2]', '[s-1]'],
    ['    - { id: e-4, source: lb, target: s-2, latency: { mean: 0.002, distribution: exponential } }\n', ''],
  )
  expect(loadFlow(text).warnings.map(({ what }) => what)).toContain(
    'all servers behind the load balancer are down: their requests end "unavailable", where AsyncFlow crashes',
  )
})
