/** State machines of circuit breakers against sequences worked out by hand from the defaults of their projects. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Breaker, createBreaker } from '../../../src/policies/resilience/index.ts'
import { circuitBreaker } from '../../../src/scenario/schema/circuit-breaker.ts'

const make = (input: Parameters<typeof circuitBreaker.parse>[0]): Breaker =>
  createBreaker(circuitBreaker.parse(input))

/** A call at `now` that takes no time; whether it was let through. */
function call(breaker: Breaker, now: number, failed: boolean, duration = 0): boolean {
  if (!breaker.acquire(now)) return false
  breaker.record(now, failed, duration)
  return true
}

describe('the breaker by rates (resilience4j)', () => {
  test('by default opens with the hundredth call when fifty failed, not before and not with less', () => {
    const breaker = make({})
    for (let i = 0; i < 99; i++) call(breaker, i, i < 50)
    expect(breaker.state).toBe('closed')
    call(breaker, 99, false)
    expect(breaker.state).toBe('open')
    const other = make({})
    for (let i = 0; i < 100; i++) call(other, i, i < 49)
    expect(other.state).toBe('closed')
    // The window moves on: the first call, a failure, leaves it when a failure comes.
    call(other, 100, true)
    expect(other.state).toBe('closed')
    for (let i = 0; i < 48; i++) call(other, 101 + i, true)
    expect(other.state).toBe('closed')
    // The first that went well leaves: fifty failures.
    call(other, 149, true)
    expect(other.state).toBe('open')
  })

  test('by default stays open for 60 s, lets ten calls through and closes when fewer than five of them fail', () => {
    const breaker = make({ window: 1 })
    call(breaker, 10, true)
    expect([breaker.state, breaker.acquire(69.999)]).toEqual(['open', false])
    for (let i = 0; i < 10; i++) expect(breaker.acquire(70)).toBe(true)
    expect([breaker.state, breaker.acquire(70)]).toEqual(['half-open', false])
    // One result is enough where one call is: minimumCalls is at most the window.
    breaker.record(71, false, 1)
    expect(breaker.state).toBe('closed')
    expect(breaker.openTime(100)).toBe(60)
  })

  test('decides in half-open when all trials are recorded, with at least the threshold opens again', () => {
    const half = (failures: number): Breaker => {
      const breaker = make({ window: 10, open: 5, halfOpen: 4 })
      for (let i = 0; i < 10; i++) call(breaker, 0, true)
      for (let i = 0; i < 3; i++) call(breaker, 5, i < failures)
      expect(breaker.state).toBe('half-open')
      call(breaker, 6, false)
      return breaker
    }
    expect(half(1).state).toBe('closed')
    const again = half(2)
    expect([again.state, again.opens, again.openTime(8)]).toEqual(['open', 2, 7])
    expect([again.acquire(10.9), again.acquire(11)]).toEqual([false, true])
  })

  test('begins with an empty window after it has closed', () => {
    const breaker = make({ window: 4, open: 1, halfOpen: 1 })
    for (let i = 0; i < 4; i++) call(breaker, 0, true)
    call(breaker, 1, false)
    for (let i = 0; i < 3; i++) call(breaker, 2, true)
    expect(breaker.state).toBe('closed')
    call(breaker, 2, true)
    expect(breaker.state).toBe('open')
  })

  test('opens on slow calls alone, longer than the bound and not as long as it', () => {
    const breaker = make({ window: 2, slowCall: 1, slowCallRate: '50%' })
    call(breaker, 0, false, 1)
    call(breaker, 0, false, 1)
    expect(breaker.state).toBe('closed')
    call(breaker, 0, false, 1.001)
    expect(breaker.state).toBe('open')
  })

  test('forgets whole seconds in a window of time', () => {
    const breaker = make({ window: '3s', minimumCalls: 3 })
    call(breaker, 0.1, true)
    call(breaker, 0.9, true)
    // Second 3 has pushed second 0 out.
    call(breaker, 3, true)
    call(breaker, 3.5, true)
    expect(breaker.state).toBe('closed')
    call(breaker, 5.9, true)
    expect(breaker.state).toBe('open')
  })

  test('takes no result of calls from before it opened, and gives the permit of a call without result back', () => {
    const breaker = make({ window: 2, open: 1, halfOpen: 1 })
    for (let i = 0; i < 3; i++) breaker.acquire(0)
    breaker.record(0, true, 0)
    breaker.record(0, true, 0)
    breaker.record(0.5, false, 0.5)
    expect(breaker.state).toBe('open')
    expect([breaker.acquire(1), breaker.acquire(1)]).toEqual([true, false])
    breaker.release()
    expect(breaker.acquire(1)).toBe(true)
  })
})

