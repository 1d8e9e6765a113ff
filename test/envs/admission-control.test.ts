import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { type AdmissionControl, make } from '../../envs/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { checkEnv, type Info } from '../../src/gym/index.ts'
import type { RequestRecord } from '../../src/model/requests.ts'
import { LOAD, SERVICE_GAUGES } from '../../src/model/service-gauges.ts'
import type { AdmissionView } from '../../src/policies/types.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { traceScenario } from './scenarios.ts'

/** Two levels of priority, deadlines, retries, two replicas that crash. */
const DOOR = `
name: Door
horizon: 60
workloads:
  w:
    to: edge
    arrivals: { poisson: { rate: 60 } }
    timeout: 600ms
    retry: { attempts: 2, backoff: { exponential: { base: 20ms } } }
    classes:
      first: { weight: 1, priority: 0, endpoint: e, deadline: 700ms }
      rest: { weight: 3, priority: 3, endpoint: e, deadline: 500ms }
balancers: { edge: { policy: random, to: web } }
services:
  web: { replicas: 2, endpoints: { e: [{ cpu: { exponential: { mean: 40ms } } }] } }
events:
  - { outage: web/1, at: 20s, for: 5s, mode: crash }
`

function admission(kwargs: Record<string, unknown>): AdmissionControl {
  return make('AdmissionControl-v0', kwargs).unwrapped as AdmissionControl
}

/** Plays to the end of the episode. */
function play(env: AdmissionControl, seed: number, act: (info: Info, observation: Float32Array) => number) {
  let { observation, info } = env.reset({ seed })
  const { now } = env.simulation!
  const steps: { reward: number; info: Info }[] = []
  let total = 0
  for (;;) {
    const step = env.step(act(info, observation))
    total += step.reward
    ;({ observation, info } = step)
    steps.push({ reward: step.reward, info })
    if (step.terminated) throw new Error('a continuing system is never terminated')
    if (step.truncated) return { total, steps, info, seconds: env.simulation!.now - now }
  }
}

const agentOf = (name: string, params: Record<string, unknown> = {}) => {
  const agent = createAgent(name, params)
  agent.reset?.(0)
  return (info: Info, observation: Float32Array): number => agent.act(observation, info) as number
}

