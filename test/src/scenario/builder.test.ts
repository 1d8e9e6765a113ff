import { expect, test } from 'vitest'
import { parseScenario, scenario, scenarioHash } from '../../../src/scenario/index.ts'
import { caught, load, SHOP } from './support.ts'

const shop = scenario('Shop')
  .set({ horizon: 600, warmup: '60s' })
  .workload('shoppers', {
    to: 'edge',
    arrivals: { poisson: { rate: 120 } },
    classes: {
      browse: { weight: 8, endpoint: 'browse', priority: 1 },
      buy: { weight: 2, endpoint: 'buy', deadline: 2 },
    },
    timeout: 3,
    retry: { attempts: 3, backoff: { exponential: { base: '100ms', jitter: 'full' } } },
  })
  .link({ from: 'shoppers', to: 'edge', latency: { lognormal: { mean: 0.02, cv: 0.3 } }, loss: 0.001 })
  .link({ from: 'edge', to: 'web', latency: 0.001 })
  .balancer('edge', { policy: 'least-request', to: 'web' })
  .service('web', {
    replicas: 4,
    cores: 2,
    memory: '4GiB',
    endpoints: {
      browse: [{ cpu: 0.003 }, { memory: '8MiB' }, { call: 'store' }, { cpu: 0.001 }],
      buy: [{ cpu: 0.004 }, { memory: 2 ** 24 }, { io: 0.01 }],
    },
    autoscaler: { policy: { hpa: { target: '60%' } }, min: 2, max: 20, startup: 30 },
  })
  .service('store', { endpoints: { read: [{ cpu: { exponential: { mean: 0.001 } } }] } })
  .event({ outage: 'web/2', at: 120, for: '1min' })
  .event({ latency: 'edge->web', add: 0.05, at: 300, for: 60 })
  .event({ surge: 'shoppers', factor: 3, at: 450, for: 30 })
  .event({
    slow: 'web',
    factor: 4,
    spells: { for: { exponential: { mean: 2 } }, gap: { exponential: { mean: 6 } } },
  })

test('the builder and the text give the same scenario', () => {
  expect(shop.build()).toEqual(load(SHOP))
  expect(scenarioHash(shop.build())).toBe(scenarioHash(load(SHOP)))
})

test('what the builder holds can be written down and read again', () => {
  expect(parseScenario(JSON.parse(JSON.stringify(shop)))).toEqual(shop.build())
})

test('problems have paths', () => {
  const bad = shop
    .service('cache', { cores: 0, endpoints: { get: [] } })
    .workload('more', { to: 'nowhere', arrivals: { poisson: { rate: 1 } } })
  expect(caught(() => bad.build()).map(({ path, line }) => [path, line])).toEqual([
    ['services.cache.cores', undefined],
    ['workloads.more.to', undefined],
  ])
})

test('a builder is a value: variants share their beginning', () => {
  const before = shop.build()
  shop.event({ surge: 'shoppers', factor: 2, at: 1 })
  expect(shop.build()).toEqual(before)
})

test('a component given twice is refused', () => {
  const twice = shop.service('web', { endpoints: { browse: [], buy: [{ call: 'store' }] } })
  expect(caught(() => twice.build())).toMatchObject([
    { what: '"web" is given twice', path: 'services.web' },
    { path: 'events[0].outage' },
  ])
})

test('no name reaches the prototype', () => {
  expect(caught(() => shop.service('__proto__', { endpoints: { a: [] } }).build())).toMatchObject([
    { what: '"__proto__" cannot be a key' },
  ])
})