describe("Hystrix's breaker", () => {
  test('by default opens at the next half second after ten of twenty calls failed', () => {
    const breaker = make({ hystrix: {} })
    for (let i = 0; i < 20; i++) call(breaker, 0.1, i < 10)
    expect(breaker.acquire(0.499)).toBe(true)
    breaker.release()
    expect(breaker.acquire(0.5)).toBe(false)
    expect([breaker.state, breaker.opens]).toEqual(['open', 1])
    // 5 s after that: one trial.
    expect([breaker.acquire(5.4), breaker.acquire(5.5), breaker.acquire(5.6)]).toEqual([false, true, false])
    breaker.record(5.7, true, 0.2)
    expect([breaker.state, breaker.acquire(10.6), breaker.acquire(10.7)]).toEqual(['open', false, true])
    breaker.record(10.8, false, 0.1)
    expect(breaker.state).toBe('closed')
    expect(breaker.openTime(20)).toBeCloseTo(10, 12)
    // The window is empty again.
    for (let i = 0; i < 19; i++) call(breaker, 11, true)
    expect(breaker.acquire(12)).toBe(true)
  })

  test('needs twenty calls within ten seconds', () => {
    const few = make({ hystrix: {} })
    for (let i = 0; i < 19; i++) call(few, 0.1, true)
    expect(few.acquire(3)).toBe(true)
    const old = make({ hystrix: {} })
    for (let i = 0; i < 10; i++) call(old, 0.1, true)
    for (let i = 0; i < 10; i++) call(old, 10.1, true)
    expect(old.acquire(11)).toBe(true)
    const recent = make({ hystrix: {} })
    for (let i = 0; i < 10; i++) call(recent, 0.6, true)
    for (let i = 0; i < 10; i++) call(recent, 10.1, true)
    expect(recent.acquire(11)).toBe(false)
  })
})

describe('the breaker by failures in a row', () => {
  test('opens with the fifth and doubles its time with each trial that fails', () => {
    const breaker = make({ consecutive: { maxOpen: 15 } })
    for (let i = 0; i < 4; i++) call(breaker, 0, true)
    call(breaker, 0, false)
    for (let i = 0; i < 4; i++) call(breaker, 1, true)
    expect(breaker.state).toBe('closed')
    call(breaker, 1, true)
    expect([call(breaker, 5.9, true), call(breaker, 6, true)]).toEqual([false, true])
    expect([call(breaker, 15.9, true), call(breaker, 16, true)]).toEqual([false, true])
    // 20 s would be too long.
    expect([call(breaker, 30.9, true), call(breaker, 31, false)]).toEqual([false, true])
    expect([breaker.state, breaker.opens, breaker.openTime(40)]).toEqual(['closed', 3, 30])
    for (let i = 0; i < 5; i++) call(breaker, 40, true)
    expect([breaker.acquire(44.9), breaker.acquire(45)]).toEqual([false, true])
  })
})

describe.each([
  ['rates', { window: 5, open: 1, halfOpen: 3 }],
  ['rates over time', { window: '3s', minimumCalls: 4, open: 2, halfOpen: 2 }],
  ['Hystrix', { hystrix: { window: 2, requests: 3, sleep: 1 } }],
  ['failures in a row', { consecutive: { failures: 2, open: 1 } }],
] as const)('any breaker by %s', (_, input) => {
  /** Waits and what happens after each: a call that goes well, fails, ends without result, or is the end of one. */
  const story = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom('ok', 'failed', 'released', 'later'),
    ),
    { maxLength: 60 },
  )

  function tell(breaker: Breaker, steps: readonly (readonly [number, string])[], start: number): unknown[] {
    const seen: unknown[] = []
    let now = start
    for (const [wait, what] of steps) {
      now += wait
      const may = breaker.acquire(now)
      if (may && what === 'released') breaker.release()
      else if (may && what !== 'later') breaker.record(now, what === 'failed', wait)
      seen.push([may, breaker.state, breaker.opens, breaker.openTime(now)])
      expect(breaker.openTime(now)).toBeGreaterThanOrEqual(0)
      expect(breaker.openTime(now)).toBeLessThanOrEqual(now)
      if (breaker.state === 'closed') expect(breaker.acquire(now)).toBe(true)
    }
    return seen
  }

  test('goes on from what it saved as if nothing had happened', () => {
    fc.assert(
      fc.property(story, story, (before, after) => {
        const first = make(input)
        tell(first, before, 0)
        const now = before.reduce((sum, [wait]) => sum + wait, 0)
        const second = make(input)
        second.load(structuredClone(first.save()))
        expect(tell(second, after, now)).toEqual(tell(first, after, now))
      }),
      { seed: 1 },
    )
  })

  test('never opens while all goes well, and never gets stuck', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const calm = make(input)
        for (const [, state] of tell(
          calm,
          steps.map(([wait]) => [wait, 'ok'] as const),
          0,
        ) as [boolean, string][])
          expect(state).toBe('closed')
        const tried = make(input)
        const ended = steps.filter(([, what]) => what !== 'later')
        tell(tried, ended, 0)
        let now = ended.reduce((sum, [wait]) => sum + wait, 0)
        for (let i = 0; i < 20 && tried.state !== 'closed'; i++) call(tried, (now += 300), false)
        expect(tried.state).toBe('closed')
      }),
      { seed: 1 },
    )
  })
})
