import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { EventInput } from '../../../src/scenario/schema/event.ts'
import { Simulation } from '../../../src/simulation/index.ts'

const scenario = (events: EventInput[]) =>
  parseScenario({
    name: 'Loss',
    horizon: 100,
    workloads: { w: { to: 'web', arrivals: { poisson: { rate: 5 } } } },
    services: { web: { replicas: 5, endpoints: { e: [{ cpu: 0.9 }] } } },
    events,
  })

const available = ({ world }: Simulation): string =>
  [0, 1, 2, 3, 4].filter((slot) => world.replicas.isAvailable(slot)).join('')

describe('a loss of capacity', () => {
  test.each([
    [{ replicas: -2 }, '012'],
    [{ factor: 0.4 }, '01'],
    [{ factor: '70%' }, '0123'],
    [{ replicas: -9 }, ''],
  ])('of %j leaves the slots "%s" of 5 and gives the others back, from a snapshot too', (loss, left) => {
    const subject = scenario([{ capacity: 'web', ...loss, at: 10, for: 20 }])
    const run = new Simulation(subject)
    run.until(20)
    expect(available(run)).toBe(left)
    const copy = Simulation.restore(run.snapshot(), subject)
    copy.until(40)
    expect(available(copy)).toBe('01234')
    run.run()
    expect(run.result().events).toEqual([{ at: 10, until: 30, kind: 'capacity', target: 'web' }])
  })

  test('gives back what it took, and nothing that an outage or another loss has', () => {
    const run = new Simulation(
      scenario([
        { outage: 'web/4', at: 5, for: 60 },
        { capacity: 'web', replicas: -2, at: 10, for: 40 },
        { capacity: 'web', replicas: -1, mode: 'drain', at: 20, for: 50 },
      ]),
    )
    const seen = [7, 15, 25, 55, 68, 75].map((time) => {
      run.until(time)
      return available(run)
    })
    expect(seen).toEqual(['0123', '01', '0', '023', '0234', '01234'])
  })

  test('fails what is in the replicas, unless they only drain', () => {
    const failed = (mode: 'crash' | 'drain'): number => {
      const run = new Simulation(scenario([{ capacity: 'web', factor: 0, mode, at: 10.05, for: 20 }]), {
        seed: 3,
      })
      run.run()
      return run.result().requests.outcomes.failed ?? 0
    }
    expect(failed('crash')).toBeGreaterThan(0)
    expect(failed('drain')).toBe(0)
  })

  test.each<[EventInput, string]>([
    [{ capacity: 'web', at: 5 }, 'expected replicas or factor, got neither'],
    [{ capacity: 'web', replicas: -1, factor: 0.5, at: 5 }, 'expected replicas or factor, got both'],
    [{ capacity: 'web', replicas: 2, at: 5 }, 'expected a negative integer, got 2'],
    [{ capacity: 'wep', factor: 0.5, at: 5 }, 'unknown target "wep"'],
    [{ capacity: 'w', factor: 0.5, at: 5 }, 'expected a service, got the workload "w"'],
  ])('%j is refused', (event, what) => {
    expect(() => scenario([event])).toThrow(what)
  })
})
