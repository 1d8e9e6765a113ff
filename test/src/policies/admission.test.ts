/** The policies of overload control: what all of them keep, and what each of them does, worked out by hand. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createConcurrencyLimit,
  createDelayShedder,
  createRateLimiter,
} from '../../../src/policies/admission/index.ts'
import { Stream } from '../../../src/random/index.ts'
import type { ConcurrencyLimitSpec, DelaySpec, RateLimitSpec } from '../../../src/scenario/overload-types.ts'

const stream = (): Stream => Stream.derive(1, 'limit')

const LIMITS: ConcurrencyLimitSpec[] = [
  { kind: 'fixed', limit: 7 },
  { kind: 'aimd', initial: 20, min: 2, max: 200, backoff: 0.9, timeout: 0.5 },
  { kind: 'vegas', initial: 20, max: 1000 },
  {
    kind: 'gradient',
    initial: 20,
    min: 2,
    max: 200,
    queue: 4,
    smoothing: 0.2,
    tolerance: 1.5,
    window: 600,
  },
]

const time = fc.double({ min: 0, max: 2, noNaN: true })
const ends = fc.array(fc.tuple(time, fc.integer({ min: 1, max: 100 }), fc.boolean()), { maxLength: 200 })

describe.each(LIMITS)('the limit $kind', (spec) => {
  test('is a whole number of at least 1 within its bounds, whatever happens', () => {
    fc.assert(
      fc.property(ends, (list) => {
        const limit = createConcurrencyLimit(spec, stream)
        const max = spec.kind === 'fixed' ? spec.limit : spec.max
        for (const [rtt, inFlight, dropped] of list) {
          limit.ended(rtt, inFlight, dropped)
          expect(Number.isInteger(limit.limit)).toBe(true)
          expect(limit.limit).toBeGreaterThanOrEqual(1)
          expect(limit.limit).toBeLessThanOrEqual(max)
        }
      }),
      { numRuns: 50, seed: 1 },
    )
  })

  test('does the same again, and goes on from what was saved', () => {
    fc.assert(
      fc.property(ends, fc.nat(200), (list, cut) => {
        const whole = createConcurrencyLimit(spec, stream)
        const first = createConcurrencyLimit(spec, stream)
        let other = first
        list.forEach(([rtt, inFlight, dropped], i) => {
          if (i === cut) {
            other = createConcurrencyLimit(spec, stream)
            other.load(structuredClone(first.save()))
          }
          whole.ended(rtt, inFlight, dropped)
          other.ended(rtt, inFlight, dropped)
          expect(other.limit).toBe(whole.limit)
        })
        expect(other.save()).toEqual(whole.save())
      }),
      { numRuns: 50, seed: 2 },
    )
  })

  test('survives a server that serves nobody', () => {
    const limit = createConcurrencyLimit(spec, stream)
    for (let i = 0; i < 1000; i++) limit.ended(1e9, 1, true)
    expect(limit.limit).toBeGreaterThanOrEqual(1)
    for (let i = 0; i < 1000; i++) limit.ended(0, limit.limit, false)
    expect(Number.isInteger(limit.limit)).toBe(true)
  })
})

test('AIMD adds one while half of the limit is in use, and takes a tenth after a failure or a long time', () => {
  const limit = createConcurrencyLimit(
    { kind: 'aimd', initial: 20, min: 18, max: 22, backoff: 0.9, timeout: 5 },
    stream,
  )
  const after = (rtt: number, inFlight: number, dropped: boolean): number => {
    limit.ended(rtt, inFlight, dropped)
    return limit.limit
  }
  expect(after(1, 9, false)).toBe(20)
  expect(after(1, 10, false)).toBe(21)
  expect(after(5, 11, false)).toBe(22)
  expect(after(1, 22, false)).toBe(22)
  // 22 x 0.9 = 19.8, then 19 x 0.9 = 17.1, below the minimum.
  expect(after(5.001, 1, false)).toBe(19)
  expect(after(0.1, 1, true)).toBe(18)
})

test('Vegas moves by 6, 1, 0 or -1 steps with the queue that it sees', () => {
  const limit = createConcurrencyLimit({ kind: 'vegas', initial: 8, max: 1000 }, stream)
  const after = (rtt: number, inFlight: number, dropped = false): number => {
    limit.ended(rtt, inFlight, dropped)
    return limit.limit
  }
  // The first time is the shortest one; log10 8 < 1, so that a step is 1.
  expect(after(1, 8)).toBe(8)
  // Half of the limit is not in use.
  expect(after(1, 3)).toBe(8)
  // ceil(8 (1 - 1 / 1.1)) = 1 queued: 8 + 6.
  expect(after(1.1, 8)).toBe(14)
  // ceil(14 (1 - 1 / 1.1)) = 2 queued, step log10 14 = 1.1461: 14 + 1.1461.
  expect(after(1.1, 14)).toBe(15)
  // ceil(15.1461 (1 - 1 / 1.5)) = 6 queued, step 1.1803: neither below 3 steps nor above 6.
  expect(after(1.5, 14)).toBe(15)
  // ceil(15.1461 / 2) = 8 queued: more than 7.08.
  expect(after(2, 14)).toBe(13)
  // Dropped, whatever is in flight: 13.9658 - 1.1451.
  expect(after(2, 1, true)).toBe(12)
  // A shorter time is the new shortest one and changes nothing.
  expect(after(0.5, 12)).toBe(12)
})

test('Vegas looks for its shortest time anew within 30 times its limit', () => {
  const limit = createConcurrencyLimit({ kind: 'vegas', initial: 10, max: 10 }, stream)
  const shortest = (): number => (limit.save() as { shortest: number }).shortest
  limit.ended(1, 1, false)
  let samples = 1
  while (shortest() === 1 && samples < 1000) {
    limit.ended(2, 1, false)
    samples++
  }
  expect(shortest()).toBe(2)
  expect(samples).toBeGreaterThanOrEqual(150)
  expect(samples).toBeLessThanOrEqual(300)
})

test('Gradient2 follows the ratio of the usual time to the last one', () => {
  const limit = createConcurrencyLimit(
    {
      kind: 'gradient',
      initial: 20,
      min: 20,
      max: 200,
      queue: 4,
      smoothing: 0.2,
      tolerance: 1.5,
      window: 600,
    },
    stream,
  )
  const estimate = (): number => (limit.save() as { estimate: number }).estimate
  const long = (): number => (limit.save() as { long: number }).long
  // At the usual time: 0.8 x 20 + 0.2 (20 + 4).
  limit.ended(1, 20, false)
  expect(estimate()).toBeCloseTo(20.8, 12)
  // Not half of it in use.
  limit.ended(1, 10, false)
  expect(estimate()).toBeCloseTo(20.8, 12)
  // The mean of 1, 1 and 4 is 2: gradient 1.5 x 2 / 4 = 0.75; 16.64 + 0.2 (15.6 + 4) = 20.56.
  limit.ended(4, 20, false)
  expect(long()).toBeCloseTo(2, 12)
  expect(estimate()).toBeCloseTo(20.56, 12)
  // The mean of 1, 1, 4 and 0.5 is 1.625, more than twice 0.5: it is cut to 0.95 of itself after use; gradient 1.
  limit.ended(0.5, 20, false)
  expect(long()).toBeCloseTo(1.625 * 0.95, 12)
  expect(estimate()).toBeCloseTo(0.8 * 20.56 + 0.2 * 24.56, 12)
  // Never less than the minimum.
  for (const rtt of [1e3, 1e5, 1e7, 1e9, 1e11, 1e13]) limit.ended(rtt, 200, false)
  expect(estimate()).toBe(20)
  // From the eleventh on the long average is exponential with weight 2 / 601.
  const before = long()
  limit.ended(7, 200, false)
  const expected = before * (1 - 2 / 601) + 7 * (2 / 601)
  expect(long()).toBeCloseTo(expected / 7 > 2 ? 0.95 * expected : expected, 9)
})

const RATES: RateLimitSpec[] = [
  { kind: 'token', rate: 8, burst: 3, perClass: false },
  { kind: 'token', rate: 0.5, burst: 1, perClass: false },
  { kind: 'leaky', rate: 8, capacity: 3, perClass: false },
]
/** Times that doubles hold exactly, so that the forms can be compared exactly. */
const instants = fc
  .array(fc.integer({ min: 0, max: 64 }), { maxLength: 200 })
  .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0) / 128))

