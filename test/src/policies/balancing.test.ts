import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { balancingPolicies, createBalancingPolicy } from '../../../src/policies/balancing/index.ts'
import type { BalancingPolicy } from '../../../src/policies/types.ts'
import { FakeView } from './fake-view.ts'

const names = [...balancingPolicies.keys()]
/** Every policy as it is by default, and in the variants that run other code. */
const variants: [name: string, params: Record<string, unknown>][] = [
  ...names.map((name): [string, Record<string, unknown>] => [name, {}]),
  ['weighted', { by: 'speed' }],
  ['weighted-random', { weights: [0, 1, 2, 3, 0, 1] }],
  ['jsq', { ties: 'fastest' }],
  ['jsq', { ties: 'first', view: 'own' }],
  ['jsq', { ties: 'fastest', view: 'own' }],
  ['sed', { view: 'own', ties: 'random' }],
  ['offset-sed', { c: 0.7, b: 1.4, view: 'own' }],
  ['power-of-d', { d: 3, replace: true }],
  ['power-of-d', { d: 9 }],
  ['envoy-least-request', { bias: 0.5 }],
  ['never-queue', { view: 'own' }],
  ['peak-ewma', { defaultRtt: '30ms' }],
  ['prequal', { pool: 3, rProbe: 1.5, rRemove: 0.5 }],
  ['maglev', { tableSize: 101 }],
  ['bounded-load', { hash: 'ring', balanceFactor: 110 }],
]
const cases = variants.map(([name, params]) => ({ name, params, title: `${name} ${JSON.stringify(params)}` }))

const make = (name: string, params: Record<string, unknown> = {}, n = 6): BalancingPolicy =>
  createBalancingPolicy({ name, params }, n)

/** The policy with a view that it hears from. */
function attached(view: FakeView, name: string, params: Record<string, unknown>, n = 6): BalancingPolicy {
  const policy = make(name, params, n)
  view.attach(policy)
  return policy
}

/** What happens between decisions: answers, and slots that leave and come back. */
type Event = { readonly toggle: number } | { readonly answer: number } | 'decide'
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ toggle: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ answer: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.constant('decide' as const) },
)

function heterogeneous(): FakeView {
  const view = new FakeView(6)
  view.speed.set([1, 1, 0.5, 2, 0.5, 1])
  view.cores.set([1, 2, 1, 1, 4, 1])
  view.weight.set([5, 1, 1, 2, 1, 1])
  return view
}

function apply(view: FakeView, what: Event): boolean {
  if (what === 'decide') return true
  if ('toggle' in what) {
    const on = view.available[what.toggle] === 0
    if (on || view.availableCount > 1) view.setAvailable(what.toggle, on)
  } else if (view.inFlight[what.answer]! > 0) {
    view.time += 0.07
    view.change(what.answer, -1)
    view.answer(what.answer, 0.01 * (what.answer + 1))
    view.report(what.answer)
  }
  return false
}

describe.each(cases)('$title', ({ name, params }) => {
  test('never picks a slot that is not available', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, equal) => {
        const view = equal ? new FakeView(6) : heterogeneous()
        const policy = attached(view, name, params)
        for (const what of events) {
          if (!apply(view, what)) continue
          view.key = (view.key + 8) % 23
          const slot = policy.decide(view, view.draws)
          if (view.available[slot] !== 1) expect.fail(`picked ${slot} of [${view.available}]`)
          view.change(slot, 1)
        }
      }),
      { seed: 1, numRuns: 150 },
    )
  })

  test('decides the same from the same view and stream, and continues exactly from its saved state', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), fc.nat(50), (events, at) => {
        const view = heterogeneous()
        const twin = heterogeneous()
        const policy = attached(view, name, params)
        let copy = attached(twin, name, params)
        events.forEach((what, i) => {
          if (i === at) {
            const state = JSON.parse(JSON.stringify(policy.save()))
            copy = attached(twin, name, params)
            copy.load(state)
          }
          apply(twin, what)
          if (!apply(view, what)) return
          twin.key = view.key = (view.key + 8) % 23
          const slot = policy.decide(view, view.draws)
          expect(copy.decide(twin, twin.draws)).toBe(slot)
          view.change(slot, 1)
          twin.change(slot, 1)
        })
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  test('is not changed by what happens to a state that it saved or loaded', () => {
    const view = heterogeneous()
    const policy = attached(view, name, params)
    for (let i = 0; i < 5; i++) policy.decide(view, view.draws)
    const state = policy.save()
    const before = JSON.stringify(state)
    const other = make(name, params)
    other.load(state)
    for (let i = 0; i < 5; i++) other.decide(view, view.draws)
    expect(JSON.stringify(state)).toBe(before)
  })

  test('picks the only available slot', () => {
    for (let only = 0; only < 6; only++) {
      const view = heterogeneous()
      const policy = attached(view, name, params)
      policy.decide(view, view.draws)
      for (let i = 0; i < 6; i++) view.setAvailable(i, i === only)
      expect([1, 2, 3].map(() => policy.decide(view, view.draws))).toEqual([only, only, only])
    }
  })

  test('works with a single slot', () => {
    const view = new FakeView(1)
    const policy = make(name, 'weights' in params ? { weights: [1] } : params, 1)
    expect(policy.decide(view, view.draws)).toBe(0)
  })

  test('refuses a parameter that it does not have', () => {
    expect(() => make(name, { ...params, nosuch: 1 })).toThrow(ConfigError)
  })
})

