import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { type LoadBalancingWeights, make } from '../../envs/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { checkEnv, type Info } from '../../src/gym/index.ts'
import type { WeightsView } from '../../src/policies/types.ts'
import { bestSplit } from '../../src/policies/weighting/static-split.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { PLAIN, POOL } from './scenarios.ts'

function weighted(kwargs: Record<string, unknown>): LoadBalancingWeights {
  return make('LoadBalancingWeights-v0', kwargs).unwrapped as LoadBalancingWeights
}

type Act = (info: Info, observation: Float32Array) => Float32Array

function play(env: LoadBalancingWeights, seed: number, act: Act) {
  let { observation, info } = env.reset({ seed })
  const infos: Info[] = [info]
  let total = 0
  for (;;) {
    const step = env.step(act(info, observation))
    total += step.reward
    ;({ observation, info } = step)
    infos.push(info)
    expect(step.terminated).toBe(false)
    if (step.truncated) return { total, infos, observation }
  }
}

function agentOf(name: string, params: Record<string, unknown> = {}, env?: LoadBalancingWeights): Act {
  const agent = createAgent(name, params, { actionSpace: env?.actionSpace })
  agent.reset?.(0)
  return (info, observation) => agent.act(observation, info) as Float32Array
}

/** Its balancer as one that spreads by weights, for runs without an environment. */
const EQUAL = PLAIN.replace('policy: random', 'policy: { weighted: { by: weight } }')

