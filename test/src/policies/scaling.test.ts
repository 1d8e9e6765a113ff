import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { createScalingPolicy, scalingPolicies } from '../../../src/policies/scaling/index.ts'
import type { ScalingPolicy, ScalingView } from '../../../src/policies/types.ts'
import { Stream } from '../../../src/random/stream.ts'
import { fakeScalingView } from './fake-view.ts'

const make = (name: string, params: Record<string, unknown> = {}): ScalingPolicy =>
  createScalingPolicy({ name, params }, 100)
const decide = (policy: ScalingPolicy, values: Partial<ScalingView>): number => {
  const view = fakeScalingView(values)
  return policy.decide(view, view.draws)
}

const cases: { name: string; params: Record<string, unknown>; title: string }[] = [
  ...[...scalingPolicies.keys()].map((name) => ({ name, params: {} })),
  { name: 'hpa', params: { target: '60%', downStabilization: '1min', upStabilization: 30 } },
  { name: 'square-root', params: { source: 'max3', hold: '2min' } },
  { name: 'threshold', params: { upAfter: 3, downAfter: 2, cooldown: 0 } },
].map((one) => ({ ...one, title: `${one.name} ${JSON.stringify(one.params)}` }))

/** A made-up but eventful history; replicas follow the policy at once. */
function run(
  policy: ScalingPolicy,
  steps: number,
  handOver?: { at: number; to: () => ScalingPolicy },
): number[] {
  const noise = Stream.derive(3, 'load')
  let current = policy
  let target = 4
  let changed = 0
  return Array.from({ length: steps }, (_, i) => {
    if (i === handOver?.at) {
      const state = JSON.parse(JSON.stringify(current.save()))
      current = handOver.to()
      current.load(state)
    }
    const offered = 5 + 4 * Math.sin(i / 4) + noise.next()
    const time = 15 * (i + 1)
    const wanted = decide(current, {
      time,
      ready: target,
      utilization: Math.min(1, offered / target),
      offered: [offered, offered + 1, offered - 1, 5],
      sinceChange: time - changed,
      max: 20,
    })
    const next = Math.min(20, Math.max(1, Math.round(wanted)))
    if (next !== target) changed = time
    target = next
    return wanted
  })
}

describe.each(cases)('$title', ({ name, params }) => {
  test('wants a finite number of replicas, the same each time', () => {
    const wanted = run(make(name, params), 100)
    expect(wanted.every((n) => Number.isFinite(n) && n >= 0)).toBe(true)
    expect(run(make(name, params), 100)).toEqual(wanted)
  })

  test('continues exactly from its saved state, also through JSON', () => {
    const wanted = run(make(name, params), 60)
    for (const at of [1, 7, 30])
      expect(run(make(name, params), 60, { at, to: () => make(name, params) })).toEqual(wanted)
  })

  test('refuses a parameter that it does not have', () => {
    expect(() => make(name, { nosuch: 1 })).toThrow(ConfigError)
  })
})

describe('createScalingPolicy', () => {
  test('suggests the name that was meant, at the path that was given', () => {
    expect(() =>
      createScalingPolicy({ name: 'hpaa', params: {} }, 5, 'services.web.autoscaler.policy'),
    ).toThrow('unknown scaling policy "hpaa" (services.web.autoscaler.policy). Did you mean "hpa"?')
  })

  test.each([
    ['hpa', { target: 0 }, 'hpa.target'],
    ['hpa', { target: '60' }, 'hpa.target'],
    ['hpa', { metric: 'memory' }, 'hpa.metric'],
    ['hpa', { downStabilization: '5 minutes' }, 'hpa.downStabilization'],
    ['hpa', { behaviour: 3 }, 'hpa.behaviour'],
    ['hpa', { behaviour: { upp: {} } }, 'hpa.behaviour.upp'],
    ['hpa', { behaviour: { up: { select: 'most' } } }, 'hpa.behaviour.up.select'],
    ['hpa', { behaviour: { up: { policies: [] } } }, 'hpa.behaviour.up.policies'],
    [
      'hpa',
      { behaviour: { down: { policies: [{ pods: 4, percent: 10, period: 15 }] } } },
      'hpa.behaviour.down.policies[0]',
    ],
    ['hpa', { behaviour: { down: { policies: [{ pods: 4 }] } } }, 'hpa.behaviour.down.policies[0]'],
    ['threshold', { high: 0.3 }, 'threshold.low'],
    ['threshold', { up: 1.5 }, 'threshold.up'],
    ['square-root', { source: 'max' }, 'square-root.source'],
    ['fixed', { n: 'many' }, 'fixed.n'],
  ])('refuses %s %j at %s', (name, params, path) => {
    let problems: readonly { path: string }[] = []
    try {
      createScalingPolicy({ name, params }, 5, 'p')
    } catch (error) {
      problems = (error as ConfigError).problems
    }
    expect(problems.map((problem) => problem.path)).toEqual([`p.${path}`])
  })
})

