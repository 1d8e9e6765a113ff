/** nginx's passive checks: the state of one host by hand, and a balancer that has nothing else to go by. */
import { describe, expect, test } from 'vitest'
import { PassiveChecks } from '../../../../src/model/balancing/passive-checks.ts'
import { parseScenario } from '../../../../src/scenario/index.ts'
import type { BalancerInput } from '../../../../src/scenario/schema/balancer.ts'
import { Simulation } from '../../../../src/simulation/index.ts'

describe('a host', () => {
  test('is down for failTimeout after maxFails failures, and then for one request at a time', () => {
    const checks = new PassiveChecks(2, { maxFails: 2, failTimeout: 10 })
    expect(checks.chosen(0, 0)).toBe(false)
    expect(checks.answered(0, true, 1)).toBe(false)
    expect(checks.answered(0, true, 2)).toBe(true)
    expect([checks.isDown(0, 2), checks.isDown(0, 11.9), checks.isDown(0, 12)]).toEqual([true, true, false])
    // The one that is let through shuts the door behind it.
    expect(checks.chosen(0, 12)).toBe(true)
    expect(checks.isDown(0, 13)).toBe(true)
    expect(checks.answered(0, true, 14)).toBe(true)
    expect([checks.isDown(0, 23.9), checks.chosen(0, 24)]).toEqual([true, true])
    expect(checks.answered(0, false, 25)).toBe(true)
    expect(checks.isDown(0, 25)).toBe(false)
    expect(checks.isDown(1, 25)).toBe(false)
  })

  test('forgets failures with a success failTimeout later, not before', () => {
    const checks = new PassiveChecks(2, { maxFails: 2, failTimeout: 10 })
    checks.answered(0, true, 0)
    checks.chosen(0, 5)
    checks.answered(0, false, 5)
    expect(checks.answered(0, true, 6)).toBe(true)
    const later = new PassiveChecks(2, { maxFails: 2, failTimeout: 10 })
    later.answered(0, true, 0)
    later.chosen(0, 11)
    later.answered(0, false, 11)
    expect(later.answered(0, true, 12)).toBe(false)
  })

  test('is never down where it is the only one', () => {
    const checks = new PassiveChecks(1, { maxFails: 1, failTimeout: 10 })
    checks.answered(0, true, 0)
    expect(checks.isDown(0, 0)).toBe(false)
  })

  test('goes on from what was saved', () => {
    const checks = new PassiveChecks(2, { maxFails: 1, failTimeout: 10 })
    checks.answered(1, true, 3)
    const other = new PassiveChecks(2, { maxFails: 1, failTimeout: 10 })
    other.restore(structuredClone(checks.save()))
    expect([other.isDown(1, 12), other.isDown(1, 13)]).toEqual([true, false])
  })
})

describe('a balancer whose readiness probes notice nothing', () => {
  function run(edge: Partial<BalancerInput>): Simulation {
    const simulation = new Simulation(
      parseScenario({
        name: 'Passive',
        horizon: 60,
        workloads: { w: { to: 'edge', arrivals: { deterministic: { rate: 10 } } } },
        balancers: { edge: { to: 'web', ...edge } },
        services: {
          web: { replicas: 2, readiness: { period: 1000 }, endpoints: { serve: [{ io: 0.01 }] } },
        },
        events: [{ outage: 'web/0', at: 5.05, for: 20, mode: 'crash' }],
      }),
      { series: false, drain: true },
    )
    simulation.run()
    return simulation
  }
  const failures = (simulation: Simulation): number => simulation.result().requests.outcomes.failed ?? 0

  test('sends half of its requests to a crashed host without them', () => {
    expect(failures(run({}))).toBe(100)
  })

  test.each([
    // After the first failure, and about 10 s later; at 25.2 the host is back.
    [{ maxFails: 1 }, 2],
    [{ maxFails: 3 }, 4],
    // At 5.2, 7.2, ... 23.2, or a little later each time.
    [{ failTimeout: '2s' }, 10],
  ])('with %j loses few', (passiveChecks, expected) => {
    const simulation = run({ passiveChecks })
    expect(Math.abs(failures(simulation) - expected)).toBeLessThanOrEqual(expected > 5 ? 1 : 0)
    // And the host is back at the end.
    const { replicas } = simulation.world
    expect(replicas.arrivals[0]! / (replicas.arrivals[0]! + replicas.arrivals[1]!)).toBeGreaterThan(0.3)
  })

  test('sends to the only host that it has whatever that does', () => {
    const simulation = new Simulation(
      parseScenario({
        name: 'Single',
        horizon: 10,
        workloads: { w: { to: 'edge', arrivals: { deterministic: { rate: 10 } } } },
        balancers: { edge: { to: 'web', passiveChecks: {} } },
        services: { web: { readiness: { period: 1000 }, endpoints: { serve: [{ io: 0.01 }] } } },
        events: [{ outage: 'web', at: 2.05, for: 2, mode: 'crash' }],
      }),
      { series: false, drain: true },
    )
    simulation.run()
    expect(simulation.result().requests.outcomes).toEqual({ ok: 80, failed: 20 })
  })
})
