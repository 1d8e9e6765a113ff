import { describe, expect, test } from 'vitest'
import { make } from '../../envs/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { checkEnv, type Env } from '../../src/gym/index.ts'
import { parseScenario } from '../../src/scenario/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'

const TEXT = `
name: Small
horizon: 100
slo: [p95 < 1s]
workloads:
  w: { to: edge, arrivals: { poisson: { rate: 20 } }, timeout: 1 }
balancers: { edge: { policy: random, to: web } }
services:
  web:
    replicas: 3
    endpoints: { e: [{ cpu: { exponential: { mean: 0.1 } } }] }
    autoscaler: { policy: fixed, min: 1, max: 6, interval: 5 }
links: [{ from: edge, to: web, latency: 1ms }]
`

const RATE = 'workloads.w.arrivals.poisson.rate'
const RANGES = {
  [RATE]: [10, 24],
  'links[0].latency': { logUniform: [0.0001, 0.01] },
  'services.web.cores': { integers: [1, 3] },
  'workloads.w.timeout': { choices: [0.5, '2s'] },
}

function scenarios(env: Env, count: number, seed = 1): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => {
    const { info } = env.reset(i === 0 ? { seed } : {})
    return { ...(info.scenario as Record<string, unknown>) }
  })
}

const IDS = [
  'LoadBalancing-v0',
  'LoadBalancingWeights-v0',
  'Autoscaling-v0',
  'AutoscalingContinuous-v0',
  'AdmissionControl-v0',
  'JointControl-v0',
]

describe.each(IDS)('%s with randomised scenarios', (id) => {
  const create = (randomize: unknown, more: object = {}) =>
    make(id, { scenario: TEXT, start: { for: 1 }, episodeLength: 20, randomize, ...more })

  test('draws every field within its range, from the seed of the episode', () => {
    const drawn = scenarios(create(RANGES), 60)
    expect(Object.keys(drawn[0]!)).toEqual(Object.keys(RANGES))
    const column = (path: string) => drawn.map((fields) => fields[path] as number)
    for (const [path, low, high] of [
      [RATE, 10, 24],
      ['links[0].latency', 0.0001, 0.01],
    ] as const) {
      const values = column(path)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low)
      expect(Math.max(...values)).toBeLessThanOrEqual(high)
      expect(new Set(values).size).toBe(60)
      const centre = path === RATE ? 17 : 0.001
      expect(values.filter((value) => value < centre).length).toBeGreaterThan(15)
      expect(values.filter((value) => value > centre).length).toBeGreaterThan(15)
    }
    expect(new Set(column('services.web.cores'))).toEqual(new Set([1, 2, 3]))
    expect(new Set(column('workloads.w.timeout'))).toEqual(new Set([0.5, '2s']))
    expect(scenarios(create(RANGES), 5)).toEqual(drawn.slice(0, 5))
    expect(scenarios(create(RANGES), 5, 2)).not.toEqual(drawn.slice(0, 5))
    // A stream of its own for each: another range shifts none.
    const { [RATE]: _, ...others } = RANGES
    const without = scenarios(create(others), 5)
    expect(without).toEqual(drawn.slice(0, 5).map(({ [RATE]: __, ...rest }) => rest))
  })

  test('runs what it drew', () => {
    const env = create(RANGES)
    for (const fields of scenarios(env, 3)) {
      const next = create(
        Object.fromEntries(Object.entries(fields).map(([path, value]) => [path, { choices: [value] }])),
      )
      next.reset({ seed: 7 })
      const { scenario } = (next.unwrapped as unknown as { simulation: Simulation }).simulation
      expect(scenario.links[0]!.latency).toEqual({ kind: 'constant', value: fields['links[0].latency'] })
      expect(scenario.services[0]!.cores).toBe(fields['services.web.cores'])
      expect(scenario.workloads[0]!.arrivals).toMatchObject({ rate: fields[RATE] })
    }
  })

  test('keeps its spaces and its unit of reward, and the contract', () => {
    const plain = create(undefined)
    const env = create(RANGES)
    expect(env.observationSpace.equals(plain.observationSpace)).toBe(true)
    expect(env.actionSpace.equals(plain.actionSpace)).toBe(true)
    const { info } = env.reset({ seed: 1 })
    const first = plain.reset({ seed: 1 }).info
    expect(info.rewardUnit).toBe(first.rewardUnit)
    expect(info.traceId).not.toBe(first.traceId)
    expect(first.scenario).toBeUndefined()
    expect(checkEnv(env.unwrapped).errors).toEqual([])
  })

  test('names what cannot be randomised', () => {
    const refuse = (randomize: unknown, message: RegExp, more = {}) => {
      expect(() => create(randomize, more)).toThrow(ConfigError)
      expect(() => create(randomize, more)).toThrow(message)
    }
    refuse([1, 2], /expected a range by path, got \[1,2\] \(randomize\)/)
    refuse({}, /expected a range by path/)
    refuse({ [RATE]: 3 }, /expected a range, got 3 \(randomize\.workloads\.w\.arrivals\.poisson\.rate\)/)
    refuse({ [RATE]: [3, 2] }, /the lower first, got \[3,2\]/)
    refuse({ [RATE]: { normal: [3, 4] } }, /unknown range "normal".*logUniform, integers and choices/)
    refuse({ [RATE]: { logUniform: [0, 4] } }, /bounds of logUniform are above 0/)
    refuse({ [RATE]: { integers: [0.5, 4] } }, /expected two integers/)
    refuse({ [RATE]: { choices: [] } }, /expected a list of choices/)
    refuse({ 'services.web.speeed': [0.5, 1] }, /randomize\.services\.web\.speeed/)
    refuse({ 'services.web.cores': [0.5, 2] }, /randomize\.services\.web\.cores/)
    refuse({ [RATE]: [1, 2] }, /a loaded scenario cannot be randomised/, { scenario: SCENARIO })
  })
})

