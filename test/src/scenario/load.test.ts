import { expect, test } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'
import { change, load, SHOP } from './support.ts'

test('a scenario is loaded with SI numbers and names', () => {
  const scenario = load(SHOP)
  expect(scenario).toMatchObject({
    name: 'Shop',
    horizon: 600,
    warmup: 60,
    seed: 0,
    samplePeriod: 1,
    relays: [],
    slo: [],
  })
  expect(scenario.workloads).toEqual([
    {
      name: 'shoppers',
      to: 'edge',
      arrivals: { kind: 'poisson', rate: 120 },
      timeout: { kind: 'constant', value: 3 },
      retry: {
        attempts: 3,
        backoff: { base: 0.1, factor: 2, max: Number.POSITIVE_INFINITY, jitter: 'full' },
      },
      classes: [
        { name: 'browse', weight: 8, endpoint: 'browse', priority: 1 },
        { name: 'buy', weight: 2, endpoint: 'buy', priority: 0, deadline: 2 },
      ],
    },
  ])
  expect(scenario.links[0]).toEqual({
    name: 'shoppers->edge',
    from: 'shoppers',
    to: 'edge',
    latency: { kind: 'lognormal', mean: 0.02, cv: 0.3 },
    loss: 0.001,
    oneWay: false,
  })
  expect(scenario.balancers).toEqual([
    {
      name: 'edge',
      policy: { name: 'least-request', params: {} },
      targets: ['web'],
      weights: [1],
      noBackend: 0,
      response: 'proxy',
    },
  ])
  expect(scenario.services[0]).toMatchObject({
    name: 'web',
    groups: [{ count: 4, speed: 1 }],
    cores: 2,
    discipline: 'fifo',
    memory: 2 ** 32,
    workers: Number.POSITIVE_INFINITY,
    cost: 1,
    autoscaler: {
      policy: { name: 'hpa', params: { target: '60%' } },
      min: 2,
      max: 20,
      interval: 15,
      startup: { kind: 'constant', value: 30 },
      metricDelay: 0,
    },
  })
  expect(scenario.events).toEqual([
    { kind: 'outage', service: 'web', slot: 2, mode: 'drain', at: 120, until: 180 },
    { kind: 'latency', link: 'edge->web', add: 0.05, at: 300, until: 360 },
    { kind: 'surge', workload: 'shoppers', factor: 3, at: 450, until: 480 },
    {
      kind: 'slow',
      service: 'web',
      factor: 4,
      at: 0,
      until: Number.POSITIVE_INFINITY,
      spells: { for: { kind: 'exponential', mean: 2 }, gap: { kind: 'exponential', mean: 6 } },
    },
  ])
})

const MINIMAL = `horizon: 1min
workloads: { users: { to: web, arrivals: { poisson: { rate: 1 } } } }
services: { web: { endpoints: { main: [{ cpu: 1ms }] } } }
`

test('what is left out has its default', () => {
  const { workloads, services, links, balancers, events, samplePeriod } = load(MINIMAL)
  expect(workloads[0]?.classes).toEqual([{ name: 'default', weight: 1, priority: 0 }])
  expect(services[0]).toEqual({
    name: 'web',
    groups: [{ count: 1, speed: 1 }],
    cores: 1,
    discipline: 'fifo',
    memory: Number.POSITIVE_INFINITY,
    workers: Number.POSITIVE_INFINITY,
    endpoints: [{ name: 'main', steps: [{ kind: 'cpu', demand: { kind: 'constant', value: 0.001 } }] }],
    cost: 1,
  })
  expect([links, balancers, events]).toEqual([[], [], []])
  expect(samplePeriod).toBe(0.1)
})

test('a scalable service without replicas starts at its min', () => {
  const text = change(SHOP, ['    replicas: 4\n', ''])
  expect(load(text).services[0]?.groups).toEqual([{ count: 2, speed: 1 }])
})

test.each([
  ['poisson: { rate: 600/min }', { kind: 'poisson', rate: 10 }],
  ['deterministic: { rate: 2 }', { kind: 'deterministic', rate: 2 }],
  ['gamma: { rate: 2, cv: 3 }', { kind: 'gamma', rate: 2, cv: 3 }],
  [
    'users: { users: 100, perMinute: 20 }',
    { kind: 'users', users: { kind: 'constant', value: 100 }, perMinute: 20, window: 60 },
  ],
  [
    'users: { users: { poisson: { mean: 100 } }, perMinute: 20, window: 30s }',
    { kind: 'users', users: { kind: 'poisson', mean: 100 }, perMinute: 20, window: 30 },
  ],
  [
    'closed: { users: 5, think: { exponential: { mean: 1s } } }',
    { kind: 'closed', users: 5, think: { kind: 'exponential', mean: 1 } },
  ],
  ['trace: { times: [0, 500ms, 2] }', { kind: 'trace', times: [0, 0.5, 2] }],
])('arrivals: { %s }', (written, arrivals) => {
  expect(load(change(MINIMAL, ['poisson: { rate: 1 }', written])).workloads[0]?.arrivals).toEqual(arrivals)
})