describe('createBalancingPolicy', () => {
  test('suggests the name that was meant, at the path that was given', () => {
    expect(() =>
      createBalancingPolicy({ name: 'least-requests', params: {} }, 2, 'balancers.edge.policy'),
    ).toThrow(
      'unknown balancing policy "least-requests" (balancers.edge.policy). Did you mean "least-request"?',
    )
  })

  test('suggests the parameter and the value that were meant', () => {
    const path = 'balancers.edge.policy'
    expect(() => createBalancingPolicy({ name: 'jsq', params: { tie: 'first' } }, 2, path)).toThrow(
      'unknown parameter "tie" of jsq (balancers.edge.policy.jsq.tie). Did you mean "ties"?',
    )
    expect(() => createBalancingPolicy({ name: 'jsq', params: { ties: 'fast' } }, 2, path)).toThrow(
      'expected one of random, fastest, first, got "fast" (balancers.edge.policy.jsq.ties)',
    )
  })

  test('reports all problems together', () => {
    expect.assertions(1)
    try {
      make('offset-sed', { c: -1, b: 'x', view: 'mine', d: 1 })
    } catch (error) {
      expect((error as ConfigError).problems.map((problem) => problem.path)).toEqual([
        'policy.offset-sed.d',
        'policy.offset-sed.c',
        'policy.offset-sed.b',
        'policy.offset-sed.view',
      ])
    }
  })

  test.each([[[1]], [[1, -1]], [[0, 0]], ['x'], [[1, Number.NaN]]])(
    'refuses the weights %j for two slots',
    (weights) => {
      expect(() => make('weighted-random', { weights }, 2)).toThrow(ConfigError)
    },
  )
})

/** Decides `n` times; `hold` keeps every request in flight. */
function picks(policy: BalancingPolicy, view: FakeView, n: number, hold = false): number[] {
  return Array.from({ length: n }, () => {
    const slot = policy.decide(view, view.draws)
    if (hold) view.change(slot, 1)
    return slot
  })
}

function shares(policy: BalancingPolicy, view: FakeView, n: number): number[] {
  const counts = new Array<number>(view.n).fill(0)
  for (const slot of picks(policy, view, n)) counts[slot]! += 1 / n
  return counts
}

