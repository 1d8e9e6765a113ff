/** DAGOR's levels, worked out by hand, and what holds for any story. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dagor, USER_LEVELS } from '../../../src/policies/admission/dagor.ts'

const SPEC = { queueTime: 0.02, window: 1, requests: 2000, decrease: 0.05, increase: 0.01, share: true }

/** A request at each of the given levels. */
function offer(dagor: Dagor, levels: readonly number[], now: number): boolean[] {
  return levels.map((level) => dagor.admits(level, now))
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('the level', () => {
  test('admits everything until a window was overloaded, and then 5 % less', () => {
    const dagor = new Dagor(SPEC, 2)
    expect(offer(dagor, range(0, 200), 0.5).every(Boolean)).toBe(true)
    dagor.waitEnded(0.05)
    dagor.waitEnded(0)
    // The mean wait was 25 ms: of 200 requests at levels 0 to 199, 190 are wanted: up to level 189.
    expect(offer(dagor, [189, 190], 1)).toEqual([true, false])
  })

  test('is not lowered by a mean wait of exactly the threshold', () => {
    const dagor = new Dagor(SPEC, 1)
    offer(dagor, range(0, 100), 0)
    dagor.waitEnded(0.02)
    expect(dagor.admits(USER_LEVELS - 1, 1)).toBe(true)
  })

  test('rises by 1 % of what came, at least by one request, over levels at which nobody comes', () => {
    const dagor = new Dagor(SPEC, 1)
    const come = [0, 10, 20, 30, 40]
    offer(dagor, come, 0)
    dagor.waitEnded(1)
    // Four of five: up to the level before 40.
    offer(dagor, come, 1)
    expect(dagor.level).toBe(39)
    dagor.waitEnded(1)
    // Three of the four that were admitted.
    offer(dagor, come, 2)
    expect(dagor.level).toBe(29)
    offer(dagor, come, 3)
    expect(dagor.level).toBe(39)
    offer(dagor, come, 4)
    expect(dagor.level).toBe(USER_LEVELS - 1)
  })

  test('is set anew after so many requests, whatever the time', () => {
    const dagor = new Dagor({ ...SPEC, requests: 10 }, 1)
    offer(dagor, range(0, 10), 0)
    dagor.waitEnded(1)
    expect(dagor.admits(9, 0)).toBe(false)
    expect(dagor.level).toBe(8)
  })

  test('counts what callers keep back, so that it does not open for what it has not seen', () => {
    const dagor = new Dagor(SPEC, 1)
    offer(dagor, range(0, 100), 0)
    dagor.waitEnded(1)
    for (const level of range(0, 100)) {
      if (level <= 94) dagor.admits(level, 1)
      else dagor.keptBack(level, 1)
    }
    // 95 were admitted, and one more than that is wanted.
    dagor.admits(0, 2)
    expect(dagor.level).toBe(95)
  })

  test('never shuts the most important one out', () => {
    const dagor = new Dagor({ ...SPEC, decrease: 1 }, 1)
    for (let now = 0; now < 5; now++) {
      offer(dagor, range(0, 100), now)
      dagor.waitEnded(1)
    }
    expect([dagor.level, dagor.admits(0, 9)]).toEqual([0, true])
  })

  test('stays within its range, does the same again, and goes on from what was saved', () => {
    const story = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 * USER_LEVELS - 1 }), fc.constantFrom(0, 0.01, 0.1, 2)),
      { maxLength: 300 },
    )
    fc.assert(
      fc.property(story, fc.nat(300), (steps, cut) => {
        const whole = new Dagor({ ...SPEC, requests: 20 }, 2)
        let other = new Dagor({ ...SPEC, requests: 20 }, 2)
        let now = 0
        steps.forEach(([level, wait], i) => {
          if (i === cut) {
            const saved = structuredClone(other.save())
            other = new Dagor({ ...SPEC, requests: 20 }, 2)
            other.load(saved)
          }
          now += wait / 10
          const admitted = whole.admits(level, now)
          expect(other.admits(level, now)).toBe(admitted)
          expect(admitted).toBe(level <= whole.level)
          whole.waitEnded(wait)
          other.waitEnded(wait)
          expect(whole.level).toBeGreaterThanOrEqual(0)
          expect(whole.level).toBeLessThan(2 * USER_LEVELS)
        })
        expect(other.save()).toEqual(whole.save())
      }),
      { numRuns: 50, seed: 1 },
    )
  })
})
