import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import type { AutoscalingInfo } from '../../envs/autoscaling/info.ts'
import { type Autoscaling, make } from '../../envs/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { checkEnv } from '../../src/gym/index.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { PLAIN, SCALED } from './scenarios.ts'

function autoscaling(kwargs: Record<string, unknown>): Autoscaling {
  return make('Autoscaling-v0', kwargs).unwrapped as Autoscaling
}

function play(env: Autoscaling, seed: number, act: (info: AutoscalingInfo, obs: Float32Array) => number) {
  let { observation, info } = env.reset({ seed })
  const infos: AutoscalingInfo[] = []
  let total = 0
  for (;;) {
    const step = env.step(act(info as AutoscalingInfo, observation))
    total += step.reward
    ;({ observation, info } = step)
    infos.push(info as AutoscalingInfo)
    expect(step.terminated).toBe(false)
    if (step.truncated) return { total, infos, last: info as AutoscalingInfo }
  }
}

describe('Autoscaling-v0', () => {
  test('passes every check', () => {
    for (const kwargs of [{}, { scenario: SCALED, view: 'full', clock: 'on' }]) {
      const report = checkEnv(make('Autoscaling-v0', kwargs).unwrapped)
      expect(report.errors).toEqual([])
      expect(report.warnings).toEqual([])
    }
  })

  test('keeps every observation within its space', () => {
    const env = autoscaling({ scenario: SCALED, view: 'full', clock: 'on', episodeLength: 400 })
    env.actionSpace.seed(3)
    play(env, 1, (_, observation) => {
      expect(env.observationSpace.contains(observation)).toBe(true)
      return env.actionSpace.sample()
    })
  })

  test.each([
    ['fixed', { n: 8 }],
    ['threshold', {}],
    ['hpa', {}],
    ['hpa', { target: 0.6, downStabilization: 60 }],
    ['square-root', { beta: 1.5, source: 'max3' }],
  ])('gives the same bytes for %s %o inside the simulator and as an agent', (name, params) => {
    const policy = JSON.stringify({ [name]: params })
      .replaceAll('"', '')
      .replaceAll(':', ': ')
    const text = SCALED.replace('policy: hpa', `policy: ${policy}`)
    const env = autoscaling({ scenario: text, start: 'empty', episodeLength: 'horizon', randomPhase: false })
    const agent = createAgent(name, params)
    agent.reset?.(0)
    play(env, 5, (info, observation) => agent.act(observation, info) as number)
    const inside = new Simulation(loadScenario(text), { seed: '5/0', series: false })
    inside.run()
    expect(JSON.stringify(env.simulation!.result())).toBe(JSON.stringify(inside.result()))
  })

  test('pays for paid replicas and for late requests, each once', () => {
    const env = autoscaling({ scenario: SCALED, episodeLength: 100, kappa: 3, randomPhase: false })
    env.reset({ seed: 3 })
    const { world } = env.simulation!
    const t0 = env.simulation!.now
    const records: { start: number; end: number; outcome: string }[] = []
    world.requests.listener = (record) => records.push(record)
    const slo = 2
    let open = 0
    let total = 0
    let late = 0
    let paid = 0
    for (;;) {
      const step = env.step(env.actionSpace.sample())
      total += step.reward
      const { terms } = step.info as AutoscalingInfo
      late += terms.late
      paid += terms.replicaSeconds
      if (!step.truncated) continue
      open = env.simulation!.now
      break
    }
    // Late by the records: the instant of becoming late lies in the episode.
    let expected = 0
    for (const { start, end, outcome } of records) {
      const at = end - start > slo ? start + slo : outcome === 'ok' ? Number.POSITIVE_INFINITY : end
      if (at >= t0 && at < open) expected++
    }
    const stillOpen = late - expected
    expect(expected).toBeGreaterThan(10)
    expect(stillOpen).toBeGreaterThanOrEqual(0)
    expect(stillOpen).toBeLessThanOrEqual(world.requests.open.value[0]!)
    expect(-total * 15 * (10 * 0.5)).toBeCloseTo(paid + 3 * late, 6)
  })

  test('never answering and flapping cost more than standing still', () => {
    const kwargs = { scenario: SCALED, episodeLength: 120 }
    const span = 14
    const still = play(autoscaling(kwargs), 1, () => span).total
    const least = play(autoscaling(kwargs), 1, () => 0).total
    let up = false
    const flapping = play(autoscaling(kwargs), 1, () => ((up = !up) ? 2 * span : 0)).total
    expect(least).toBeLessThan(still)
    expect(flapping).toBeLessThan(still)
  })

  test('masks targets outside [min, max], and clamps or refuses them', () => {
    const env = autoscaling({ scenario: SCALED, episodeLength: 30 })
    const { infos } = play(env, 1, () => 28)
    expect(infos[0]!.invalidAction).toBe(true)
    expect((infos[0]!.view as { target: number }).target).toBe(16)
    expect(infos[0]!.actionMask.lastIndexOf(1)).toBe(14)
    const strict = autoscaling({ scenario: SCALED, invalidAction: 'error' })
    expect(() => play(strict, 1, () => 28)).toThrow(/outside 2 to 16/)
  })

  test('starts each episode at another hour of the profile, the same for the same seed', () => {
    const env = autoscaling({ scenario: SCALED })
    const phase = (seed?: number): number => {
      env.reset(seed === undefined ? {} : { seed })
      const profile = env.simulation!.scenario.workloads[0]!.profile!
      return profile.kind === 'diurnal' ? profile.phase : Number.NaN
    }
    const first = phase(1)
    const second = phase()
    expect(second).not.toBe(first)
    expect([phase(1), phase()]).toEqual([first, second])
  })

  test('an episode without a warm start may be shorter than the warm-up of its scenario', () => {
    const env = autoscaling({ start: 'empty', episodeLength: 3 })
    const { last } = play(env, 1, () => 28)
    expect(last.time).toBe(60)
    expect(last.summary!.meanLatency).toBeGreaterThan(0)
  })

  test('offers changes of at most k', () => {
    const env = autoscaling({ scenario: SCALED, k: 2, start: 'empty' })
    expect(env.actionSpace.n).toBe(5)
    const { info } = env.reset({ seed: 1 })
    const { target, min, max } = env.simulation!.world.scalers.all[0]!
    const mask = [-2, -1, 0, 1, 2].map((change) => Number(target + change >= min && target + change <= max))
    expect(Array.from(info.actionMask as Int8Array)).toEqual(mask)
    env.step(3)
    expect(env.simulation!.world.scalers.all[0]!.target).toBe(target + 1)
  })

  test('settles the account after the last decision', () => {
    const kwargs = { scenario: SCALED, episodeLength: 20, start: { for: 150 } }
    const plain = play(autoscaling(kwargs), 1, () => 14)
    const settled = play(autoscaling({ ...kwargs, settle: true }), 1, () => 14)
    expect(settled.total).toBeLessThan(plain.total)
    expect(settled.last.time).toBeCloseTo(plain.last.time + 40 + 2, 6)
  })

  test.each([
    [{ scenario: PLAIN }, /no autoscaler/],
    [{ scenario: SCALED, service: 'db' }, /no service "db" with an autoscaler/],
    [{ scenario: SCALED.replace(/slo: .*\n/, '') }, /there is no SLO/],
    [{ kapa: 3 }, /Did you mean "kappa"/],
    [{ scenario: SCALED, kappa: 0 }, /above 0, got 0/],
    [{ scenario: SCALED, k: 0 }, /at least 1, got 0/],
    [{ scenario: SCALED, start: { cold: 1 } }, /expected "empty"/],
  ])('refuses %o', (kwargs, message) => {
    const attempt = (): unknown => autoscaling(kwargs)
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(message)
  })
})
