import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ActiveBudget,
  createBudget,
  RecentQuantile,
  ThrottleBudget,
  TokenBudget,
} from '../../../src/policies/resilience/index.ts'
import { retryBudget } from '../../../src/scenario/schema/retry-budget.ts'

describe('a budget of tokens', () => {
  test('of 10 % pays for a retry with exactly ten first attempts', () => {
    const budget = new TokenBudget(0.1, 10, 0)
    for (let i = 0; i < 9; i++) budget.deposit(0)
    expect(budget.withdraw(0)).toBe(false)
    budget.deposit(0)
    expect([budget.withdraw(0), budget.withdraw(0)]).toEqual([true, false])
  })

  test('forgets deposits, and withdrawals, a tenth of the window at a time', () => {
    const budget = new TokenBudget(0.5, 10, 0)
    for (let i = 0; i < 4; i++) budget.deposit(0.5)
    expect(budget.withdraw(9.9)).toBe(true)
    // The deposits of second 0 are gone at 10, while the retry of second 9 still counts against new ones.
    for (let i = 0; i < 3; i++) budget.deposit(10)
    expect(budget.withdraw(10)).toBe(false)
    budget.deposit(10)
    expect(budget.withdraw(10)).toBe(true)
  })

  test('has reserve x window retries beside', () => {
    const budget = new TokenBudget(0.2, 10, 0.5)
    const allowed = Array.from({ length: 7 }, () => budget.withdraw(0))
    expect(allowed).toEqual([true, true, true, true, true, false, false])
    expect(budget.withdraw(10)).toBe(true)
  })
})

test("gRPC's throttle stops at half of its tokens and is filled by tenths", () => {
  const budget = new ThrottleBudget(10, 0.1)
  for (let i = 0; i < 4; i++) budget.ended(false)
  expect(budget.withdraw()).toBe(true)
  budget.ended(false)
  expect(budget.withdraw()).toBe(false)
  budget.ended(true)
  expect(budget.withdraw()).toBe(true)
  for (let i = 0; i < 20; i++) budget.ended(false)
  for (let i = 0; i < 50; i++) budget.ended(true)
  expect(budget.withdraw()).toBe(false)
  budget.ended(true)
  expect(budget.withdraw()).toBe(true)
  for (let i = 0; i < 1000; i++) budget.ended(true)
  for (let i = 0; i < 5; i++) budget.ended(false)
  expect(budget.withdraw()).toBe(false)
})

describe("Envoy's budget", () => {
  test('allows a fifth of the attempts in flight, and three retries in any case', () => {
    const budget = new ActiveBudget(0.2, 3)
    const allowed = (): number => {
      let count = 0
      while (budget.withdraw()) count++
      return count
    }
    expect(allowed()).toBe(3)
    for (let i = 0; i < 19; i++) budget.sent()
    expect(allowed()).toBe(0)
    budget.sent()
    expect(allowed()).toBe(1)
    for (let i = 0; i < 3; i++) budget.retried()
    expect(allowed()).toBe(3)
    for (let i = 0; i < 20; i++) budget.ended()
    budget.retried()
    expect(allowed()).toBe(0)
  })
})

describe.each([
  ['20%', 0.2, 0],
  [{ percent: 0.1, window: 2, reserve: 1 }, 0.1, 2],
  [{ throttle: {} }, Number.POSITIVE_INFINITY, 0],
  [{ active: 0.2, min: 2 }, Number.POSITIVE_INFINITY, 0],
] as const)('any budget: %j', (input, percent, reserve) => {
  const story = fc.array(
    fc.tuple(fc.double({ min: 0, max: 0.5, noNaN: true }), fc.constantFrom('first', 'ok', 'failed', 'retry')),
    { maxLength: 100 },
  )
  const make = (): ReturnType<typeof createBudget> => createBudget(retryBudget.parse(structuredClone(input)))

  function tell(
    budget: ReturnType<typeof make>,
    steps: readonly (readonly [number, string])[],
    start: number,
  ): { first: number; retries: number; seen: boolean[]; now: number } {
    const told = { first: 0, retries: 0, seen: [] as boolean[], now: start }
    for (const [wait, what] of steps) {
      told.now += wait
      if (what === 'first') {
        told.first++
        budget.deposit(told.now)
      } else if (what === 'retry') {
        const may = budget.withdraw(told.now)
        if (may) told.retries++
        told.seen.push(may)
      } else budget.ended(what === 'ok')
    }
    return told
  }

  test('goes on from what it saved as if nothing had happened', () => {
    fc.assert(
      fc.property(story, story, (before, after) => {
        const first = make()
        const { now } = tell(first, before, 0)
        const second = make()
        second.load(structuredClone(first.save()))
        expect(tell(second, after, now)).toEqual(tell(first, after, now))
      }),
      { seed: 1 },
    )
  })

  test('allows no more than its share within a window', () => {
    fc.assert(
      fc.property(story, (steps) => {
        // All within one slice of the window.
        const { first, retries } = tell(
          make(),
          steps.map(([, what]) => [0, what] as const),
          0,
        )
        if (percent < 1) expect(retries).toBeLessThanOrEqual(first * percent + reserve + 1e-9)
      }),
      { seed: 1 },
    )
  })
})

test('a recent quantile is unknown before a hundred latencies and follows the last thousand', () => {
  const quantile = new RecentQuantile(0.95)
  for (let i = 0; i < 99; i++) quantile.observe(i)
  expect(quantile.value).toBe(Number.POSITIVE_INFINITY)
  quantile.observe(99)
  expect(quantile.value).toBe(94)
  for (let i = 0; i < 1000; i++) quantile.observe(1000 + i)
  expect(quantile.value).toBe(1949)
})
