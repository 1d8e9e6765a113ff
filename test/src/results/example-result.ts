import type { LatencySummary, Result } from '../../../src/results/index.ts'

const latency: LatencySummary = {
  count: 3,
  mean: 0.1 + 0.2,
  std: 0.05,
  min: 0.1,
  max: 0.7,
  p50: 0.25,
  p90: 0.6,
  p95: 0.65,
  p99: 0.69,
  p999: 1 / 3,
  quantiles: 'exact',
}

/** A small result with every optional part filled, for the tests of readers and writers. */
export const exampleResult: Result = {
  schema: 1,
  version: '0.1.0',
  scenario: { name: 'Example', hash: 'abc' },
  seed: '7/1',
  horizon: 10,
  warmup: 0,
  requests: {
    created: 5,
    inFlight: 1,
    outcomes: { ok: 3, timeout: 1 },
    byClass: {
      default: { created: 5, inFlight: 1, outcomes: { ok: 3, timeout: 1 }, latency, breakdown: [] },
    },
  },
  throughput: 0.3,
  measured: { ended: 3, errors: 1 },
  censored: 1,
  latency,
  phases: { cpu: { mean: 0.2, share: 2 / 3 }, network: { mean: 0.1, share: 1 / 3 } },
  breakdown: [{ phase: 'cpu', component: 'web', mean: 0.2, share: 2 / 3 }],
  parts: [],
  distribution: [],
  topology: { nodes: [], edges: [] },
  components: {
    users: { kind: 'workload', created: 5, rate: 0.5 },
    'edge->web': { kind: 'link', inTransit: { mean: 0.1, max: 2 }, sent: 5, lost: 0 },
    web: {
      kind: 'service',
      utilization: { cpu: 0.5, memory: null, workers: null },
      queue: { cpu: { mean: 0.25, max: 3 }, memory: { mean: 0, max: 0 }, workers: { mean: 0, max: 0 } },
      wait: { cpu: 0.05, memory: 0, workers: 0 },
      load: { mean: 0.75, max: 4 },
      io: { mean: 0, max: 0 },
      memory: { mean: 0, peak: 0 },
      arrivalRate: 0.5,
      arrivals: 5,
      residence: 0.25,
      ready: { mean: 1, max: 1 },
      cost: 0.003,
      replicas: [{ slot: 0, speed: 1, utilization: 0.5, load: { mean: 0.75, max: 4 }, arrivals: 5 }],
    },
  },
  series: {
    time: [5, 10],
    values: { 'web.queue.cpu': [1, 0], 'users, "all"': [3, 2] },
    means: { 'web.queue.cpu': [0.1 + 0.2, 0] },
  },
  events: [{ at: 2, until: null, kind: 'outage', target: 'web/0' }],
  slo: [{ text: 'p95 < 250ms', value: 0.65, bound: 0.25, met: false }],
  warnings: [{ code: 'too-few-samples', message: 'Only 3 requests were measured.' }],
}
