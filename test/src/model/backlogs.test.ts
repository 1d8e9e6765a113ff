import { expect, test } from 'vitest'
import { parseScenario, type ScenarioInput, Simulation } from '../../../src/index.ts'

const scenario = parseScenario({
  horizon: 20,
  workloads: {
    one: { to: 'queue', arrivals: { trace: { times: [0, 0.1, 0.2] } } },
    two: { to: 'shared', arrivals: { trace: { times: [0, 0.3, 1 / 3] } } },
  },
  services: {
    queue: { replicas: [{ count: 1, speed: 2 }], endpoints: { work: [{ cpu: 3 }] } },
    shared: { cores: 1, discipline: 'ps', endpoints: { work: [{ cpu: 3 }] } },
  },
} satisfies ScenarioInput)

test('what replicas owe is what waits and what is left of what runs, first come first served or shared', () => {
  const simulation = new Simulation(scenario)
  const owed = (time: number): number[] => {
    simulation.until(time)
    return [...simulation.world.services.backlogs()].map((seconds) => Number(seconds.toFixed(9)))
  }
  expect(owed(0.05)).toEqual([2.9, 2.95])
  expect(owed(1)).toEqual([7, 8])
  // The queue is at its last request since 3 s.
  expect(owed(3.5)).toEqual([2, 5.5])
  expect(owed(10)).toEqual([0, 0])
})

test('who looks at what is owed changes nothing', () => {
  const busy = parseScenario({
    horizon: 60,
    workloads: { clients: { to: 'shared', arrivals: { poisson: { rate: 8 } } } },
    services: {
      shared: { discipline: 'ps', endpoints: { work: [{ cpu: { exponential: { mean: 0.1 } } }] } },
    },
  } satisfies ScenarioInput)
  const [watched, alone] = [new Simulation(busy), new Simulation(busy)]
  for (let time = 0; time < 60; time += 0.0371) {
    watched.until(time)
    watched.world.services.backlogs()
  }
  watched.run()
  alone.run()
  expect(JSON.stringify(watched.result())).toBe(JSON.stringify(alone.result()))
})
