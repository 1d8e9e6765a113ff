import { expect, test } from 'vitest'
import { parseScenario, type ScenarioInput, Simulation } from '../../../src/index.ts'
import { CORE_NONE, CORE_RUNNING, CORE_WAITING } from '../../../src/model/legs.ts'

test('a core that was just given back goes to the next one although its last user is cancelled at that instant', () => {
  // At 1 s the first attempt gives its core back before its io, and its copy at the other replica answers.
  const scenario = parseScenario({
    horizon: 9,
    workloads: {
      clients: { to: 'edge', arrivals: { trace: { times: [0, 0.1, 0.2] } }, hedge: { after: 0.5 } },
    },
    balancers: { edge: { to: 'web', policy: 'round-robin' } },
    services: {
      web: {
        replicas: 2,
        cancel: 'immediate',
        endpoints: {
          work: [{ choose: [{ steps: [{ cpu: 1 }, { io: 5 }] }, { steps: [{ io: 0.5 }] }] }],
        },
      },
    },
  } satisfies ScenarioInput)
  for (let seed = 0; seed < 100; seed++) {
    const simulation = new Simulation(scenario, { seed, series: false })
    simulation.until(1.05)
    const { legs } = simulation.world
    const doing = [0, 1].map(() => ({ running: 0, waiting: 0 }))
    for (let row = 0; row < legs.end; row += legs.stride) {
      const here = doing[legs.replica[row]!]
      if (here === undefined || legs.core[row] === CORE_NONE) continue
      if (legs.core[row] === CORE_RUNNING) here.running++
      if (legs.core[row] === CORE_WAITING) here.waiting++
    }
    for (const { running, waiting } of doing)
      if (waiting > 0) expect({ seed, running }).toEqual({ seed, running: 1 })
  }
})

test('with shed: deadline a service sees the deadline of the client, however many calls above it', () => {
  const scenario = parseScenario({
    horizon: 20,
    workloads: { clients: { to: 'web', timeout: 0.5, arrivals: { trace: { times: [0, 0.1, 0.2] } } } },
    services: {
      web: { endpoints: { work: [{ call: 'db' }] } },
      db: { overload: { shed: 'deadline' }, endpoints: { work: [{ cpu: 1 }] } },
    },
  } satisfies ScenarioInput)
  const simulation = new Simulation(scenario, { seed: 1, drain: true })
  simulation.run()
  expect(simulation.result().components.db).toMatchObject({ overload: { refused: { expired: 2 } } })
  expect(simulation.world.legs.live).toBe(0)
})
