import { describe, expect, test, vi } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { type LoadBalancing, make } from '../../envs/index.ts'
import type { LoadBalancingInfo } from '../../envs/load-balancing/info.ts'
import { ConfigError } from '../../src/errors.ts'
import { checkEnv } from '../../src/gym/index.ts'
import type { Balancer } from '../../src/model/balancing/balancer.ts'
import { Requests } from '../../src/model/requests.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { PLAIN, POOL, traceScenario } from './scenarios.ts'

function loadBalancing(kwargs: Record<string, unknown>): LoadBalancing {
  return make('LoadBalancing-v0', kwargs).unwrapped as LoadBalancing
}

/** Plays to the end of the episode; the sum of the rewards. */
function play(env: LoadBalancing, seed: number, act: (info: LoadBalancingInfo, obs: Float32Array) => number) {
  let { observation, info } = env.reset({ seed })
  const infos = [info as LoadBalancingInfo]
  let total = 0
  let minimum = 0
  for (;;) {
    const step = env.step(act(info as LoadBalancingInfo, observation))
    total += step.reward
    minimum = Math.min(minimum, step.reward)
    ;({ observation, info } = step)
    infos.push(info as LoadBalancingInfo)
    expect(step.terminated).toBe(false)
    if (step.truncated) return { total, infos, last: info as LoadBalancingInfo }
  }
}

