import { describe, expect, test } from 'vitest'
import type { Agent } from '../../agents/agent.ts'
import {
  agentDefinitions,
  agentNames,
  createAgent,
  loadAgent,
  registerAgent,
} from '../../agents/create-agent.ts'
import { Box } from '../../src/gym/spaces/box.ts'
import { Dict } from '../../src/gym/spaces/dict.ts'
import { Discrete } from '../../src/gym/spaces/discrete.ts'
import { createBalancingPolicy } from '../../src/policies/balancing/index.ts'
import { desiredReplicas } from '../../src/policies/scaling/desired-replicas.ts'
import { createScalingPolicy } from '../../src/policies/scaling/index.ts'
import { FakeView, fakeScalingView } from '../src/policies/fake-view.ts'
import { Signs } from './tiny-envs.ts'

type Step = {
  readonly info: Record<string, unknown>
  readonly observation: unknown
  valid(action: unknown): boolean
  after(action: number): void
}

/** A stretch of decisions of the kind that an agent is for; the same for the same arguments. */
function* decisions(kind: string, from = 0, to = 60): Generator<Step> {
  if (kind === 'balancing') {
    const view = new FakeView(5, 11)
    view.speed.set([1, 0.5, 2, 1, 1])
    for (let t = 0; t < to; t++) {
      view.time = t
      view.setAvailable(t % 5, t % 3 !== 0)
      if (t >= from) {
        yield {
          info: { view },
          observation: undefined,
          valid: (action) => view.available[action as number] === 1,
          after: (action) => view.change(action, 1),
        }
      }
    }
  } else if (kind === 'scaling') {
    for (let t = from; t < to; t++) {
      const view = fakeScalingView({
        time: 15 * t,
        ready: 3 + (t % 4),
        min: 2,
        max: 12,
        utilization: (t % 10) / 10,
        offered: [t % 7, 3, 2, 4],
      })
      const actions = new Discrete(2 * (12 - 2) + 1)
      const target = (action: number): number => view.target + action - (12 - 2)
      yield {
        info: { view },
        observation: undefined,
        valid: (action) => actions.contains(action) && target(action) >= 2 && target(action) <= 12,
        after: () => {},
      }
    }
  } else if (kind === 'joint') {
    for (let t = from; t < to; t++) {
      const scaling = fakeScalingView({ time: 15 * t, ready: 4, min: 2, max: 6, utilization: (t % 10) / 10 })
      const pool = {
        ...{
          n: 6,
          speed: new Array(6).fill(1),
          cores: new Array(6).fill(1),
          inFlight: [0, 1, 2, 3, t % 9, 1],
        },
        ...{ answers: [1, 2, 3, t % 4, 0, 0], latency: [0.1, 0.2, 0.1 * (t % 6), 0.3, 0, 0] },
      }
      const space = new Dict({
        weights: new Box(0, 1, { shape: [6] }),
        replicas: new Discrete(9),
        admit: new Box(0, 1, { shape: [1] }),
      })
      const view = { scaling, pool, capacity: 20, draws: new FakeView(3, 5).draws }
      yield {
        info: { view },
        observation: undefined,
        valid: (action) => space.contains(action),
        after: () => {},
      }
    }
  } else if (kind === 'weights') {
    for (let t = from; t < to; t++) {
      const view = {
        ...{ time: t, interval: 1, n: 3, available: [1, 1, 1], speed: [1, 2, 1], cores: [1, 1, 2] },
        ...{ weights: [0.3, 0.3, 0.4], inFlight: [1, 2, 3], answers: [t % 3, 5, 2], failed: [0, 0, 1] },
        ...{ latency: [0.1, 0.05 + (t % 7) / 100, 0.2], arrivalRate: 9, declaredRate: 10, demand: 0.1 },
        draws: new FakeView(3, 5).draws,
      }
      const space = new Box(0, 1, { shape: [3] })
      yield {
        info: { view },
        observation: undefined,
        valid: (action) => space.contains(action),
        after: () => {},
      }
    }
  } else if (kind === 'admission') {
    for (let t = from; t < to; t++) {
      const view = {
        ...{
          time: t / 10,
          requestClass: 0,
          level: t % 3,
          levels: 3,
          demand: 0.05,
          timeToDeadline: (t % 9) / 20,
        },
        ...{ cores: 2, speed: 1, inFlight: t % 20, waiting: Math.max(0, (t % 20) - 2), oldestWait: 0.1 },
        ...{
          busy: Math.min(2, t % 20),
          arrivalRate: 50,
          readyCapacity: 2,
          tokens: 1,
          draws: new FakeView(1, 3).draws,
        },
      }
      const valid = (action: unknown): boolean => action === 0 || action === 1
      yield { info: { view }, observation: undefined, valid, after: () => {} }
    }
  } else if (kind === 'park') {
    const speed = [0.2, 0.5, 1]
    for (let t = from; t < to; t++) {
      const mixedLoad = [t % 3, t % 5, t % 7]
      const view = { n: 3, speed, demand: 1 + (t % 4), mixedLoad, drainTime: [t % 4, t % 6, t % 5] }
      const valid = (action: unknown): boolean => view.mixedLoad[action as number] !== undefined
      yield { info: { view }, observation: undefined, valid, after: () => {} }
    }
  } else {
    const env = new Signs()
    let { observation, info } = env.reset({ seed: 5 })
    for (let t = 0; t < to; t++) {
      const mask = info.actionMask as Uint8Array
      if (t >= from)
        yield { info, observation, valid: (action) => mask[action as number] === 1, after: () => {} }
      ;({ observation, info } = env.step(mask.indexOf(1)))
    }
  }
}

