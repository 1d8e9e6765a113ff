/** Every policy inside the simulator: with replicas that come and go, over two balancers that share them. */
import { describe, expect, test } from 'vitest'
import { balancingPolicies } from '../../../../src/policies/index.ts'
import { parseScenario, type Scenario } from '../../../../src/scenario/index.ts'
import type { BalancerInput } from '../../../../src/scenario/schema/balancer.ts'
import { Simulation } from '../../../../src/simulation/index.ts'
import { expectConsistent, expectDrained } from '../../../support/invariants.ts'

const names = [...balancingPolicies.keys()]

function shared(policy: string, replicas: number, outage: string): Scenario {
  const balancer: BalancerInput = {
    policy,
    to: 'web',
    reports: { interval: 0.1 },
    slowStart: { window: 2 },
    outlierDetection: { interval: 1, baseEjection: 1 },
  }
  return parseScenario({
    name: 'Shared',
    horizon: 12,
    workloads: {
      a: { to: 'left', arrivals: { poisson: { rate: 30 } } },
      b: { to: 'right', arrivals: { poisson: { rate: 20 } } },
    },
    balancers: { left: balancer, right: balancer },
    links: [
      { from: 'left', to: 'web', latency: { exponential: { mean: 0.004 } }, loss: 0.01 },
      { from: 'right', to: 'web', latency: 0.002 },
    ],
    services: {
      web: {
        replicas,
        endpoints: { serve: [{ cpu: { exponential: { mean: 0.02 } } }, { io: 0.005 }] },
      },
    },
    events: [
      { outage, at: 3, for: 2, mode: 'crash' },
      { outage, at: 7, for: 2 },
    ],
  })
}

function expectOwnCounts(simulation: Simulation): void {
  const { all } = simulation.world.balancers
  for (const balancer of all) {
    const total = balancer.inFlight.reduce((sum, value) => sum + value, 0)
    expect(balancer.inFlightTotal).toBe(total)
  }
}

describe.each(names)('%s', (policy) => {
  test('conserves requests while replicas come and go, and knows its own requests only', () => {
    const simulation = new Simulation(shared(policy, 4, 'web/1'), { seed: 1, drain: true, series: false })
    for (const time of [2, 3.001, 4, 6, 8, 11]) {
      simulation.until(time)
      expectConsistent(simulation)
      expectOwnCounts(simulation)
    }
    simulation.run()
    expectDrained(simulation)
  })

  test('does the same under a seed, and goes on exactly from a snapshot', () => {
    const scenario = shared(policy, 4, 'web/1')
    const whole = new Simulation(scenario, { seed: 2 })
    whole.run()
    const stopped = new Simulation(scenario, { seed: 2 })
    stopped.until(4.5)
    const restored = Simulation.restore(stopped.snapshot(), scenario)
    stopped.run()
    restored.run()
    const expected = JSON.stringify(whole.result())
    expect(JSON.stringify(stopped.result())).toBe(expected)
    expect(JSON.stringify(restored.result())).toBe(expected)
  })

  test('works with one replica, and when none is available', () => {
    const simulation = new Simulation(shared(policy, 1, 'web'), { seed: 3, drain: true, series: false })
    simulation.run()
    expectDrained(simulation)
    const { outcomes } = simulation.result().requests
    expect(outcomes.ok).toBeGreaterThan(200)
    expect(outcomes.unavailable).toBeGreaterThan(50)
  })
})

describe('two balancers before one service', () => {
  test('each counts its own requests in flight, while the load is that of both', () => {
    const scenario = parseScenario({
      name: 'Two',
      horizon: 1,
      workloads: {
        a: { to: 'left', arrivals: { trace: { times: [0.1, 0.2, 0.3] } } },
        b: { to: 'right', arrivals: { trace: { times: [0.15, 0.25] } } },
      },
      balancers: { left: { to: 'web' }, right: { to: 'web' } },
      services: { web: { replicas: 2, endpoints: { serve: [{ io: 10 }] } } },
    })
    const simulation = new Simulation(scenario)
    simulation.until(0.5)
    const [left, right] = simulation.world.balancers.all
    expect([...left!.inFlight]).toEqual([2, 1])
    expect([...right!.inFlight]).toEqual([1, 1])
    expect([...left!.load]).toEqual([3, 2])
    expect([...right!.load]).toEqual([3, 2])
  })

  test('an idle replica joins one idle queue, and leaves it when it is taken', () => {
    const scenario = parseScenario({
      name: 'Idle',
      horizon: 3,
      workloads: {
        a: { to: 'left', arrivals: { deterministic: { rate: 10 } } },
        b: { to: 'right', arrivals: { deterministic: { rate: 7 } } },
      },
      balancers: { left: { policy: 'jiq', to: 'web' }, right: { policy: 'jiq', to: 'web' } },
      services: { web: { replicas: 10, endpoints: { serve: [{ io: 0.05 }] } } },
    })
    const simulation = new Simulation(scenario)
    simulation.run()
    const { idle } = simulation.world.balancers.save() as {
      idle: { queues: number[][]; queued: Uint8Array }
    }
    const inQueues = idle.queues.flat()
    expect(new Set(inQueues).size).toBe(inQueues.length)
    expect(inQueues.sort((a, b) => a - b)).toEqual(
      [...idle.queued.keys()].filter((r) => idle.queued[r] === 1),
    )
    expect(idle.queues.every((queue) => queue.length > 0)).toBe(true)
  })
})

describe('routing by key', () => {
  test.each(['ring-hash', 'maglev', 'bounded-load'])(
    '%s sends every request of a key to one replica',
    (policy) => {
      const scenario = parseScenario({
        name: 'Keys',
        horizon: 20,
        workloads: {
          w: {
            to: 'edge',
            arrivals: { poisson: { rate: 50 } },
            classes: { only: { key: { uniform: { n: 40 } } } },
          },
        },
        balancers: { edge: { policy, to: 'web' } },
        services: { web: { replicas: 6, endpoints: { serve: [{ io: 0.001 }] } } },
      })
      const simulation = new Simulation(scenario, { control: { balancers: ['edge'] } })
      const edge = simulation.world.balancers.all[0]!
      const homes = new Map<number, number>()
      let decisions = 0
      for (let stop = simulation.run(); stop.reason === 'decision'; decisions++) {
        const slot = edge.policy.decide(edge, edge.draws)
        expect(homes.get(edge.key) ?? slot).toBe(slot)
        homes.set(edge.key, slot)
        stop = simulation.resume(slot)
      }
      expect(decisions).toBeGreaterThan(900)
      expect(homes.size).toBe(40)
      expect(new Set(homes.values()).size).toBe(6)
    },
  )
})