describe('LoadBalancing-v0', () => {
  test('passes every check', () => {
    for (const kwargs of [
      {},
      { scenario: POOL, episodeLength: 300 },
      { scenario: POOL, view: 'full', hideSpeed: true },
    ]) {
      const report = checkEnv(make('LoadBalancing-v0', kwargs).unwrapped)
      expect(report.errors).toEqual([])
      expect(report.warnings).toEqual([])
    }
  })

  test('keeps every observation within its space', () => {
    const env = loadBalancing({ scenario: POOL, view: 'full', episodeLength: 'horizon', start: 'empty' })
    const { shared, each } = env.slotLayout
    expect([shared + env.actionSpace.n * each]).toEqual(env.observationSpace.shape)
    expect(each).toBe(13)
    env.actionSpace.seed(3)
    play(env, 1, (_, observation) => {
      expect(env.observationSpace.contains(observation)).toBe(true)
      return env.actionSpace.sample()
    })
  })

  test.each([
    ['jsq', { ties: 'fastest' }],
    ['jsq', { ties: 'random' }],
    ['least-request', {}],
    ['power-of-two', {}],
    ['weighted-random', {}],
    ['sed', {}],
    ['offset-sed', {}],
    ['round-robin', {}],
    ['expected-work', {}],
    ['power-of-d', { d: 3 }],
    ['least-pending', {}],
    ['envoy-least-request', {}],
    ['never-queue', {}],
    ['jiq', {}],
    ['stale-estimate', { k: 2 }],
    ['peak-ewma', { defaultRtt: 0.03 }],
    ['c3', {}],
    ['prequal', {}],
  ])('gives the same bytes for %s inside the simulator and as an agent', (name, params) => {
    // One balancer: an agent is one, while in the simulator each balancer has a policy of its own.
    const text = POOL.replace('to: edge-b', 'to: edge-a').replace(/ {2}edge-b: .*\n/, '')
    const policy = `policy: ${JSON.stringify({ [name]: params }).replaceAll(':', ': ')}`
    const written = text.replace('policy: least-request', `${policy}, reports: { interval: 0.05 }`)
    const env = loadBalancing({ scenario: written, start: 'empty', episodeLength: 'horizon' })
    const agent = createAgent(name, params)
    agent.reset?.(0)
    play(env, 5, (info, observation) => agent.act(observation, info) as number)
    const inside = new Simulation(loadScenario(written), { seed: '5/0', series: false })
    inside.run()
    expect(JSON.stringify(env.simulation!.result())).toBe(JSON.stringify(inside.result()))
  })

  test('shows the last reported queue of each slot and its age, or no queue of endless age', () => {
    const text = POOL.replaceAll(
      'policy: least-request',
      'policy: least-request, reports: { interval: 0.05 }',
    )
    const env = loadBalancing({ scenario: text, start: 'empty', episodeLength: 'horizon' })
    const { shared, each } = env.slotLayout
    const scale = 5 * env.load.demand
    const lg = (x: number): number => Math.min(1, Math.log1p(x) / Math.log1p(1000))
    let reported = 0
    play(env, 3, (info, observation) => {
      const view = info.view as Balancer
      for (let i = 0; i < view.n; i++) {
        const at = shared + i * each
        const known = view.reportedAt[i]! > 0
        const age = view.time - view.reportedAt[i]!
        expect(known).toBe(view.time >= 0.05)
        expect(observation[at + 6]).toBeCloseTo(lg(view.reportedLoad[i]!), 6)
        expect(observation[at + 7]).toBeCloseTo(known ? age / (age + scale) : 1, 6)
        if (known && view.available[i] === 1) expect(age).toBeLessThanOrEqual(0.05 + 1e-9)
        if (view.reportedLoad[i]! > 0) reported++
      }
      return view.available.indexOf(1)
    })
    expect(reported).toBeGreaterThan(0)
  })

  test('pays by exactly the time that requests spent and the charges of failures', () => {
    const env = loadBalancing({
      scenario: POOL,
      episodeLength: 'horizon',
      start: { warm: 'least-request', for: 5 },
    })
    const open = new Map<string, number>()
    const { create } = Requests.prototype
    vi.spyOn(Requests.prototype, 'create').mockImplementation(function (
      this: Requests,
      workload,
      number,
      cls,
    ) {
      open.set(`${workload}/${number}`, env.simulation?.now ?? 0)
      create.call(this, workload, number, cls)
    })
    // The environment takes a simulation before it runs it, so that the spy finds its clock.
    env.reset({ seed: 9 })
    const simulation = env.simulation!
    const t0 = simulation.now
    const names = simulation.scenario.workloads.map((workload) => workload.name)
    let inside = 0
    let charges = 0
    simulation.world.requests.listener = (record) => {
      open.delete(`${names.indexOf(record.workload)}/${record.number}`)
      inside += record.end - Math.max(record.start, t0)
      if (record.outcome !== 'ok') charges += Math.max(0, 0.4 - (record.end - record.start))
    }
    const ended = [...open].filter(([, start]) => start < t0 - 1.5).map(([key]) => key)
    for (const key of ended) open.delete(key)
    const before = open.size
    let total = 0
    for (;;) {
      const step = env.step(env.actionSpace.sample())
      total += step.reward
      if (step.truncated) break
    }
    vi.restoreAllMocks()
    const waiting = [...open.values()].filter((start) => start > simulation.now - 1.5)
    const ages = waiting.reduce((sum, start) => sum + simulation.now - start, 0)
    expect(before).toBeGreaterThan(0)
    expect(charges).toBeGreaterThan(0)
    expect(waiting.length).toBe(simulation.world.requests.open.value[0])
    expect(-total * env.load.demand).toBeCloseTo(inside + ages + charges, 6)
  })

  test('ends where requests cease to come, or never did', () => {
    const env = loadBalancing({ scenario: traceScenario('3, 4, 9'), start: 'empty' })
    const ends = Array.from({ length: 3 }, (_, i) => {
      if (i === 0) env.reset({ seed: 1 })
      return env.step(0)
    })
    expect(ends.map(({ truncated }) => truncated)).toEqual([false, false, true])
    expect(ends.map(({ info }) => info.time)).toEqual([4, 9, 29])
    const late = loadBalancing({ scenario: traceScenario('3'), start: { for: 15 }, invalidAction: 'error' })
    const { observation } = late.reset({ seed: 1 })
    expect(late.observationSpace.contains(observation)).toBe(true)
    expect(late.step(0)).toMatchObject({ truncated: true, info: { elapsed: 0, summary: { seconds: 0 } } })
    expect(() => late.step(0)).toThrow(/the episode has ended/)
  })

  test('pays the exact total response time when it drains', () => {
    const env = loadBalancing({ scenario: PLAIN, episodeLength: 'horizon', start: 'empty', drain: true })
    env.reset({ seed: 2 })
    let first = Number.NaN
    let sum = 0
    const records: number[] = []
    env.simulation!.world.requests.listener = (record) => {
      records.push(record.end - record.start)
      sum += record.end - record.start
    }
    first = env.simulation!.now
    let total = 0
    for (;;) {
      const step = env.step(0)
      total += step.reward
      if (step.truncated) break
    }
    expect(first).toBeGreaterThan(0)
    expect(env.simulation!.world.legs.live).toBe(0)
    expect(records.length).toBeGreaterThan(2000)
    expect(-total * env.load.demand).toBeCloseTo(sum, 6)
  })

  test('no trivial policy beats weighted random', () => {
    const kwargs = { scenario: POOL, episodeLength: 3000 }
    const returnOf = (act: (info: LoadBalancingInfo) => number): number =>
      [1, 2, 3].reduce((sum, seed) => sum + play(loadBalancing(kwargs), seed, act).total, 0)
    const weighted = createAgent('weighted-random', {})
    const reference = returnOf((info) => weighted.act(undefined, info) as number)
    const worst = (info: LoadBalancingInfo): number => {
      const view = info.view as Balancer
      let most = view.available.indexOf(1)
      view.inFlight.forEach((count, i) => {
        if (view.available[i] === 1 && count > view.inFlight[most]!) most = i
      })
      return most
    }
    expect(returnOf(() => 0)).toBeLessThan(reference)
    expect(returnOf(worst)).toBeLessThan(reference)
  })

  test('replaces an invalid action by the next valid slot, or refuses it', () => {
    const env = loadBalancing({ scenario: POOL, episodeLength: 'horizon', start: 'empty' })
    const { infos } = play(env, 1, () => 1)
    const replaced = infos.filter((info) => info.invalidAction)
    expect(replaced.length).toBeGreaterThan(0)
    expect(replaced.every((info) => info.time > 20 && info.time < 30.1)).toBe(true)
    const strict = loadBalancing({
      scenario: POOL,
      episodeLength: 'horizon',
      start: 'empty',
      invalidAction: 'error',
    })
    expect(() => play(strict, 1, () => 1)).toThrow(/slot 1 is not available/)
    expect(() => env.step(1)).toThrow(/episode has ended/)
  })

  test('offers both balancers with their own view', () => {
    const env = loadBalancing({ scenario: POOL, episodeLength: 2000 })
    const { infos } = play(env, 1, (info) => info.actionMask.indexOf(1))
    expect(new Set(infos.map((info) => info.balancer))).toEqual(new Set(['edge-a', 'edge-b']))
    const one = loadBalancing({
      scenario: POOL,
      episodeLength: 500,
      control: 'one',
      balancer: 'edge-b',
      background: 'random',
    })
    expect(
      new Set(play(one, 1, (info) => info.actionMask.indexOf(1)).infos.map((info) => info.balancer)),
    ).toEqual(new Set(['edge-b']))
  })

  test('has infos of plain data, with a view that is no part of it', () => {
    const env = loadBalancing({ scenario: POOL })
    const { info } = env.reset({ seed: 1 })
    expect(Object.keys(info)).not.toContain('view')
    expect(info.view).toBeDefined()
    expect(JSON.parse(JSON.stringify(info)).balancer).toBe(info.balancer)
    expect(structuredClone({ ...info }).terms).toEqual(info.terms)
  })

  test('the next episode differs, and the pair is reproducible', () => {
    const env = loadBalancing({ scenario: POOL, episodeLength: 50 })
    const take = (): string => {
      const first = play(env, 4, () => 0).total
      env.reset()
      let second = 0
      for (;;) {
        const step = env.step(0)
        second += step.reward
        if (step.truncated) break
      }
      expect(second).not.toBe(first)
      return `${first} ${second}`
    }
    expect(take()).toBe(take())
  })

  test.each([
    [{ scneario: 'x' }, /unknown option "scneario".*Did you mean "scenario"/],
    [{ scenario: 'pool-nosy' }, /no scenario "pool-nosy".*Did you mean "pool-noisy"/],
    [{ view: 'ful' }, /expected one of own, full, got "ful".*Did you mean "full"/],
    [{ scenario: PLAIN.replace('to: edge,', 'to: web,').replace(/balancers: .*\n/, '') }, /no balancer/],
    [{ episodeLength: 0 }, /integer of at least 1, got 0/],
    [{ start: { warm: 'jqs' } }, /Did you mean "jsq"/],
    [{ control: 'one', balancer: 'x' }, /unknown balancer "x"/],
    [{ reward: 'slo' }, /needs the bound/],
    [{ failureCost: -1 }, /above 0, got -1/],
  ])('refuses %o', (kwargs, message) => {
    const attempt = (): unknown => loadBalancing(kwargs).reset({ seed: 1 })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(message)
  })
})