describe.each(RATES)('the rate limit $kind of $rate/s', (spec) => {
  test('lets burst + rate x time pass, at most, in any interval', () => {
    fc.assert(
      fc.property(instants, (times) => {
        const limiter = createRateLimiter(spec)
        const passed = times.flatMap((now) => {
          const wait = limiter.admit(now)
          return wait < 0 ? [] : [now + wait]
        })
        const size = spec.kind === 'leaky' ? 1 : spec.burst
        passed.forEach((from, i) => {
          for (let j = i; j < passed.length; j++)
            expect(j - i + 1).toBeLessThanOrEqual(size + spec.rate * (passed[j]! - from) + 1e-6)
        })
      }),
      { numRuns: 50, seed: 3 },
    )
  })

  test('goes on from what was saved', () => {
    fc.assert(
      fc.property(instants, fc.nat(200), (times, cut) => {
        const whole = createRateLimiter(spec)
        const first = createRateLimiter(spec)
        let other = first
        times.forEach((now, i) => {
          if (i === cut) {
            other = createRateLimiter(spec)
            other.load(structuredClone(first.save()))
          }
          expect(other.admit(now)).toBe(whole.admit(now))
        })
      }),
      { numRuns: 50, seed: 4 },
    )
  })
})

test('a token bucket is the generic cell rate algorithm, and the leaky bucket refuses the same', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 1, max: 6 }), (times, burst) => {
      const bucket = createRateLimiter({ kind: 'token', rate: 8, burst, perClass: false })
      const leaky = createRateLimiter({ kind: 'leaky', rate: 8, capacity: burst, perClass: false })
      let tat = 0
      for (const now of times) {
        const conforms = now >= tat - (burst - 1) / 8
        expect(bucket.admit(now) >= 0).toBe(conforms)
        const wait = leaky.admit(now)
        expect(wait).toBe(conforms ? Math.max(0, tat - now) : -1)
        if (conforms) tat = Math.max(now, tat) + 1 / 8
      }
    }),
    { numRuns: 200, seed: 5 },
  )
})

