/** Where probing pays and where it does not: a Prequal that always won would be wrong. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Result } from '../../../../src/results/types.ts'
import { loadScenario, parseScenario, type Scenario } from '../../../../src/scenario/index.ts'
import { Simulation, simulate } from '../../../../src/simulation/index.ts'

function load(name: string): Scenario {
  return loadScenario(readFileSync(new URL(`../../../../scenarios/${name}.yml`, import.meta.url), 'utf8'))
}

function under(scenario: Scenario, name: string): Result {
  const balancers = scenario.balancers.map((balancer) => ({ ...balancer, policy: { name, params: {} } }))
  return simulate({ ...scenario, balancers }, { seed: 1, series: false })
}

describe('prequal', () => {
  test('cuts the tail of sixteen unequal backends that wait', () => {
    const scenario = load('prequal-win')
    const p99 = under(scenario, 'prequal').latency.p99!
    expect(under(scenario, 'round-robin').latency.p99! / p99).toBeGreaterThan(3)
    expect(under(scenario, 'least-request').latency.p99! / p99).toBeGreaterThan(3)
  })

  test('loses throughput and has the longer tail with four equal backends that compute for a few users', () => {
    const scenario = load('prequal-loss')
    const prequal = under(scenario, 'prequal')
    for (const name of ['round-robin', 'least-request']) {
      const other = under(scenario, name)
      expect(prequal.throughput / other.throughput).toBeLessThan(0.95)
      expect(prequal.latency.p99! / other.latency.p99!).toBeGreaterThan(1.2)
    }
  })

  test('sends three probes per request, which are no requests and take both directions of the link', () => {
    const scenario = parseScenario({
      name: 'Probes',
      horizon: 1,
      workloads: { w: { to: 'edge', arrivals: { trace: { times: [0.1, 0.2, 0.3] } } } },
      balancers: { edge: { policy: 'prequal', to: 'web' } },
      links: [{ from: 'edge', to: 'web', latency: 0.02 }],
      services: { web: { replicas: 5, endpoints: { serve: [{ io: 0.5 }] } } },
    })
    const simulation = new Simulation(scenario)
    const edge = simulation.world.balancers.all[0]!
    const entries = (): { at: number; rif: number }[] => (edge.policy.save() as { entries: [] }).entries
    simulation.until(0.139)
    expect(entries()).toEqual([])
    simulation.until(0.141)
    expect(entries().map(({ at }) => at)).toEqual([0.14, 0.14, 0.14].map((at) => expect.closeTo(at, 9)))
    simulation.run()
    const result = simulation.result()
    expect(result.components.edge).toMatchObject({ probes: 9, decisions: 3 })
    expect(result.components['edge->web']).toMatchObject({ sent: 6 })
  })

  test('a probe reads the requests at the replica when it arrives, and the median latency met at that number', () => {
    const scenario = parseScenario({
      name: 'Probe',
      horizon: 3,
      workloads: { w: { to: 'edge', arrivals: { trace: { times: [0.1, 0.2, 1, 1.01] } } } },
      balancers: { edge: { policy: 'random', to: 'web' } },
      services: { web: { replicas: 1, endpoints: { serve: [{ cpu: 0.25 }] } } },
    })
    const simulation = new Simulation(scenario)
    const edge = simulation.world.balancers.all[0]!
    const heard: number[][] = []
    edge.policy = {
      uses: ['probes'],
      decide: () => 0,
      probed: (_view, slot, rif, latency) => heard.push([slot, rif, latency]),
      save: () => null,
      load: () => {},
    }
    edge.listen()
    // At 0.1 one request, done at 0.35; the second waits from 0.2 and is done at 0.6: latencies 0.25 and 0.4.
    simulation.until(0.7)
    edge.probe(0)
    simulation.until(0.8)
    expect(heard).toEqual([[0, 0, expect.closeTo(0.25, 9)]])
    simulation.until(1.005)
    edge.probe(0)
    simulation.until(1.009)
    expect(heard[1]).toEqual([0, 1, expect.closeTo(0.4, 9)])
  })
})

describe('prequal in its synchronous mode', () => {
  const build = (times: number[], policy: object, loss = 0): Simulation =>
    new Simulation(
      parseScenario({
        name: 'Synchronous probes',
        horizon: 3,
        workloads: { w: { to: 'edge', arrivals: { trace: { times } } } },
        balancers: { edge: { policy: { prequal: { mode: 'sync', ...policy } }, to: 'web' } },
        links: [{ from: 'edge', to: 'web', latency: 0.02, loss }],
        services: { web: { replicas: 3, endpoints: { serve: [{ cpu: 0.25 }] } } },
      }),
      { drain: true },
    )

  test('waits for two of three probes, and takes the emptier replica of those', () => {
    // Whoever has a request is hot, and of two of three replicas one at least has none.
    const simulation = build([0.1, 0.15], { qRif: 0 })
    simulation.run()
    const { requests, latency, phases, components } = simulation.result()
    expect(requests.outcomes).toEqual({ ok: 2 })
    // Two ways of a probe, two of the request, and nobody waits for a core.
    expect(latency.min).toBeCloseTo(0.33, 9)
    expect(latency.max).toBeCloseTo(0.33, 9)
    expect(phases['admission-wait']!.mean).toBeCloseTo(0.04, 9)
    expect(components.edge).toMatchObject({ probes: 6, decisions: 2 })
  })

  test('goes on without answers when they do not come in time', () => {
    const simulation = build([0.1, 1], { timeout: '30ms' })
    simulation.run()
    const { phases, latency } = simulation.result()
    expect(phases['admission-wait']!.mean).toBeCloseTo(0.03, 9)
    expect(latency.max).toBeCloseTo(0.32, 9)
  })

  test('goes on exactly from a snapshot while a leg waits', () => {
    const whole = build([0.1, 0.15, 0.2], {})
    const first = build([0.1, 0.15, 0.2], {})
    first.until(0.13)
    const second = Simulation.restore(first.snapshot(), first.scenario)
    whole.run()
    second.run()
    expect(second.result().latency).toEqual(whole.result().latency)
    expect([...second.world.replicas.arrivals]).toEqual([...whole.world.replicas.arrivals])
  })

  test('with all replicas probed has a tail as short as the asynchronous mode', () => {
    const scenario = load('prequal-win')
    const balancers = scenario.balancers.map((balancer) => ({
      ...balancer,
      policy: { name: 'prequal', params: { mode: 'sync', d: 16 } },
    }))
    const sync = simulate({ ...scenario, balancers }, { seed: 1, series: false })
    expect(under(scenario, 'least-request').latency.p99! / sync.latency.p99!).toBeGreaterThan(3)
  })
})