describe('LoadBalancingWeights-v0', () => {
  test('passes every check; that weights are not symmetric is all that is said', () => {
    for (const kwargs of [{}, { scenario: POOL, view: 'full', hideSpeed: true, interval: 0.5 }]) {
      const report = checkEnv(weighted(kwargs))
      expect(report.errors).toEqual([])
      expect(report.warnings).toEqual([expect.stringMatching(/^action-box-symmetric/)])
    }
  })

  test('keeps every observation within its space, through crashes, outages and reports', () => {
    const text = POOL.replaceAll('policy: least-request', 'policy: least-request, reports: { interval: 0.1 }')
    const env = weighted({
      scenario: text,
      view: 'full',
      episodeLength: 'horizon',
      start: 'empty',
      interval: 0.2,
    })
    const { shared, each } = env.slotLayout
    expect(env.observationSpace.shape).toEqual([shared + 4 * each])
    const { infos } = play(env, 1, (_, observation) => {
      if (!env.observationSpace.contains(observation)) throw new Error(String(observation))
      return env.actionSpace.sample()
    })
    expect(infos.length).toBe(301)
    expect(infos.at(-1)!.time).toBe(60)
  })

  test('measures the interval: what came, what came back, what was in flight by Little', () => {
    const env = weighted({ scenario: PLAIN, start: 'empty', episodeLength: 'horizon', interval: 20 })
    env.reset({ seed: 3 })
    const { world } = env.simulation!
    const seconds: number[] = []
    world.requests.listener = ({ start, end }) => seconds.push(end - start)
    let created = 0
    for (let k = 0; k < 10; k++) {
      seconds.length = 0
      const open = world.requests.open.total(0, env.simulation!.now)
      const { info, observation } = env.step(Float32Array.of(1, 0.2))
      const view = info.view as WeightsView
      const answers = view.answers[0]! + view.answers[1]!
      const mean = (view.answers[0]! * view.latency[0]! + view.answers[1]! * view.latency[1]!) / answers
      expect(answers).toBe(seconds.length)
      expect(mean).toBeCloseTo(seconds.reduce((a, b) => a + b) / seconds.length, 9)
      expect(20 * view.arrivalRate).toBeCloseTo(world.requests.createdTotal - created, 9)
      created = world.requests.createdTotal
      const area = world.requests.open.total(0, env.simulation!.now) - open
      expect(20 * (view.inFlight[0]! + view.inFlight[1]!)).toBeCloseTo(area, 6)
      expect(observation[env.slotLayout.shared + 9]).toBeCloseTo(1 / 1.2, 6)
    }
  })

  test('pays by exactly the time that requests spent, over those expected in an interval', () => {
    const env = weighted({ scenario: PLAIN, start: 'empty', episodeLength: 'horizon', interval: 7 })
    const { total } = play(env, 2, () => Float32Array.of(1, 1))
    const { requests } = env.simulation!.world
    const area = requests.open.total(0, env.simulation!.now)
    expect(env.interval).toBe(7)
    expect(-total * 7 * 14 * 0.1).toBeCloseTo(area, 6)
    // An interval has 200 arrivals on average, or is a second.
    expect(weighted({ scenario: PLAIN }).interval).toBeCloseTo(200 / 14, 12)
    expect(weighted({}).interval).toBe(1)
  })

  test('charges failures as LoadBalancing-v0 does', () => {
    const env = weighted({ scenario: POOL, start: 'empty', episodeLength: 'horizon' })
    env.reset({ seed: 9 })
    const { requests } = env.simulation!.world
    let total = 0
    let charges = 0
    let inside = 0
    requests.listener = ({ start, end, outcome }) => {
      inside += end - start
      if (outcome !== 'ok') charges += Math.max(0, 0.4 - (end - start))
    }
    for (let truncated = false; !truncated; ) {
      const step = env.step(env.actionSpace.sample())
      total += step.reward
      truncated = step.truncated
    }
    const open = requests.open.total(0, 60)
    expect(charges).toBeGreaterThan(0)
    expect(open).toBeGreaterThan(inside)
    expect(-total * env.load.demand * env.interval * env.referenceRate).toBeCloseTo(open + charges, 6)
  })

  test('gives the same bytes for equal weights as the balancer itself', () => {
    const env = weighted({ scenario: PLAIN, start: 'empty', episodeLength: 'horizon', interval: 0.37 })
    play(env, 5, () => Float32Array.of(0.5, 0.5))
    const inside = new Simulation(loadScenario(EQUAL), { seed: '5/0', series: false })
    inside.run()
    const [ours, theirs] = [env.simulation!, inside].map((one) => JSON.parse(JSON.stringify(one.result())))
    expect(ours.latency).toEqual(theirs.latency)
    expect(ours.components).toEqual(theirs.components)
  })

  test('spreads by the weights, and never starves a slot', () => {
    const env = weighted({ scenario: PLAIN, start: 'empty', episodeLength: 'horizon', interval: 50 })
    env.reset({ seed: 1 })
    const sent = (): number[] => Array.from(env.simulation!.world.replicas.arrivals)
    const before = sent()
    env.step(Float32Array.of(1, 0.25))
    const after = sent()
    expect((after[0]! - before[0]!) / (after[1]! - before[1]!)).toBeCloseTo(4, 1)
    const { info } = env.step(Float32Array.of(1, 0))
    expect((info.view as WeightsView).weights[1]).toBeCloseTo(1e-3 / 1.001, 12)
    expect(sent()[1]! - after[1]!).toBeLessThanOrEqual(2)
  })

  test('a snapshot of its run has the weights and what was measured', () => {
    const env = weighted({ scenario: POOL, start: 'empty', episodeLength: 'horizon', interval: 1 })
    env.reset({ seed: 2 })
    for (let k = 0; k < 5; k++) env.step(Float32Array.of(1, 0.1, 0.3, 0.2))
    const simulation = env.simulation!
    simulation.until(5.5)
    const copy = Simulation.restore(simulation.snapshot(), simulation.scenario, { series: false })
    for (const one of [simulation, copy]) one.until(9)
    const [a, b] = [simulation, copy].map(({ world }) => world.balancers.all[0]!)
    expect(Array.from(b!.weight)).toEqual(Array.from(a!.weight))
    expect(b!.measured().save()).toEqual(a!.measured().save())
    expect(copy.world.requests.open.save()).toEqual(simulation.world.requests.open.save())
    // A run whose weights nobody sets has neither.
    const plain = new Simulation(simulation.scenario, { seed: simulation.seed, series: false })
    plain.until(1)
    const bytes = plain.snapshot()
    simulation.restore(bytes)
    expect(Array.from(simulation.world.balancers.all[0]!.weight)).toEqual([1, 1, 1, 1])
    expect(simulation.world.balancers.all[0]!.meter).toBeUndefined()
  })

  test('neither all to one, nor all to the fastest, nor flapping beats random weights', () => {
    const kwargs = { scenario: POOL, episodeLength: 30, interval: 1, start: { for: 5 } }
    const returnOf = (make: (env: LoadBalancingWeights) => Act): number =>
      [1, 2].reduce((sum, seed) => {
        const env = weighted(kwargs)
        return sum + play(env, seed, make(env)).total
      }, 0)
    const random = returnOf((env) => agentOf('random', {}, env))
    expect(returnOf(() => () => Float32Array.of(0, 0, 0, 1))).toBeLessThan(random)
    expect(returnOf(() => () => Float32Array.of(1, 0, 0, 0))).toBeLessThan(random)
    let turn = 0
    expect(returnOf(() => () => Float32Array.of(++turn % 2, 0, 0, turn % 2))).toBeLessThan(random)
    const best = returnOf(() => agentOf('static-split'))
    expect(best).toBeGreaterThan(random)
    expect(returnOf(() => agentOf('inverse-latency'))).toBeGreaterThan(random)
  })

  test.each([
    [{ scenario: POOL, interval: 0 }, /above 0, got 0/],
    [{ scenario: POOL, intervall: 1 }, /Did you mean "interval"/],
    [{ scenario: POOL, reward: 'slo' }, /needs the bound/],
    [{ scenario: POOL, start: { warm: 'jqs' } }, /Did you mean "jsq"/],
    [
      {
        scenario: POOL.replace(
          'edge-b: { policy: least-request, to: web }',
          'edge-b: { policy: least-request, to: db }',
        ).replace('services:', 'services:\n  db: { replicas: 4, endpoints: { short: [{ cpu: 1ms }] } }'),
      },
      /balancers have different replicas.*Control one of them/,
    ],
  ])('refuses %o', (kwargs, message) => {
    const attempt = (): unknown => weighted(kwargs).reset({ seed: 1 })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(message)
  })

  test('refuses what is no action and goes on until the end', () => {
    const env = weighted({ scenario: PLAIN, start: 'empty', episodeLength: 1 })
    env.reset({ seed: 1 })
    for (const action of [
      Float32Array.of(1),
      Float32Array.of(1, 1.5),
      Float32Array.of(Number.NaN, 1),
      [1, 1],
      0,
    ])
      expect(() => env.step(action as Float32Array)).toThrow(/Float32Array of 2 numbers from 0 to 1/)
    expect(env.step(Float32Array.of(0, 0)).truncated).toBe(true)
    expect(() => env.step(Float32Array.of(1, 1))).toThrow(/episode has ended/)
  })
})

describe('the best static split', () => {
  test('is what no other split of M/M/1 queues beats, and leaves slow queues out at low load', () => {
    const rates = [10, 4, 1]
    const mean = (split: readonly number[]): number =>
      split.reduce((sum, x, i) => sum + x / (rates[i]! - x), 0) / split.reduce((a, b) => a + b)
    for (const total of [3, 9, 13]) {
      const best = bestSplit(rates, total)
      expect(best.reduce((a, b) => a + b)).toBeCloseTo(total, 9)
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          const other = best.map((x, k) => x + (k === i ? 0.01 : 0) - (k === j ? 0.01 : 0))
          if (other.every((x, k) => x >= 0 && x < rates[k]!))
            expect(mean(other)).toBeGreaterThanOrEqual(mean(best) - 1e-12)
        }
      }
    }
    expect(bestSplit(rates, 3)).toEqual([3, 0, 0])
    expect(bestSplit(rates, 13).every((x) => x > 0)).toBe(true)
  })
})