test.each([
  ['5ms', { kind: 'constant', value: 0.005 }],
  ['{ constant: 5ms }', { kind: 'constant', value: 0.005 }],
  ['{ exponential: { mean: 5ms } }', { kind: 'exponential', mean: 0.005 }],
  ['{ uniform: { low: 1ms, high: 2ms } }', { kind: 'uniform', low: 0.001, high: 0.002 }],
  ['{ normal: { mean: 5ms, cv: 0.2 } }', { kind: 'normal', mean: 0.005, cv: 0.2 }],
  ['{ lognormal: { mean: 5ms, cv: 2 } }', { kind: 'lognormal', mean: 0.005, cv: 2 }],
  ['{ gamma: { mean: 5ms, cv: 2 } }', { kind: 'gamma', mean: 0.005, cv: 2 }],
  ['{ erlang: { k: 3, mean: 5ms } }', { kind: 'erlang', k: 3, mean: 0.005 }],
  ['{ weibull: { mean: 5ms, cv: 2 } }', { kind: 'weibull', mean: 0.005, cv: 2 }],
  ['{ pareto: { mean: 5ms, shape: 2.5 } }', { kind: 'pareto', mean: 0.005, shape: 2.5 }],
  ['{ hyperexponential: { mean: 5ms, cv: 2 } }', { kind: 'hyperexponential', mean: 0.005, cv: 2 }],
  ['{ empirical: { values: [1ms, 2ms] } }', { kind: 'empirical', values: [0.001, 0.002] }],
  [
    '{ empirical: { quantiles: [[0, 1ms], [1, 2ms]] } }',
    {
      kind: 'empiricalQuantiles',
      quantiles: [
        [0, 0.001],
        [1, 0.002],
      ],
    },
  ],
])('cpu: %s', (written, demand) => {
  expect(load(change(MINIMAL, ['1ms', written])).services[0]?.endpoints[0]?.steps[0]).toEqual({
    kind: 'cpu',
    demand,
  })
})

test('steps nest', () => {
  const steps =
    '[{ parallel: [[{ io: 1 }], []] }, { choose: [{ steps: [{ io: 2 }] }, { weight: 3, steps: [] }] }, { repeat: { times: 2, steps: [{ io: 3 }] } }]'
  const io = (value: number): object => ({ kind: 'io', duration: { kind: 'constant', value } })
  expect(load(change(MINIMAL, ['[{ cpu: 1ms }]', steps])).services[0]?.endpoints[0]?.steps).toEqual([
    { kind: 'parallel', branches: [[io(1)], []] },
    {
      kind: 'choose',
      options: [
        { weight: 1, steps: [io(2)] },
        { weight: 3, steps: [] },
      ],
    },
    { kind: 'repeat', times: 2, steps: [io(3)] },
  ])
})

test('a call may say how patient it is', () => {
  const text = change(SHOP, [
    '{ call: store }',
    '{ call: { to: store, endpoint: read, timeout: 1s, retry: { attempts: 2, backoff: { constant: 5ms } } } }',
  ])
  expect(load(text).services[0]?.endpoints[0]?.steps[2]).toEqual({
    kind: 'call',
    to: 'store',
    endpoint: 'read',
    timeout: { kind: 'constant', value: 1 },
    retry: {
      attempts: 2,
      backoff: { base: 0.005, factor: 1, max: Number.POSITIVE_INFINITY, jitter: 'none' },
    },
  })
})

test('targets have an order and weights', () => {
  const text = change(
    SHOP,
    ['to: web }', 'targets: [{ to: web, weight: 2 }, more] }'],
    ['  store:\n', '  more: { endpoints: { browse: [], buy: [] } }\n  store:\n'],
  )
  expect(load(text).balancers[0]).toMatchObject({ targets: ['web', 'more'], weights: [2, 1] })
})

test('a link may end at one slot, have a name, and lead one way', () => {
  const text = change(SHOP, [
    '  - { from: edge, to: web, latency: 1ms }',
    '  - { from: edge, to: web, latency: 1ms }\n  - { name: far, from: edge, to: web/3, latency: 9ms, oneWay: true }',
  ])
  expect(load(text).links[2]).toMatchObject({ name: 'far', to: 'web/3', oneWay: true, loss: 0 })
})

test('objectives are parsed', () => {
  const text =
    `slo: [p95 < 250ms, p99.9 < 1s, p999<2, mean < 1s, errors < 0.1%, throughput > 600/min]\n${SHOP}`.replace(
      'p999<2',
      'p999 < 2s',
    )
  expect(load(text).slo).toEqual([
    { kind: 'latency', quantile: 0.95, below: 0.25, text: 'p95 < 250ms' },
    { kind: 'latency', quantile: 0.999, below: 1, text: 'p99.9 < 1s' },
    { kind: 'latency', quantile: 0.999, below: 2, text: 'p999 < 2s' },
    { kind: 'mean', below: 1, text: 'mean < 1s' },
    { kind: 'errors', below: 0.001, text: 'errors < 0.1%' },
    { kind: 'throughput', above: 10, text: 'throughput > 600/min' },
  ])
})

test('a profile moves the rate', () => {
  const text = change(MINIMAL, [
    'rate: 1 } }',
    'rate: 1 } }, profile: { diurnal: { amplitude: 0.5, period: 24h } }',
  ])
  expect(load(text).workloads[0]?.profile).toEqual({
    kind: 'diurnal',
    amplitude: 0.5,
    period: 86400,
    phase: 0,
  })
})

test('JSON is read as well', () => {
  const json = JSON.stringify({
    horizon: 60,
    workloads: { users: { to: 'web', arrivals: { poisson: { rate: 1 } } } },
    services: { web: { endpoints: { main: [{ cpu: '1ms' }] } } },
  })
  expect(loadScenario(json)).toEqual(loadScenario(MINIMAL))
})

test('anchors may repeat a value', () => {
  const text = change(
    SHOP,
    [
      'browse: [{ cpu: 3ms }, { memory: 8MiB }, { call: store }, { cpu: 1ms }]',
      'browse: &steps [{ call: store }]',
    ],
    ['buy: [{ cpu: 4ms }, { memory: 16MiB }, { io: 10ms }]', 'buy: *steps'],
  )
  expect(load(text).services[0]?.endpoints[1]?.steps).toEqual([{ kind: 'call', to: 'store' }])
})
