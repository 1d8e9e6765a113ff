/** What the policies of published systems decide, worked out by hand. */
import { describe, expect, test } from 'vitest'
import { createBalancingPolicy } from '../../../src/policies/balancing/index.ts'
import type { BalancingPolicy } from '../../../src/policies/types.ts'
import { FakeView } from './fake-view.ts'

function make(view: FakeView, name: string, params: Record<string, unknown> = {}): BalancingPolicy {
  const policy = createBalancingPolicy({ name, params }, view.n)
  view.attach(policy)
  return policy
}

function picks(policy: BalancingPolicy, view: FakeView, n: number, hold = false): number[] {
  return Array.from({ length: n }, () => {
    const slot = policy.decide(view, view.draws)
    if (hold) view.change(slot, 1)
    return slot
  })
}

describe('envoy-least-request', () => {
  test('with weights 5, 1, 1 and bias 0 goes by earliest deadline, the older of equal ones first', () => {
    const view = new FakeView(3)
    view.weight.set([5, 1, 1])
    // a is due at .2, .4, .6, .8; at 1 b and c were there before a's fifth.
    expect(picks(make(view, 'envoy-least-request', { bias: 0 }), view, 7)).toEqual([0, 0, 0, 0, 1, 2, 0])
    view.weight[0] = 4
    view.weightVersion++
    const again = [0, 0, 0, 1, 2, 0]
    expect(picks(make(view, 'envoy-least-request', { bias: 0 }), view, 12)).toEqual([...again, ...again])
  })

  test('divides the weight by the requests in flight plus one at the pick', () => {
    const view = new FakeView(2)
    view.weight.set([2, 1])
    const policy = make(view, 'envoy-least-request')
    // a due .5, b 1; each hold doubles, then triples the gap: a +1 = 1.5, b at 1 +2 = 3, a at 1.5 +1.5 = 3.
    expect(picks(policy, view, 5, true)).toEqual([0, 1, 0, 1, 0])
  })

  test('with equal weights takes the emptier of choiceCount slots, which may be the same', () => {
    const view = new FakeView(2)
    view.change(0, 1)
    const slots = picks(make(view, 'envoy-least-request'), view, 20_000)
    // Slot 0 only where both draws are it.
    expect(slots.filter((slot) => slot === 0).length / 20_000).toBeCloseTo(0.25, 1)
    const many = picks(make(view, 'envoy-least-request', { choiceCount: 20 }), view, 200)
    expect(new Set(many)).toEqual(new Set([1]))
  })
})

describe('power-of-d', () => {
  test('with replacement takes the fuller slot of two as often as both draws are it', () => {
    const view = new FakeView(2)
    view.change(0, 1)
    const policy = make(view, 'power-of-d', { d: 2, replace: true })
    const slots = picks(policy, view, 20_000)
    expect(slots.filter((slot) => slot === 0).length / 20_000).toBeCloseTo(0.25, 1)
    expect(new Set(picks(make(view, 'power-of-d'), view, 200))).toEqual(new Set([1]))
  })
})

describe('never-queue', () => {
  test('prefers the fastest idle slot to the shortest expected delay', () => {
    const view = new FakeView(3)
    view.speed.set([4, 1, 2])
    // Idle ones by speed: 0, 2, 1; then (1 + 1) / 4 is least, (2 + 1) / 4, (3 + 1) / 4 = (1 + 1) / 2 to the first.
    expect(picks(make(view, 'never-queue'), view, 6, true)).toEqual([0, 2, 1, 0, 0, 0])
  })
})

describe('least-pending', () => {
  test('counts own requests only, whatever the weight', () => {
    const view = new FakeView(2)
    view.weight.set([9, 1])
    view.change(0, 1)
    expect(picks(make(view, 'least-pending'), view, 3)).toEqual([1, 1, 1])
  })
})

describe('jiq', () => {
  test('takes the slot that has been idle for longest, and any where none is', () => {
    const view = new FakeView(3)
    const policy = make(view, 'jiq')
    expect(picks(policy, view, 3, true)).toEqual([0, 1, 2])
    view.change(1, -1)
    view.change(0, -1)
    expect(picks(policy, view, 2, true)).toEqual([1, 0])
    expect(new Set(picks(policy, view, 100)).size).toBe(3)
  })
})