test('fixed wants its number', () => {
  expect(decide(make('fixed', { n: 7 }), {})).toBe(7)
})

describe('threshold', () => {
  test('steps up after enough high intervals in a row and down after enough low ones', () => {
    const policy = make('threshold', { upAfter: 2, downAfter: 2, up: 3, down: 2, cooldown: 0 })
    const wanted = [0.8, 0.7, 0.8, 0.8, 0.8, 0.3, 0.35, 0.3, 0.3].map((utilization) =>
      decide(policy, { ready: 10, utilization }),
    )
    expect(wanted).toEqual([10, 10, 10, 13, 10, 10, 10, 10, 8])
  })

  test('takes the bounds as inside the band', () => {
    const policy = make('threshold', { downAfter: 1 })
    expect(decide(policy, { utilization: 0.75 })).toBe(4)
    expect(decide(policy, { utilization: 0.35 })).toBe(4)
  })

  test('waits for the cooldown', () => {
    const policy = make('threshold', { cooldown: '60s' })
    expect(decide(policy, { utilization: 0.9, sinceChange: 45 })).toBe(4)
    expect(decide(policy, { utilization: 0.9, sinceChange: 60 })).toBe(5)
  })
})

describe('hpa', () => {
  test.each([
    [3, 0.9, 6],
    [10, 0.54, 10],
    [10, 0.56, 12],
    [10, 0.3, 6],
  ])('with target .5 turns %d replicas at %d into %d', (ready, utilization, expected) => {
    expect(decide(make('hpa', { target: 0.5 }), { ready, utilization })).toBe(expected)
  })

  test('takes a target in percent, and rounding does not add a replica', () => {
    expect(decide(make('hpa', { target: '70%' }), { ready: 5, utilization: 0.84 })).toBe(6)
    expect(decide(make('hpa', { target: '50%' }), { ready: 20, utilization: 0.55 })).toBe(20)
  })

  test('keeps the target without a ready replica', () => {
    expect(decide(make('hpa'), { ready: 0, starting: 3, utilization: 0 })).toBe(3)
  })

  test('counts starting replicas as idle when it would scale up', () => {
    const policy = (): ScalingPolicy => make('hpa', { target: 0.5, downStabilization: 0 })
    // Ratio 1.8 over 3 ready: 5.4 replicas; with 1 starting 5.4 / 4 = 1.35 and 6 replicas.
    expect(decide(policy(), { ready: 3, starting: 1, utilization: 0.9 })).toBe(6)
    // With 2 starting 5.4 / 5 = 1.08 lies within the tolerance.
    expect(decide(policy(), { ready: 3, starting: 2, utilization: 0.9 })).toBe(5)
    // With 4 starting 5.4 / 7 is below 1: the direction flipped.
    expect(decide(policy(), { ready: 3, starting: 4, utilization: 0.9 })).toBe(7)
  })

  test('ignores starting replicas when it scales down', () => {
    const policy = make('hpa', { target: 0.5, downStabilization: 0 })
    // Ratio .5 over 4 ready.
    expect(decide(policy, { ready: 4, starting: 4, utilization: 0.25 })).toBe(2)
  })

  test('scales down only to the greatest recommendation of the last 300 s', () => {
    const policy = make('hpa', { target: 0.5 })
    expect(decide(policy, { time: 0, ready: 10, utilization: 0.5 })).toBe(10)
    expect(decide(policy, { time: 15, ready: 10, utilization: 0.4 })).toBe(10)
    expect(decide(policy, { time: 285, ready: 10, utilization: 0.1 })).toBe(10)
    expect(decide(policy, { time: 300, ready: 10, utilization: 0.1 })).toBe(8)
    expect(decide(policy, { time: 315, ready: 8, utilization: 0.1 })).toBe(2)
  })

  test('scales up only to the least recommendation of the up window', () => {
    const policy = make('hpa', { target: 0.5, upStabilization: 30 })
    expect(decide(policy, { time: 0, ready: 4, utilization: 0.6 })).toBe(5)
    expect(decide(policy, { time: 15, ready: 4, utilization: 0.8 })).toBe(5)
    expect(decide(policy, { time: 30, ready: 4, utilization: 0.9 })).toBe(7)
  })

  test('grows by the greater of 4 replicas and 100 % in 15 s', () => {
    expect(decide(make('hpa', { target: 0.1 }), { ready: 2, utilization: 1 })).toBe(6)
    expect(decide(make('hpa', { target: 0.1 }), { ready: 8, utilization: 1 })).toBe(16)
  })

  test('counts its own changes within the period of a rate limit', () => {
    const policy = make('hpa', {
      target: 0.1,
      downStabilization: 0,
      behaviour: {
        up: { policies: [{ pods: 4, period: 30 }] },
        down: { policies: [{ percent: '50%', period: '30s' }] },
      },
    })
    expect(decide(policy, { time: 0, ready: 2, utilization: 1 })).toBe(6)
    expect(decide(policy, { time: 15, ready: 6, utilization: 1 })).toBe(6)
    expect(decide(policy, { time: 30, ready: 6, utilization: 1 })).toBe(10)
    // The period began at 10 - 4 = 6: no fewer than 3. The next at 3 + 7 = 10: no fewer than 5, so that 3 stay.
    expect(decide(policy, { time: 45, ready: 10, utilization: 0.001 })).toBe(3)
    expect(decide(policy, { time: 61, ready: 3, utilization: 0.001 })).toBe(3)
    expect(decide(policy, { time: 76, ready: 3, utilization: 0.001 })).toBe(1)
  })

  test('obeys select and the bounds of the scaler', () => {
    const policies = [
      { pods: 1, period: 15 },
      { percent: 100, period: 15 },
    ]
    const up = (select: string): number =>
      decide(make('hpa', { target: 0.1, behaviour: { up: { select, policies } } }), {
        ready: 4,
        utilization: 1,
      })
    expect([up('max'), up('min'), up('disabled')]).toEqual([8, 5, 4])
    expect(decide(make('hpa', { target: 0.1 }), { ready: 4, utilization: 1, max: 6 })).toBe(6)
    expect(decide(make('hpa'), { ready: 4, utilization: 0, min: 2 })).toBe(2)
  })
})

describe('square-root', () => {
  test.each([
    [100, 1, 110],
    [10, 1, 14],
    [10, 0, 10],
    [16, 0.5, 18],
    [0, 1, 0],
  ])('staffs an offered load of %d with beta %d by %d', (load, beta, expected) => {
    expect(decide(make('square-root', { beta }), { offered: [load, 0, 0, 0] })).toBe(expected)
  })

  test.each([
    ['last', 4],
    ['max3', 9],
    ['ewma', 25],
  ])('takes the offered load from %s', (source, load) => {
    expect(decide(make('square-root', { source, beta: 0 }), { offered: [4, 1, 9, 25] })).toBe(load)
  })

  test('holds a number for so many seconds before it falls', () => {
    const policy = make('square-root', { beta: 0, hold: 30 })
    const at = (time: number, load: number): number => decide(policy, { time, offered: [load, 0, 0, 0] })
    expect([at(0, 9), at(15, 4), at(30, 4), at(45, 4), at(60, 6)]).toEqual([9, 9, 4, 4, 6])
  })
})