function ready(name: string): Agent {
  const agent = createAgent(name, name === 'ppo' ? { nSteps: 64, hidden: [8] } : {})
  agent.train?.(() => new Signs(), { steps: 64, seed: 1 })
  return agent
}

function run(agent: Agent, kind: string, from = 0, to = 60, deterministic = true): unknown[] {
  const actions: unknown[] = []
  for (const { info, observation, valid, after } of decisions(kind, from, to)) {
    const action = agent.act(observation, info, deterministic)
    expect(valid(action)).toBe(true)
    after(action as number)
    actions.push(action)
  }
  return actions
}

describe.each(agentDefinitions().map((definition) => [definition.name, definition.kind] as const))(
  '%s',
  (name, kind) => {
    test('gives valid actions, the same ones from the same state', () => {
      const agent = ready(name)
      agent.reset?.(3)
      const first = run(agent, kind)
      expect(first).toHaveLength(60)
      agent.reset?.(3)
      expect(run(agent, kind)).toEqual(first)
      const twin = ready(name)
      twin.reset?.(3)
      expect(run(twin, kind)).toEqual(first)
    })

    test('saved in the middle of an episode and loaded goes on with the same actions', () => {
      const agent = ready(name)
      agent.reset?.(3)
      run(agent, kind, 0, 31, false)
      const copy = loadAgent(agent.save())
      expect(copy.name).toBe(name)
      expect(copy.save()).toEqual(agent.save())
      expect(run(copy, kind, 31, 60, false)).toEqual(run(agent, kind, 31, 60, false))
      const other = createAgent(name, name === 'ppo' ? { nSteps: 64, hidden: [8] } : {})
      other.load(agent.save())
      expect(other.save()).toEqual(agent.save())
    })

    test('has a summary, an information class and defaults that create accepts', () => {
      const definition = agentDefinitions().find((one) => one.name === name)!
      expect(definition.summary).toMatch(/\.$/)
      expect(['weights', 'own', 'reported', 'global', 'oracle', 'observation']).toContain(
        definition.information,
      )
      expect(() => createAgent(name, definition.defaults)).not.toThrow()
      expect(() => createAgent(name, { nonsense: 1 })).toThrow(/unknown parameter "nonsense"/)
    })
  },
)

describe('the registry', () => {
  test('knows the mandatory baselines and the learners', () => {
    expect(agentNames()).toEqual(
      expect.arrayContaining([
        'weighted-random',
        'round-robin',
        'least-request',
        'jsq',
        'power-of-two',
        'sed',
        'offset-sed',
        'expected-work',
        'fixed',
        'threshold',
        'hpa',
        'square-root',
        'kpa',
        'keda',
        'target-tracking',
        'step-scaling',
        'schedule',
        'holt-winters',
        'rate-oracle',
        'random',
        'ppo',
      ]),
    )
  })

  test('suggests the name that was meant', () => {
    expect(() => createAgent('jqs')).toThrow('unknown agent "jqs". Did you mean "jsq"?')
    expect(() => createAgent('something-else-entirely')).toThrow(/Known are .*ppo/)
  })

  test('breaks the ties of jsq to the fastest unless told otherwise', () => {
    const view = new FakeView(3)
    view.speed.set([1, 3, 2])
    expect(createAgent('jsq').act(undefined, { view })).toBe(1)
    expect(createAgent('jsq', { ties: 'first' }).act(undefined, { view })).toBe(0)
  })
})