describe('stale-estimate', () => {
  test('adds k per request sent since the last report', () => {
    const view = new FakeView(2)
    view.load.set([5, 3])
    view.time = 1
    view.report(0)
    view.report(1)
    const policy = make(view, 'stale-estimate', { k: 4 })
    // 5 and 3; then 5 and 7; then 9 and 7.
    expect(picks(policy, view, 3, true)).toEqual([1, 0, 1])
    view.speed.set([10, 1])
    expect(picks(policy, view, 1)).toEqual([0])
  })

  test('counts what is in flight where nothing was reported yet', () => {
    const view = new FakeView(2)
    view.change(0, 1)
    expect(picks(make(view, 'stale-estimate'), view, 1)).toEqual([1])
  })
})

describe('peak-ewma', () => {
  const costs = (policy: BalancingPolicy): readonly number[] => (policy.save() as { cost: number[] }).cost

  test('jumps to a peak at once and decays from it', () => {
    const view = new FakeView(2)
    const policy = make(view, 'peak-ewma')
    view.time = 1
    view.answer(0, 0.2)
    expect(costs(policy)[0]).toBe(0.2)
    view.time = 11
    view.answer(0, 0.1)
    // One time constant later: 0.2 / e + 0.1 (1 - 1 / e).
    expect(costs(policy)[0]).toBeCloseTo(0.1 + 0.1 / Math.E, 12)
    view.answer(0, 0.5)
    expect(costs(policy)[0]).toBe(0.5)
  })

  test('decays towards nothing on a read, and weighs by the requests in flight plus one', () => {
    const view = new FakeView(2)
    const policy = make(view, 'peak-ewma')
    view.answer(0, 0.1)
    view.answer(1, 0.25)
    expect(picks(policy, view, 1, true)).toEqual([0])
    expect(picks(policy, view, 1, true)).toEqual([0])
    // 0.1 x 3 > 0.25.
    expect(picks(policy, view, 1)).toEqual([1])
    view.time = 10
    picks(policy, view, 1)
    expect(costs(policy)[0]).toBeCloseTo(0.1 / Math.E, 12)
  })

  test('avoids a slot that has never answered and already has a request', () => {
    const view = new FakeView(2)
    const policy = make(view, 'peak-ewma')
    view.answer(1, 5)
    expect(picks(policy, view, 2, true)).toEqual([0, 1])
    expect(costs(make(view, 'peak-ewma', { defaultRtt: '30ms' }))).toEqual([0.03, 0.03])
  })
})

describe('c3', () => {
  test('scores response less service plus the cubed queue times service', () => {
    const view = new FakeView(2)
    const policy = make(view, 'c3', { clients: 2, alpha: 1 })
    const answer = (slot: number, response: number, queue: number, service: number): void =>
      policy.answered!(view, slot, { response, ok: true, queue, service })
    answer(0, 0.05, 2, 0.01)
    answer(1, 0.02, 0, 0.04)
    // 0: .05 - .01 + 27 x .01 = .31; 1: .02 - .04 + 1 x .04 = .02.
    expect(picks(policy, view, 1, true)).toEqual([1])
    // 1 with one in flight: q = 1 + 2 = 3, .02 - .04 + 27 x .04 = 1.06.
    expect(picks(policy, view, 1)).toEqual([0])
  })

  test('tries every slot before it ranks them, and averages', () => {
    const view = new FakeView(3)
    const policy = make(view, 'c3', { alpha: 0.5 })
    expect(new Set(picks(policy, view, 3, true)).size).toBe(3)
    policy.answered!(view, 0, { response: 0.1, ok: true, queue: 4, service: 0.02 })
    policy.answered!(view, 0, { response: 0.3, ok: true, queue: 0, service: 0.04 })
    policy.answered!(view, 0, { response: 9, ok: false, queue: -1, service: 0 })
    expect(policy.save()).toMatchObject({
      response: [expect.closeTo(0.2, 12), 0, 0],
      queue: [2, 0, 0],
      service: [expect.closeTo(0.03, 12), 0, 0],
    })
  })
})