describe('the rules', () => {
  test('random and weighted-random keep their proportions, also when most slots are gone', () => {
    const view = new FakeView(5)
    view.speed.set([1, 2, 1, 1, 1])
    view.cores.set([1, 2, 1, 1, 1])
    const close = (shares: number[], expected: number[]): void =>
      shares.forEach((share, i) => {
        expect(share).toBeCloseTo(expected[i]!, 1)
        if (expected[i] === 0) expect(share).toBe(0)
      })
    close(shares(make('random', {}, 5), view, 20000), [0.2, 0.2, 0.2, 0.2, 0.2])
    const heavy = make('weighted-random', {}, 5)
    close(shares(heavy, view, 20000), [1 / 8, 4 / 8, 1 / 8, 1 / 8, 1 / 8])
    view.setAvailable(0, false)
    close(shares(heavy, view, 20000), [0, 4 / 7, 1 / 7, 1 / 7, 1 / 7])
    close(shares(make('random', {}, 5), view, 20000), [0, 0.25, 0.25, 0.25, 0.25])
    view.setAvailable(2, false)
    view.setAvailable(3, false)
    close(shares(heavy, view, 20000), [0, 4 / 5, 0, 0, 1 / 5])
    close(shares(make('random', {}, 5), view, 20000), [0, 0.5, 0, 0, 0.5])
    // Only slots of weight 0 are left.
    close(shares(make('weighted-random', { weights: [1, 0, 0, 0, 0] }, 5), view, 20000), [0, 0.5, 0, 0, 0.5])
  })

  test('round-robin goes round and skips what is not available', () => {
    const view = new FakeView(4)
    const policy = make('round-robin', {}, 4)
    expect(picks(policy, view, 5)).toEqual([0, 1, 2, 3, 0])
    view.setAvailable(1, false)
    expect(picks(policy, view, 4)).toEqual([2, 3, 0, 2])
  })

  test('weighted with 5, 1, 1 gives a a b a c a a, and shares among the available when one is gone', () => {
    const view = new FakeView(3)
    view.weight.set([5, 1, 1])
    const policy = make('weighted', {}, 3)
    expect(picks(policy, view, 14)).toEqual([0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0])
    view.setAvailable(1, false)
    expect(picks(policy, view, 12).filter((slot) => slot === 2)).toHaveLength(2)
  })

  test('weighted by speed takes speed x cores for the weight', () => {
    const view = new FakeView(3)
    view.speed.set([2.5, 1, 1])
    view.cores.set([2, 1, 1])
    expect(picks(make('weighted', { by: 'speed' }, 3), view, 7)).toEqual([0, 0, 1, 0, 2, 0, 0])
  })

  test('least-request goes round equal idle slots and finds the least loaded', () => {
    const view = new FakeView(3)
    const policy = make('least-request', {}, 3)
    expect(picks(policy, view, 4)).toEqual([0, 1, 2, 0])
    expect(picks(policy, view, 3, true).sort()).toEqual([0, 1, 2])
    view.change(1, -1)
    expect(picks(policy, view, 1)).toEqual([1])
  })

  test('least-request breaks ties of unequal weights by smooth weighted round robin', () => {
    const view = new FakeView(3)
    view.weight.set([5, 1, 1])
    expect(picks(make('least-request', {}, 3), view, 7)).toEqual([0, 0, 1, 0, 2, 0, 0])
  })

  test('least-request divides the requests in flight by the weight', () => {
    const view = new FakeView(2)
    view.weight.set([3, 1])
    const counts = [0, 0]
    for (const slot of picks(make('least-request', {}, 2), view, 40, true)) counts[slot]!++
    expect(counts).toEqual([30, 10])
  })

  test('power-of-two never picks the longest of distinct lengths and takes every pair alike', () => {
    const view = new FakeView(3)
    view.change(0, 1)
    view.change(0, 1)
    view.change(1, 1)
    const [a, b, c] = shares(make('power-of-two', {}, 3), view, 20000)
    expect(a).toBe(0)
    // Slot 2 wins both of its pairs.
    expect(b).toBeCloseTo(1 / 3, 1)
    expect(c).toBeCloseTo(2 / 3, 1)
    const even = shares(make('power-of-two', {}, 3), new FakeView(3), 20000)
    for (const share of even) expect(share).toBeCloseTo(1 / 3, 1)
  })

  test('power-of-two draws distinct slots when some are gone', () => {
    const view = new FakeView(12)
    for (let i = 2; i < 12; i++) view.setAvailable(i, false)
    view.change(0, 1)
    expect(new Set(picks(make('power-of-two', {}, 12), view, 200))).toEqual(new Set([1]))
  })

  test('jsq breaks ties at random, to the fastest or to the first', () => {
    const view = new FakeView(4)
    view.speed.set([1, 2, 2, 1])
    view.change(0, 1)
    expect(picks(make('jsq', { ties: 'fastest' }, 4), view, 2)).toEqual([1, 1])
    expect(picks(make('jsq', { ties: 'first' }, 4), view, 2)).toEqual([1, 1])
    const even = shares(make('jsq', {}, 4), view, 20000)
    expect(even[0]).toBe(0)
    for (const share of even.slice(1)) expect(share).toBeCloseTo(1 / 3, 1)
    view.change(1, 1)
    view.change(2, 1)
    expect(picks(make('jsq', { ties: 'fastest' }, 4), view, 1)).toEqual([3])
  })

  test('jsq sees the load of other senders unless its view is its own', () => {
    const view = new FakeView(2)
    view.load[0] = 3
    view.update(0)
    expect(picks(make('jsq', { ties: 'first' }, 2), view, 1)).toEqual([1])
    expect(picks(make('jsq', { ties: 'first', view: 'own' }, 2), view, 1)).toEqual([0])
    expect(picks(make('sed', {}, 2), view, 1)).toEqual([1])
    expect(picks(make('sed', { view: 'own' }, 2), view, 1)).toEqual([0])
  })

  test('sed divides the load plus one by speed x cores', () => {
    const view = new FakeView(3)
    view.speed.set([1, 2, 1])
    view.cores.set([1, 1, 4])
    // (load + 1) / rate: 1, 1/2, 1/4; then 2/4 ties with 1/2 and goes to the first.
    expect(picks(make('sed', {}, 3), view, 6, true)).toEqual([2, 1, 2, 2, 0, 1])
  })

  test('offset-sed with c = b = 1 is sed, and a smaller c holds back slow slots', () => {
    const slowAndFast = (): FakeView => {
      const view = new FakeView(2)
      view.speed.set([1, 0.25])
      return view
    }
    const sed = picks(make('sed', {}, 2), slowAndFast(), 12, true)
    expect(picks(make('offset-sed', { c: 1, b: 1 }, 2), slowAndFast(), 12, true)).toEqual(sed)
    // load + 1 reaches 4 = 1 / .25 after three, a tie to the first after that; load + .3 exceeds 1.2 after one.
    expect(sed.indexOf(1)).toBe(4)
    expect(picks(make('offset-sed', {}, 2), slowAndFast(), 12, true).indexOf(1)).toBe(1)
    // The rate squared: load + .3 exceeds .3 / .0625 = 4.8 after five.
    expect(picks(make('offset-sed', { b: 2 }, 2), slowAndFast(), 12, true).indexOf(1)).toBe(5)
  })

  test('expected-work adds the demand of this request to the work in flight', () => {
    const view = new FakeView(2)
    view.speed.set([1, 0.5])
    view.work.set([0.05, 0])
    const policy = make('expected-work', {}, 2)
    view.demand = 0.01
    expect(policy.decide(view, view.draws)).toBe(1)
    view.demand = 0.06
    expect(policy.decide(view, view.draws)).toBe(0)
  })

  test('rotating-list removes a slot that leaves and appends it when it comes back', () => {
    const view = new FakeView(3)
    const policy = make('rotating-list', {}, 3)
    expect(picks(policy, view, 4)).toEqual([0, 1, 2, 0])
    // The list is 1 2 0.
    view.setAvailable(2, false)
    expect(picks(policy, view, 1)).toEqual([1])
    // The list is 0 1; then 0 1 2.
    view.setAvailable(2, true)
    expect(picks(policy, view, 5)).toEqual([0, 1, 2, 0, 1])
  })

  test('rotating-list notices a slot that left and came back between two decisions', () => {
    const view = new FakeView(3)
    const policy = make('rotating-list', {}, 3)
    expect(picks(policy, view, 3)).toEqual([0, 1, 2])
    view.setAvailable(0, false)
    view.setAvailable(0, true)
    expect(picks(policy, view, 3)).toEqual([1, 2, 0])
  })

  test('rotating-list moves the last that came into rotation to its end too when that leaves and comes back', () => {
    const view = new FakeView(3)
    const policy = make('rotating-list', {}, 3)
    expect(picks(policy, view, 2)).toEqual([0, 1])
    // The list is 2 0 1, and the rotation is 0 1 2 before and after.
    view.setAvailable(2, false)
    view.setAvailable(2, true)
    expect(picks(policy, view, 3)).toEqual([0, 1, 2])
  })

  test('least-in-transit takes the first in rotation of those with fewest messages on the wire', () => {
    const view = new FakeView(3)
    const policy = make('least-in-transit', {}, 3)
    expect(picks(policy, view, 3)).toEqual([0, 0, 0])
    view.setAvailable(0, false)
    view.setAvailable(0, true)
    expect(picks(policy, view, 2)).toEqual([1, 1])
    view.change(1, 1)
    expect(picks(policy, view, 1)).toEqual([2])
  })
})