test('a token bucket passes what comes at exactly its rate', () => {
  const bucket = createRateLimiter({ kind: 'token', rate: 10, burst: 1, perClass: false })
  for (let i = 0; i < 1000; i++) expect(bucket.admit(i * 0.1)).toBe(0)
})

describe.each<DelaySpec>([
  { kind: 'codel', target: 0.005, interval: 0.1 },
  { kind: 'controlledDelay', target: 0.005, interval: 0.1 },
])('$kind', (spec) => {
  test('drops nobody who waited less than the target', () => {
    const shedder = createDelayShedder(spec)
    for (let i = 0; i < 1000; i++) expect(shedder.drops(i * 0.01, 0.0049, 5)).toBe(false)
  })

  test('goes on from what was saved', () => {
    const queue = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 40 })))
    fc.assert(
      fc.property(queue, fc.nat(50), (list, cut) => {
        const whole = createDelayShedder(spec)
        const first = createDelayShedder(spec)
        let other = first
        let now = 0
        list.forEach(([gap, delay], i) => {
          now += gap / 1000
          if (i === cut) {
            other = createDelayShedder(spec)
            other.load(structuredClone(first.save()))
          }
          expect(other.drops(now, delay / 1000, i % 3)).toBe(whole.drops(now, delay / 1000, i % 3))
        })
      }),
      { numRuns: 50, seed: 6 },
    )
  })
})

test('CoDel drops after an interval above the target, and then interval / sqrt(count) apart', () => {
  const codel = createDelayShedder({ kind: 'codel', target: 0.005, interval: 0.1 })
  // One comes to the head every millisecond, and when it is dropped the next one at once; all have waited 20 ms.
  const drops: number[] = []
  for (let ms = 0; ms <= 1000; ms++) {
    while (codel.drops(ms / 1000, 0.02, 9)) drops.push(ms / 1000)
  }
  // Above the target since 0, so the first drop is at 0.1; the k-th spell member is due interval / sqrt(k) after.
  const due = [0.1]
  for (let count = 1; due.at(-1)! + 0.1 / Math.sqrt(count) <= 1; count++)
    due.push(due.at(-1)! + 0.1 / Math.sqrt(count))
  const expected = due.map((at, i) => (i === 0 ? at : Math.ceil(at * 1000 - 1e-9) / 1000))
  expect(drops.length).toBe(expected.length)
  drops.forEach((at, i) => {
    expect(at).toBeCloseTo(expected[i]!, 9)
  })
  // One that waited little ends it; after another interval it goes on at the rate that it had.
  expect(codel.drops(1.001, 0.001, 9)).toBe(false)
  expect(codel.drops(1.002, 0.02, 9)).toBe(false)
  expect(codel.drops(1.101, 0.02, 9)).toBe(false)
  expect(codel.drops(1.102, 0.02, 9)).toBe(true)
  const { count, dropNext } = codel.save() as { count: number; dropNext: number }
  expect(count).toBe(drops.length - 1)
  expect(dropNext).toBeCloseTo(1.102 + 0.1 / Math.sqrt(count), 12)
})

test('CoDel drops nobody who has nobody behind', () => {
  const codel = createDelayShedder({ kind: 'codel', target: 0.005, interval: 0.1 })
  for (let ms = 0; ms < 1000; ms++) expect(codel.drops(ms / 1000, 1, 0)).toBe(false)
})

test("Facebook's form drops above twice the target after an interval whose shortest wait was above it", () => {
  const codel = createDelayShedder({ kind: 'controlledDelay', target: 0.005, interval: 0.1 })
  // The first of an interval is never dropped, and tells nothing before its end.
  expect(codel.drops(1, 0.02, 0)).toBe(false)
  expect(codel.drops(1.05, 0.008, 0)).toBe(false)
  expect(codel.drops(1.1, 0.02, 0)).toBe(false)
  // The shortest was 8 ms: overloaded from now on.
  expect(codel.drops(1.11, 0.02, 0)).toBe(false)
  expect(codel.drops(1.12, 0.011, 0)).toBe(true)
  expect(codel.drops(1.13, 0.01, 0)).toBe(false)
  expect(codel.drops(1.14, 0.004, 0)).toBe(false)
  // The shortest was 4 ms: no longer.
  expect(codel.drops(1.22, 0.02, 0)).toBe(false)
  expect(codel.drops(1.23, 0.02, 0)).toBe(false)
})