describe('a policy as an agent', () => {
  const balancing = agentDefinitions().filter(({ kind }) => kind === 'balancing')
  const scaling = agentDefinitions().filter(({ kind }) => kind === 'scaling')

  test.each(balancing.map(({ name, defaults }) => [name, defaults] as const))(
    '%s decides as in the simulator, draws included',
    (name, params) => {
      const policy = createBalancingPolicy({ name, params }, 5)
      const agent = createAgent(name, params)
      const ofPolicy: number[] = []
      for (const { info, after } of decisions('balancing')) {
        const view = info.view as FakeView
        if (policy.uses !== undefined) view.attach(policy)
        const slot = policy.decide(view, view.draws)
        after(slot)
        ofPolicy.push(slot)
      }
      expect(run(agent, 'balancing')).toEqual(ofPolicy)
    },
  )

  test.each(scaling.map(({ name, defaults }) => [name, defaults] as const))(
    '%s asks for the replicas that the simulator would set',
    (name, params) => {
      const policy = createScalingPolicy({ name, params }, 12)
      const agent = createAgent(name, params)
      for (const { info } of decisions('scaling')) {
        const view = info.view as ReturnType<typeof fakeScalingView>
        const wanted = desiredReplicas(policy.decide(view, view.draws), view)
        expect((agent.act(undefined, info) as number) - (view.max - view.min) + view.target).toBe(wanted)
      }
    },
  )

  test('says which environments have the view that it needs', () => {
    expect(() => createAgent('sed').act(undefined, {})).toThrow(
      /sed needs the view of a balancer \(info.view\).*LoadBalancing-v0/,
    )
    expect(() => createAgent('hpa').act(undefined, {})).toThrow(
      /hpa needs the view of a scaler \(info.view\).*Autoscaling-v0/,
    )
    expect(() => createAgent('sed').act(undefined, { view: fakeScalingView() })).toThrow(
      /needs the view of a balancer/,
    )
    expect(() => createAgent('hpa').act(undefined, { view: new FakeView(2) })).toThrow(
      /needs the view of a scaler/,
    )
  })

  test('reports bad parameters when it is made, a list of weights by its own length', () => {
    expect(() => createAgent('weighted-random', { weights: [1, -1] })).toThrow(/weighted-random.weights/)
    const agent = createAgent('weighted-random', { weights: [0, 1, 0] })
    expect(agent.act(undefined, { view: new FakeView(3) })).toBe(1)
    expect(() => agent.act(undefined, { view: new FakeView(4) })).toThrow(/expected 4 numbers/)
  })
})

describe('desired replicas', () => {
  test.each([
    [2.5, 3],
    [2.49, 2],
    [-4, 1],
    [99, 8],
    [Number.POSITIVE_INFINITY, 8],
  ])('of %d are %d within 1 to 8', (value, expected) => {
    expect(desiredReplicas(value, { min: 1, max: 8 })).toBe(expected)
  })
})

describe('the random agent', () => {
  test('is uniform over the valid actions', () => {
    const agent = createAgent('random')
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 9000; i++)
      counts[agent.act(undefined, { actionMask: Uint8Array.of(1, 0, 1, 1) }) as number]!++
    expect(counts[1]).toBe(0)
    for (const j of [0, 2, 3]) expect(Math.abs(counts[j]! - 3000)).toBeLessThan(5 * Math.sqrt(2000))
  })

  test('samples the action space where there is no mask, and says so when it has neither', () => {
    const actionSpace = new Discrete(3, 7)
    const agent = createAgent('random', {}, { actionSpace })
    const seen = new Set(Array.from({ length: 50 }, () => agent.act(undefined, {})))
    expect([...seen].sort()).toEqual([7, 8, 9])
    expect(agent.act(undefined, { actionMask: Uint8Array.of(0, 0, 1) })).toBe(9)
    expect(() => createAgent('random').act(undefined, {})).toThrow(/Create it with \{ actionSpace \}/)
    expect(() => agent.act(undefined, { actionMask: new Uint8Array(3) })).toThrow(/leaves no action/)
  })
})

describe('an agent that is registered', () => {
  test('is found by its name, which no other one can take', () => {
    const random = agentDefinitions().find(({ name }) => name === 'random')!
    const own = { ...random, name: 'coin' }
    registerAgent(own)
    registerAgent(own)
    expect(agentNames().filter((name) => name === 'coin')).toEqual(['coin'])
    expect(createAgent('coin').act(undefined, { actionMask: Uint8Array.of(0, 1) })).toBe(1)
    expect(() => registerAgent({ ...own })).toThrow(/there is an agent "coin" already/)
    expect(() => registerAgent({ ...random })).toThrow(/there is an agent "random" already/)
  })
})
