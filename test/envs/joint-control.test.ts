import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { type JointControl, type JointControlAction, make } from '../../envs/index.ts'
import type { JointControlTerms } from '../../envs/joint-control/reward.ts'
import { ConfigError } from '../../src/errors.ts'
import { checkEnv, type Info } from '../../src/gym/index.ts'
import type { RequestRecord } from '../../src/model/requests.ts'
import type { JointView } from '../../src/policies/types.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { FRONT, SCALED } from './scenarios.ts'

type Act = (info: Info, observation: Float32Array) => JointControlAction

function joint(kwargs: Record<string, unknown>): JointControl {
  return make('JointControl-v0', kwargs).unwrapped as JointControl
}

function play(env: JointControl, seed: number, act: Act) {
  let { observation, info } = env.reset({ seed })
  const infos: Info[] = [info]
  let total = 0
  for (;;) {
    const step = env.step(act(info, observation))
    total += step.reward
    ;({ observation, info } = step)
    infos.push(info)
    expect(step.terminated).toBe(false)
    if (step.truncated) return { total, infos }
  }
}

/** Equal weights, as many replicas as said, and the gate open as far as said. */
function action(replicas: number, admit = 1, weights = new Array(10).fill(1)): JointControlAction {
  return { weights: Float32Array.from(weights), replicas, admit: Float32Array.of(admit) }
}

/** No change of the target. */
const STAY = 8