describe('prequal', () => {
  const hear = (view: FakeView, policy: BalancingPolicy, ...probes: [number, number, number][]): void => {
    for (const [slot, load, latency] of probes) policy.probed!(view, slot, load, latency)
  }
  const slots = (policy: BalancingPolicy): number[] =>
    (policy.save() as { entries: { slot: number }[] }).entries.map(({ slot }) => slot)
  /** Neither probes nor removals. */
  const STILL = { rProbe: 0, rRemove: 0 }

  test('takes the cold slot of least latency, and leaves the hot ones', () => {
    const view = new FakeView(10)
    const policy = make(view, 'prequal', { ...STILL, qRif: 0.5 })
    // Sorted 1 1 2 9: the quantile is 2, so that 9 alone is hot.
    hear(view, policy, [3, 9, 0.001], [4, 1, 0.05], [5, 2, 0.03], [6, 1, 0.04])
    expect(picks(policy, view, 1)).toEqual([5])
  })

  test('takes the one with the fewest requests where all are hot', () => {
    const view = new FakeView(10)
    const policy = make(view, 'prequal', { ...STILL, qRif: 0 })
    hear(view, policy, [1, 0, 0.5], [3, 9, 0.001], [4, 7, 0.05])
    // Slot 1, the only cold one, leaves the rotation; above 0 all is hot.
    view.setAvailable(1, false)
    expect(picks(policy, view, 1)).toEqual([4])
  })

  test('counts a request that it sends into the answer that it used, and drops what is old', () => {
    const view = new FakeView(10)
    const policy = make(view, 'prequal', STILL)
    hear(view, policy, [1, 0, 0.01], [2, 0, 0.02])
    picks(policy, view, 1)
    expect(policy.save()).toMatchObject({
      entries: [
        { slot: 1, rif: 1, uses: 1 },
        { slot: 2, rif: 0 },
      ],
    })
    view.time = 1.01
    picks(policy, view, 1)
    expect(slots(policy)).toEqual([])
  })

  test('uses an answer as often as keeps the pool from running dry', () => {
    // n = 32: (1 + 1) / ((1 - 16 / 32) x 1 - 0) = 4 uses.
    const view = new FakeView(32)
    const policy = createBalancingPolicy({ name: 'prequal', params: { rProbe: 1, rRemove: 0 } }, 32)
    hear(view, policy, [0, 0, 0.001], [1, 9, 0.4], [2, 9, 0.5], [3, 9, 0.6])
    expect(picks(policy, view, 5)).toEqual([0, 0, 0, 0, 1])
  })

  test('probes three distinct slots per request, or fractions that add up, never one that is gone', () => {
    const view = new FakeView(5)
    view.setAvailable(2, false)
    picks(make(view, 'prequal'), view, 1)
    expect(new Set(view.probes).size).toBe(3)
    expect(view.probes).not.toContain(2)
    view.probes.length = 0
    picks(make(view, 'prequal', { rProbe: 0.5 }), view, 10)
    expect(view.probes).toHaveLength(5)
    view.probes.length = 0
    picks(make(view, 'prequal', { rProbe: 9 }), view, 1)
    expect([...view.probes].sort()).toEqual([0, 1, 3, 4])
  })

  test('keeps at most its pool, one answer per slot, the newest', () => {
    const view = new FakeView(10)
    const policy = make(view, 'prequal', { ...STILL, pool: 3 })
    hear(view, policy, [1, 0, 0.1], [2, 0, 0.1], [1, 5, 0.1], [3, 0, 0.1], [4, 0, 0.1])
    expect(slots(policy)).toEqual([1, 3, 4])
  })

  test('is random with fewer than two answers', () => {
    const view = new FakeView(4)
    const policy = make(view, 'prequal', STILL)
    hear(view, policy, [1, 0, 0.1])
    expect(new Set(picks(policy, view, 100)).size).toBe(4)
  })
})