const SCENARIO = parseScenario({
  name: 'Loaded',
  horizon: 10,
  slo: ['p95 < 1s'],
  workloads: { w: { to: 'edge', arrivals: { poisson: { rate: 20 } } } },
  balancers: { edge: { policy: 'random', to: 'web' } },
  services: {
    web: {
      endpoints: { e: [{ cpu: 0.01 }] },
      autoscaler: { policy: 'fixed', min: 1, max: 6, interval: 5 },
    },
  },
})

test('fields that the spaces depend on are refused', () => {
  const kwargs = { scenario: TEXT, start: 'empty' }
  const max = 'services.web.autoscaler.max'
  expect(() => make('LoadBalancing-v0', { ...kwargs, randomize: { [max]: { integers: [6, 8] } } })).toThrow(
    /services\.web\.autoscaler\.max = 8 makes 8 slots of 6, and the spaces would change \(randomize\)/,
  )
  expect(() => make('Autoscaling-v0', { ...kwargs, randomize: { [max]: { integers: [6, 8] } } })).toThrow(
    /makes 15 actions of 11/,
  )
  const env = make('Autoscaling-v0', { ...kwargs, k: 2, randomize: { [max]: { integers: [6, 8] } } })
  for (let i = 0; i < 5; i++) expect(env.observationSpace.contains(env.reset().observation)).toBe(true)
  expect(() =>
    make('JointControl-v0', { ...kwargs, k: 2, randomize: { [max]: { integers: [6, 8] } } }),
  ).toThrow(/makes 8 slots of 6/)
  const classes = { choices: [{ a: { endpoint: 'e' }, b: { endpoint: 'e' } }] }
  expect(() =>
    make('LoadBalancing-v0', { ...kwargs, randomize: { 'workloads.w.classes': classes } }),
  ).toThrow(/makes 2 classes of 1/)
  const ranked = { choices: [{ a: { priority: 0 }, b: { priority: 1 } }] }
  expect(() =>
    make('AdmissionControl-v0', { ...kwargs, randomize: { 'workloads.w.classes': ranked } }),
  ).toThrow(/makes 2 levels of 1/)
})