describe('JointControl-v0', () => {
  test('passes every check; that its action is a Dict is all that is said', () => {
    for (const kwargs of [{ start: { for: 60 } }, { scenario: FRONT, view: 'full', start: { for: 20 } }]) {
      const report = checkEnv(joint(kwargs))
      expect(report.errors).toEqual([])
      expect(report.warnings).toEqual([expect.stringMatching(/^action-is-array/)])
    }
  })

  test('keeps every observation within its space, and masks what the target cannot be', () => {
    const env = joint({ scenario: FRONT, view: 'full', start: 'empty', episodeLength: 'horizon' })
    expect(env.observationSpace.shape).toEqual([27 + 2 + 10 * 14])
    const { infos } = play(env, 1, (info, observation) => {
      if (!env.observationSpace.contains(observation)) throw new Error(String(observation))
      const { target, min, max } = (info.view as JointView).scaling
      const { replicas } = info.actionMask as { replicas: Int8Array }
      replicas.forEach((valid, a) => {
        const wanted = target + a - STAY
        expect(valid).toBe(Number(wanted >= min && wanted <= max))
      })
      return env.actionSpace.sample()
    })
    expect(infos.some((info) => info.invalidAction)).toBe(true)
    expect(infos.some((info) => (info.terms as JointControlTerms).shed > 0)).toBe(true)
  })

  test('pays for paid replicas and for late requests, each once, those that were shed among them', () => {
    const env = joint({ scenario: FRONT, episodeLength: 40, kappa: 3, start: { for: 50 } })
    env.reset({ seed: 3 })
    const { world } = env.simulation!
    const t0 = env.simulation!.now
    const records: RequestRecord[] = []
    world.requests.listener = (record) => records.push(record)
    env.actionSpace.seed(5)
    let total = 0
    let late = 0
    let paid = 0
    let shed = 0
    for (let truncated = false; !truncated; ) {
      const step = env.step({ ...env.actionSpace.sample(), admit: Float32Array.of(0.6) })
      const terms = step.info.terms as JointControlTerms
      total += step.reward
      late += terms.late
      paid += terms.replicaSeconds
      shed += terms.shed
      truncated = step.truncated
    }
    const end = env.simulation!.now
    // Late by the records: the instant of becoming late lies in the episode.
    const expected = records.filter((record) => {
      const age = record.end - record.start
      const at = age > 1 ? record.start + 1 : record.outcome === 'ok' ? Number.POSITIVE_INFINITY : record.end
      return at >= t0 && at < end
    })
    const lost = expected.filter(({ outcome }) => outcome === 'shed').length
    expect(lost).toBeGreaterThan(10)
    expect(shed).toBe(world.gate.shed)
    expect(shed).toBeGreaterThanOrEqual(lost)
    const stillOpen = late - expected.length
    expect(stillOpen).toBeGreaterThanOrEqual(0)
    expect(stillOpen).toBeLessThanOrEqual(world.requests.open.value[0]!)
    // 10 s x 4 replicas are one unit.
    expect(-total * 10 * (20 * 0.2)).toBeCloseTo(paid + 3 * late, 6)
  })

  test('lets no more through than the rate that the action says, from 0.1 to 2 x capacity in equal ratios', () => {
    const env = joint({ scenario: FRONT, start: 'empty', episodeLength: 'horizon' })
    expect(env.capacity).toBeCloseTo(50, 9)
    env.reset({ seed: 1 })
    const { gate } = env.simulation!.world
    for (const admit of [0, 0.25, 1]) {
      env.step(action(STAY, admit))
      const before = gate.admitted
      const { info } = env.step(action(STAY, admit))
      const admitted = gate.admitted - before
      const rate = 5 * 20 ** admit
      expect(admitted).toBe((info.terms as JointControlTerms).admitted)
      expect(admitted).toBeLessThanOrEqual(10 * rate + Math.max(1, rate))
      if (admit < 0.5) expect(admitted).toBeGreaterThanOrEqual(Math.floor(10 * rate) - 1)
      else expect((info.terms as JointControlTerms).shed).toBe(0)
    }
  })

  test('without a limit and with equal weights it is Autoscaling-v0 of a balancer that spreads equally', () => {
    const kwargs = { scenario: FRONT, start: { for: 30 }, episodeLength: 20, randomPhase: false }
    const env = joint(kwargs)
    const alone = env.scaling
    const seen = play(env, 4, () => action(STAY + 1)).infos.map((info) => info.terms as JointControlTerms)
    const text = FRONT.replace('policy: least-request', 'policy: { weighted: { by: weight } }')
    const other = make('Autoscaling-v0', { ...kwargs, scenario: text }).unwrapped as typeof alone
    // The warm start is under the scenario's own policy.
    const { info } = other.reset({ seed: 4 })
    expect(seen[0]!.replicaSeconds).toBe((info.terms as JointControlTerms).replicaSeconds)
    for (let k = 1; k <= 20; k++) {
      const step = other.step(STAY + 1)
      expect((step.info.terms as JointControlTerms).replicaSeconds).toBeCloseTo(seen[k]!.replicaSeconds, 9)
    }
  })

  test('a snapshot of its run has the limit at the gate', () => {
    const env = joint({ scenario: FRONT, start: 'empty' })
    env.reset({ seed: 2 })
    for (let k = 0; k < 4; k++) env.step(action(STAY, 0.3))
    const simulation = env.simulation!
    const copy = Simulation.restore(simulation.snapshot(), simulation.scenario, { series: false })
    const until = simulation.now + 9
    for (const one of [simulation, copy]) one.resume(6, until)
    expect(simulation.world.gate.shed).toBeGreaterThan(20)
    expect(copy.world.gate.save()).toEqual(simulation.world.gate.save())
    expect(copy.world.requests.outcomes).toEqual(simulation.world.requests.outcomes)
  })

  test('refusing, never answering, all to one replica and flapping are worse than an equal split over 6 replicas', () => {
    // With retries an equal split collapses, and then shedding is right.
    const scenario = FRONT.replace('attempts: 2', 'attempts: 1')
    const returnOf = (make: (env: JointControl) => Act): number =>
      [1, 2].reduce((sum, seed) => {
        const env = joint({ scenario, episodeLength: 30, start: { for: 30 } })
        return sum + play(env, seed, make(env)).total
      }, 0)
    const equal = returnOf(() => () => action(STAY))
    let up = false
    expect(returnOf(() => () => action(STAY, 0))).toBeLessThan(equal)
    expect(returnOf(() => () => action(0))).toBeLessThan(equal)
    expect(returnOf(() => () => action(STAY, 1, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBeLessThan(equal)
    expect(returnOf(() => () => action((up = !up) ? 16 : 0))).toBeLessThan(equal)
    const agent = createAgent('joint-control')
    expect(
      returnOf(() => {
        agent.reset?.(0)
        return (info, observation) => agent.act(observation, info) as JointControlAction
      }),
    ).toBeGreaterThan(equal)
  })

  test('refuses what is no action without a trace, and masked targets where it is asked to', () => {
    const env = joint({ scenario: FRONT, start: 'empty', invalidAction: 'error', episodeLength: 1 })
    env.reset({ seed: 1 })
    const before = env.simulation!.world.balancers.all[0]!.weightVersion
    const bad: unknown[] = [
      action(17),
      action(8, 1.5),
      action(8, 1, [1]),
      action(8, Number.NaN),
      { replicas: 8 },
      3,
      null,
    ]
    for (const one of bad)
      expect(() => env.step(one as JointControlAction)).toThrow(/expected \{ weights: Float32Array of 10/)
    expect(() => env.step(action(16))).toThrow(/outside 2 to 10/)
    expect(env.simulation!.world.balancers.all[0]!.weightVersion).toBe(before)
    expect(env.step(action(STAY)).truncated).toBe(true)
    expect(() => env.step(action(STAY))).toThrow(/episode has ended/)
  })

  test('learners with discrete actions say that they cannot act here', () => {
    expect(() => createAgent('ppo').train!(() => joint({}), { steps: 8, seed: 1 })).toThrow(
      /ppo needs a Discrete action, got Dict/,
    )
    const { info } = joint({ scenario: SCALED, start: 'empty' }).reset({ seed: 1 })
    expect(() => createAgent('jsq').act(undefined, info)).toThrow(/jsq needs the view of a balancer/)
    expect(() => createAgent('hpa').act(undefined, info)).toThrow(/hpa needs the view of a scaler/)
  })

  test.each([
    [
      { scenario: FRONT.replace('to: edge', 'to: web').replace(/balancers: .*\n/, '') },
      /no balancer of web alone/,
    ],
    [{ scenario: FRONT, viev: 'full' }, /Did you mean "view"/],
    [{ scenario: FRONT, kappa: 0 }, /above 0, got 0/],
  ])('refuses %o', (kwargs, message) => {
    const attempt = (): unknown => joint(kwargs)
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(message)
  })
})
