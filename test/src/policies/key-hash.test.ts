import { describe, expect, test } from 'vitest'
import { slotsOfHost } from '../../../src/policies/balancing/bounded-load.ts'
import { HashRing } from '../../../src/policies/balancing/hash-ring.ts'
import { createBalancingPolicy } from '../../../src/policies/balancing/index.ts'
import { maglevTable } from '../../../src/policies/balancing/maglev-table.ts'
import type { BalancingPolicy } from '../../../src/policies/types.ts'
import { FakeView } from './fake-view.ts'

const make = (name: string, n: number, params: Record<string, unknown> = {}): BalancingPolicy =>
  createBalancingPolicy({ name, params }, n)

const KEYS = 20_000

/** The slot of every key. */
function owners(policy: BalancingPolicy, view: FakeView): number[] {
  return Array.from({ length: KEYS }, (_, key) => {
    view.key = key
    return policy.decide(view, view.draws)
  })
}

const share = (slots: readonly number[], slot: number): number =>
  slots.filter((other) => other === slot).length / slots.length

describe.each(['ring-hash', 'maglev'])('%s', (name) => {
  test('sends a key where it was sent before, whatever is in flight', () => {
    const view = new FakeView(5)
    const policy = make(name, 5)
    const first = owners(policy, view)
    for (let i = 0; i < 50; i++) view.change(2, 1)
    expect(owners(policy, view)).toEqual(first)
  })

  test('sends requests without key anywhere', () => {
    const view = new FakeView(4)
    const policy = make(name, 4)
    expect(new Set(Array.from({ length: 100 }, () => policy.decide(view, view.draws))).size).toBe(4)
  })

  test('gives back to a slot what was its own when it returns', () => {
    const view = new FakeView(10)
    const policy = make(name, 10)
    const before = owners(policy, view)
    view.setAvailable(3, false)
    expect(share(owners(policy, view), 3)).toBe(0)
    view.setAvailable(3, true)
    expect(owners(policy, view)).toEqual(before)
  })

  test('gives every slot its share by weight', () => {
    const view = new FakeView(4)
    view.weight.set([4, 2, 1, 1])
    const shares = [0, 1, 2, 3].map((slot) => share(owners(make(name, 4), view), slot))
    const off = shares.map((value, i) => Math.abs(value - view.weight[i]! / 8))
    // 1024 points make a rough ring; a Maglev table is exact, and this is the spread of the keys.
    expect(Math.max(...off)).toBeLessThan(name === 'maglev' ? 0.012 : 0.05)
  })
})

describe('when one of ten slots leaves', () => {
  const moved = (name: string): { own: number; others: number } => {
    const view = new FakeView(10)
    const policy = make(name, 10)
    const before = owners(policy, view)
    view.setAvailable(4, false)
    const after = owners(policy, view)
    const others = before.filter((slot, key) => slot !== 4 && slot !== after[key]).length
    return { own: share(before, 4), others: others / KEYS }
  }

  test('a ring moves the keys of that slot only', () => {
    const { own, others } = moved('ring-hash')
    expect(others).toBe(0)
    expect(own).toBeGreaterThan(0.06)
    expect(own).toBeLessThan(0.14)
  })

  test('a Maglev table moves a few more', () => {
    const { own, others } = moved('maglev')
    expect(own).toBeCloseTo(0.1, 1)
    expect(others).toBeGreaterThan(0)
    expect(others).toBeLessThan(0.1)
  })
})

describe('the structures', () => {
  test('a ring has at least its least size, the same number of points for equal weights', () => {
    expect(new HashRing(new Float64Array(3).fill(1), 1024, 8_388_608).size).toBe(3 * 342)
    expect(new HashRing(new Float64Array(4).fill(1), 1024, 8_388_608).size).toBe(1024)
    expect(new HashRing(new Float64Array(4).fill(1), 1024, 512).size).toBe(512)
    expect(new HashRing(Float64Array.of(1, 2, 5), 8, 1000).size).toBe(8)
  })

  test('a Maglev table is full, and equal slots have entries that differ by one at most', () => {
    const table = maglevTable([0, 1, 2, 5], new Float64Array(6).fill(1), 65_537)
    const counts = [0, 1, 2, 5].map((slot) => table.filter((other) => other === slot).length)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(65_537)
    expect(Math.max(...counts) - Math.min(...counts)).toBe(1)
  })

  test('a Maglev table of seven entries for two slots can be followed by hand', () => {
    const entries = maglevTable([0, 1], Float64Array.of(1, 1), 7)
    expect([...entries].filter((slot) => slot === 0)).toHaveLength(4)
    expect([...entries].filter((slot) => slot === 1)).toHaveLength(3)
  })

  test.each([
    [{ tableSize: 100 }, 'tableSize 100 is not prime'],
    [{ tableSize: 3 }, 'tableSize 3 is below the number of slots, 4'],
  ])('a Maglev table of %o is refused', (params, message) => {
    expect(() => make('maglev', 4, params)).toThrow(message)
  })

  test('a ring whose least size is above its largest is refused', () =>
    expect(() => make('ring-hash', 4, { minRingSize: 100, maxRingSize: 50 })).toThrow(
      'minRingSize 100 is above',
    ))
})

describe('bounded-load', () => {
  test.each([
    [0, 125, 0.25, 1],
    [7, 125, 0.25, 3],
    [8, 125, 0.25, 3],
    [99, 125, 0.25, 32],
    [99, 100, 0.1, 10],
    [9, 150, 0.5, 8],
  ])('with %d in flight, factor %d and share %d a slot may have %d', (active, factor, part, slots) =>
    expect(slotsOfHost(active, factor, part)).toBe(slots),
  )

  test.each(['ring', 'maglev'])(
    'leaves a %s owner that is over its bound, for the same other slot each time',
    (hash) => {
      const view = new FakeView(4)
      const policy = make('bounded-load', 4, { hash })
      view.key = 17
      const owner = policy.decide(view, view.draws)
      expect(owner).toBe(make(hash === 'ring' ? 'ring-hash' : 'maglev', 4).decide(view, view.draws))
      for (let i = 0; i < 3; i++) view.change(owner, 1)
      const other = policy.decide(view, view.draws)
      expect(other).not.toBe(owner)
      expect(policy.decide(view, view.draws)).toBe(other)
      for (let i = 0; i < 3; i++) view.change(owner, -1)
      expect(policy.decide(view, view.draws)).toBe(owner)
    },
  )

  test('keeps one hot key within the bound on every slot', () => {
    const view = new FakeView(8)
    const policy = make('bounded-load', 8)
    view.key = 5
    for (let i = 0; i < 400; i++) view.change(policy.decide(view, view.draws), 1)
    // A slot may take one more at its bound: 401 x 1.25 / 8 = 62.6 slots, a factor of 1 at 63.
    expect(Math.max(...view.inFlight)).toBeLessThanOrEqual(64)
    expect(Math.max(...view.inFlight)).toBeGreaterThan(55)
  })
})