describe('AdmissionControl-v0', () => {
  test('passes every check', () => {
    for (const kwargs of [{}, { scenario: DOOR, holdingCost: 1, start: 'empty' }]) {
      const report = checkEnv(admission(kwargs))
      expect(report.errors).toEqual([])
      expect(report.warnings).toEqual([])
    }
  })

  test('keeps every observation within its space and tells the level of priority', () => {
    const env = admission({ scenario: DOOR, start: 'empty', episodeLength: 'horizon' })
    expect(env.observationSpace.shape).toEqual([10])
    env.actionSpace.seed(1)
    const seen = new Set<string>()
    play(env, 1, (info, observation) => {
      if (!env.observationSpace.contains(observation)) throw new Error(String(observation))
      const { level } = info.view as AdmissionView
      seen.add(`${level} ${observation[8]} ${observation[9]}`)
      return env.actionSpace.sample()
    })
    expect([...seen].sort()).toEqual(['0 1 0', '1 0 1'])
  })

  test('credits every decision with what became of its request, and pays the sum of the credits', () => {
    // No retries, so that a request is one decision.
    const text = DOOR.replace(/ {4}retry: .*\n/, '').replace('timeout: 600ms', 'timeout: 5s')
    const env = admission({
      scenario: text,
      start: 'empty',
      episodeLength: 2500,
      shedCost: 0.2,
      holdingCost: 0.5,
    })
    env.reset({ seed: 3 })
    const { world } = env.simulation!
    const inner = world.requests.listener!
    const records = new Map<number, RequestRecord>()
    world.requests.listener = (record) => {
      records.set(record.number, record)
      inner(record)
    }
    const numbers: number[] = []
    const admits: boolean[] = []
    const values: number[] = []
    const credit = new Map<number, number>()
    let total = 0
    for (let k = 0; k < 2500; k++) {
      const row = world.gate.request
      numbers.push(world.legs.number[row]!)
      values.push(env.values[world.legs.cls[row]!]!)
      admits.push(k % 3 > 0)
      const { reward, info } = env.step(k % 3 > 0 ? 1 : 0)
      total += reward
      for (const [decision, earned] of info.credits as [number, number][]) {
        expect(credit.has(decision)).toBe(false)
        credit.set(decision, earned)
      }
    }
    expect(new Set(values)).toEqual(new Set([10, 1]))
    let open = 0
    numbers.forEach((number, k) => {
      const record = records.get(number)
      const value = values[k]!
      if (!admits[k]) expect(credit.get(k)).toBeCloseTo(-0.2 * value, 12)
      else if (record === undefined) open += Number(!credit.has(k))
      else expect(credit.get(k)).toBe(record.outcome === 'ok' ? value : -value)
    })
    expect(open).toBeLessThanOrEqual(world.requests.open.value[0]!)
    expect([...records.values()].some(({ outcome }) => outcome === 'deadline')).toBe(true)
    const served = world.services.gauges.total(
      world.gate.service * SERVICE_GAUGES + LOAD,
      env.simulation!.now,
    )
    const sum = [...credit.values()].reduce((a, b) => a + b, 0)
    expect(total).toBeCloseTo(sum - 0.5 * served, 6)
  })

  test('charges a request that is never answered when it is late, and counts a retried one once', () => {
    const text = DOOR.replace('mean: 40ms', 'mean: 1000s')
    const env = admission({ scenario: text, start: 'empty', episodeLength: 'horizon' })
    const { steps } = play(env, 1, () => 1)
    const credits = steps.flatMap(({ info }) => info.credits as [number, number][])
    expect(credits.every(([, reward]) => reward < 0)).toBe(true)
    const { requests } = env.simulation!.world
    const ended = requests.errorTotal
    expect(ended).toBeGreaterThan(2500)
    expect(steps.length).toBeGreaterThan(requests.createdTotal)
    // Each request that has ended, and no attempt of it, has one charge.
    expect(credits.length).toBe(ended)
  })

  test.each([
    ['queue-limit', { limit: 3 }, 'overload: { queueLimit: 3 }'],
    ['in-flight-limit', { limit: 4, share: 1 }, 'overload: { concurrencyLimit: { fixed: { limit: 4 } } }'],
    [
      'token-bucket',
      { rate: 30, burst: 3 },
      'overload: { scope: service, rateLimit: { rate: 30, burst: 3 } }',
    ],
    ['admit-all', {}, 'overload: {}'],
  ])('gives the same requests for %s %o as an agent and as %s', (name, params, overload) => {
    const inside: string[] = []
    const text = DOOR.replace('replicas: 2,', `replicas: 2, ${overload},`)
    const write = ({ number, start, end, outcome, attempts }: RequestRecord): string =>
      [number, start, end, outcome === 'rate-limited' ? 'shed' : outcome, attempts].join(' ')
    const simulation = new Simulation(loadScenario(text), {
      seed: '5/0',
      series: false,
      onRequest: (record) => inside.push(write(record)),
    })
    simulation.run()
    const outside: string[] = []
    const env = admission({ scenario: DOOR, start: 'empty', episodeLength: 'horizon' })
    let { observation, info } = env.reset({ seed: 5 })
    const { requests } = env.simulation!.world
    const inner = requests.listener!
    requests.listener = (record) => {
      outside.push(write(record))
      inner(record)
    }
    const act = agentOf(name, params)
    for (let truncated = false; !truncated; )
      ({ observation, info, truncated } = env.step(act(info, observation)))
    expect(inside.length).toBeGreaterThan(3000)
    expect(outside).toEqual(inside)
  })

  /**
   * P. Naor, "The regulation of queue size by levying tolls", Econometrica 37 (1969): at an M/M/1 queue where a customer
   * is worth R and waiting costs C per unit of time, the best threshold is the largest n with
   * (n (1 - rho) - rho (1 - rho^n)) / (1 - rho)^2 <= R mu / C.
   */
  test("one exponential class with a linear holding cost has Naor's threshold", () => {
    const [lambda, mu, worth, cost] = [0.9, 1, 1, 1 / 7.2] as const
    const rho = lambda / mu
    const bound = (n: number): number => (n * (1 - rho) - rho * (1 - rho ** n)) / (1 - rho) ** 2
    let naor = 0
    while (bound(naor + 1) <= (worth * mu) / cost) naor++
    expect(naor).toBe(3)
    expect(Math.floor((worth * mu) / cost)).toBe(7)
    const gain = (n: number): number => {
      const p = Array.from({ length: n + 1 }, (_, i) => rho ** i)
      const all = p.reduce((a, b) => a + b)
      const inside = p.reduce((sum, x, i) => sum + (i * x) / all, 0)
      return lambda * worth * (1 - p[n]! / all) - cost * inside
    }
    const scenario = `
name: Naor
horizon: 1h
workloads: { w: { to: web, arrivals: { poisson: { rate: ${lambda} } } } }
services: { web: { endpoints: { e: [{ cpu: { exponential: { mean: 1s } } }] } } }
`
    const measured = [1, 2, 3, 4, 7].map((n) => {
      const env = admission({
        scenario,
        shedCost: 0,
        holdingCost: cost,
        start: 'empty',
        episodeLength: 30_000,
      })
      const { total, seconds } = play(env, 1, agentOf('in-flight-limit', { limit: n }))
      expect(Math.abs(total / seconds - gain(n))).toBeLessThan(0.02)
      return { n, gain: total / seconds }
    })
    const best = measured.reduce((a, b) => (b.gain > a.gain ? b : a))
    expect(best.n).toBe(naor)
  })

  test('neither refusing everything nor admitting nothing but the unimportant beats a fair coin', () => {
    const returnOf = (act: (info: Info, observation: Float32Array) => number): number =>
      [1, 2].reduce((sum, seed) => sum + play(admission({ episodeLength: 3000 }), seed, act).total, 0)
    const coin = returnOf(agentOf('random'))
    expect(returnOf(() => 0)).toBeLessThan(coin)
    expect(returnOf((info) => Number((info.view as AdmissionView).level > 0))).toBeLessThan(coin)
    expect(returnOf(agentOf('in-flight-limit'))).toBeGreaterThan(coin)
  })

  test('warms up under a limit, and the next episode differs', () => {
    const env = admission({})
    const first = env.reset({ seed: 4 })
    const { time } = first.info as { time: number }
    expect(time).toBeGreaterThan(10)
    expect(env.simulation!.world.gate.shed).toBeGreaterThan(0)
    const second = env.reset()
    expect(second.info.time).not.toBe(time)
    expect(env.reset({ seed: 4 }).observation).toEqual(first.observation)
  })

  test('refuses what is no action and goes on until the end', () => {
    const env = admission({ scenario: DOOR, start: 'empty', episodeLength: 2 })
    env.reset({ seed: 1 })
    for (const action of [2, -1, 0.5, Number.NaN, undefined])
      expect(() => env.step(action as number)).toThrow(/expected 1 to admit the request or 0 to shed it/)
    env.step(1)
    expect(env.step(0).truncated).toBe(true)
    expect(() => env.step(1)).toThrow(/episode has ended/)
  })

  test.each([
    [{ scenario: DOOR, service: 'db' }, /no service "db".*It has web/],
    [{ scenario: DOOR, shedcost: 1 }, /Did you mean "shedCost"/],
    [{ scenario: DOOR, values: { first: -1 } }, /expected a number above 0, got -1/],
    [{ scenario: DOOR, holdingCost: -1 }, /above 0, got -1/],
    [{ scenario: DOOR, start: { warm: 'queue-limt' } }, /Did you mean "queue-limit"/],
  ])('refuses %o', (kwargs, message) => {
    const attempt = (): unknown => admission(kwargs)
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(message)
  })
})

test('ends where requests cease to come, or never did', () => {
  const env = admission({ scenario: traceScenario('3, 4, 9'), start: 'empty' })
  env.reset({ seed: 1 })
  const ends = Array.from({ length: 3 }, () => env.step(1))
  expect(ends.map(({ truncated }) => truncated)).toEqual([false, false, true])
  expect(ends.map(({ info }) => info.time)).toEqual([4, 9, 29])
  const late = admission({ scenario: traceScenario('3'), start: { for: 15 } })
  const { observation } = late.reset({ seed: 1 })
  expect(late.observationSpace.contains(observation)).toBe(true)
  expect(late.step(1)).toMatchObject({ truncated: true, info: { elapsed: 0, summary: { seconds: 0 } } })
  expect(() => late.step(1)).toThrow(/the episode has ended/)
})
