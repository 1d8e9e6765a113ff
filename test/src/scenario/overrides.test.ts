import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'

const TEXT = `
horizon: 60
workloads:
  users: { to: edge, arrivals: { poisson: { rate: 10/s } } }
links: [{ from: users, to: edge, latency: 1ms }]
balancers: { edge: { policy: jsq, to: web } }
services: { web: { replicas: 2, endpoints: { main: [{ cpu: 10ms }] } } }
`

function load(...set: [string, unknown][]): ReturnType<typeof loadScenario> {
  return loadScenario(TEXT, { file: 'shop.yml', set: set.map(([path, value]) => ({ path, value })) })
}

describe('fields given from outside', () => {
  test('go over those of the file, with units as there', () => {
    const scenario = load(['services.web.cores', 3], ['links[0].latency', '5ms'], ['horizon', '2min'])
    expect(scenario.services[0]!.cores).toBe(3)
    expect(scenario.horizon).toBe(120)
    expect(scenario.links[0]!.latency).toMatchObject({ value: 0.005 })
  })

  test('replace a short form by the long one', () => {
    const scenario = load(['balancers.edge.policy.jsq.ties', 'fastest'])
    expect(scenario.balancers[0]!.policy).toEqual({ name: 'jsq', params: { ties: 'fastest' } })
  })

  test('make the mappings that are missing on the way', () => {
    const scenario = load(['services.web.autoscaler.policy', 'hpa'], ['services.web.autoscaler.max', 9])
    expect(scenario.services[0]!.autoscaler).toMatchObject({ max: 9, policy: { name: 'hpa' } })
  })

  test.each<[string, unknown, RegExp]>([
    [
      'services.web.coers',
      3,
      /unknown field "coers" \(shop\.yml:7:\d+ services\.web\.coers\)\. Did you mean "cores"\?/,
    ],
    [
      'services.web.cores',
      0,
      /expected an integer of at least 1, got 0 \(shop\.yml:7:\d+ services\.web\.cores\)/,
    ],
    ['links[3].latency', 1, /links has no item 3, its length is 1/],
    ['services[0].cores', 1, /services has no list at 0/],
    ['__proto__.polluted', 1, /is not the path of a field/],
    ['', 1, /is not the path of a field/],
  ])('are refused like a field of the file: %s', (path, value, message) => {
    expect(() => load([path, value])).toThrow(message)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('apply to scenarios of AsyncFlow too', () => {
    const text =
      'rqs_input: { id: g, avg_active_users: { mean: 3 }, avg_request_per_minute_per_user: { mean: 20 }, user_sampling_window: 60 }'
    expect(() =>
      loadScenario(text, { set: [{ path: 'rqs_input.avg_active_users.mean', value: 'many' }] }),
    ).toThrow(/many/)
  })

  test('say what is asked of a run of AsyncFlow, whose format has no words for it', () => {
    const text = readFileSync('scenarios/asyncflow/single-server.yml', 'utf8')
    const set = [
      { path: 'slo', value: ['p95 < 125ms'] },
      { path: 'warmup', value: '1min' },
      { path: 'seed', value: 7 },
      { path: 'rqs_input.avg_active_users.mean', value: 200 },
    ]
    const { slo, warmup, seed, workloads } = loadScenario(text, { set })
    expect({ warmup, seed }).toEqual({ warmup: 60, seed: 7 })
    expect(slo.map(({ text }) => text)).toEqual(['p95 < 125ms'])
    expect(workloads[0]!.arrivals).toMatchObject({ users: { mean: 200 } })
    expect(() => loadScenario(text, { set: [{ path: 'slo', value: ['p95 less'] }] })).toThrow(/ slo\[0\]\)/)
    expect(() => loadScenario(text, { set: [{ path: 'warmup', value: 500 }] })).toThrow(
      /warmup 500 is not before the horizon 500/,
    )
  })
})
