import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError, SimError } from '../../../src/errors.ts'
import { compileDistribution } from '../../../src/random/compile-distribution.ts'
import { CounterDraws, type DrawSite } from '../../../src/random/draws.ts'

const sites: DrawSite[] = [
  { name: 'web.cpu', distribution: { kind: 'exponential', mean: 2 } },
  { name: 'link.latency', distribution: { kind: 'lognormal', mean: 0.02, cv: 0.5 } },
  { name: 'db.io', distribution: { kind: 'gamma', mean: 1, cv: 2 } },
  { name: 'fixed', distribution: { kind: 'constant', value: 0.125 } },
  { name: 'class' },
]

type Call = [site: number, request: number, path: number, ordinal: number]
const call: fc.Arbitrary<Call> = fc.tuple(
  fc.nat(3),
  fc.oneof(fc.nat(1000), fc.nat(Number.MAX_SAFE_INTEGER)),
  fc.nat(2 ** 31 - 1),
  fc.nat(10),
)

describe('CounterDraws', () => {
  test('gives the same value for the same arguments whatever was drawn before', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 30 }), fc.nat(), (calls, shift) => {
        const forwards = new CounterDraws(1, sites)
        const other = new CounterDraws(1, sites)
        const values = calls.map((args) => forwards.sample(...args))
        const rotated = calls.map((_, i) => (i + shift) % calls.length)
        for (const i of rotated.reverse()) {
          expect(other.sample(...calls[i]!)).toBe(values[i])
          other.uniform(...calls[0]!)
        }
      }),
      { seed: 1 },
    )
  })

  test('does not change a site when others are added, removed or reordered', () => {
    const all = new CounterDraws(1, sites)
    const one = new CounterDraws(1, [{ name: 'new' }, sites[2]!])
    for (let request = 0; request < 50; request++) {
      expect(one.sample(1, request, 1, 0)).toBe(all.sample(2, request, 1, 0))
    }
  })

  test('samples by inverting the number that uniform gives', () => {
    const draws = new CounterDraws(3, sites)
    for (const site of [0, 1]) {
      const sampler = compileDistribution(sites[site]!.distribution!)
      for (let request = 0; request < 50; request++) {
        const u = draws.uniform(site, request, 2, 1)
        expect(draws.sample(site, request, 2, 1)).toBe(sampler.sample({ next: () => u }))
      }
    }
  })

  test('gives a constant site its constant', () => {
    expect(new CounterDraws(1, sites).sample(3, 9, 9, 9)).toBe(0.125)
  })

  test('distinguishes seeds, sites, requests beyond 32 bits, paths and ordinals', () => {
    const draws = new CounterDraws(1, sites)
    const values = new Set<number>()
    for (const site of [0, 1, 4]) {
      for (const request of [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 33]) {
        for (let path = 0; path < 20; path++) {
          for (let ordinal = 0; ordinal < 20; ordinal++)
            values.add(draws.uniform(site, request, path, ordinal))
        }
      }
    }
    expect(values.size).toBe(3 * 7 * 20 * 20)
    expect(new CounterDraws(2, sites).uniform(0, 0, 0, 0)).not.toBe(draws.uniform(0, 0, 0, 0))
  })

  test('gives no two of the first 65536 paths and 8192 ordinals the same counter', () => {
    // Equal words need a multiple of the path's factor within 8192 of a multiple of 2^32.
    let closest = 2 ** 32
    for (let path = 1; path < 65536; path++) {
      const word = Math.imul(path, 0x9e3779b1) >>> 0
      closest = Math.min(closest, word, 2 ** 32 - word)
    }
    expect(closest).toBeGreaterThanOrEqual(8192)
    const draws = new CounterDraws(1, sites)
    expect(draws.uniform(0, 1, 65535, 0)).not.toBe(draws.uniform(0, 1, 65535, 8191))
  })

  test('gives neighbouring arguments uncorrelated numbers', () => {
    const draws = new CounterDraws(1, sites)
    const n = 20000
    const bound = 4.5 / 12 / Math.sqrt(n)
    const neighbours: ((i: number) => number)[] = [
      (i) => draws.uniform(0, i + 1, 0, 0),
      (i) => draws.uniform(0, i, 1, 0),
      (i) => draws.uniform(0, i, 0, 1),
      (i) => draws.uniform(4, i, 0, 0),
    ]
    for (const neighbour of neighbours) {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (draws.uniform(0, i, 0, 0) - 0.5) * (neighbour(i) - 0.5)
      expect(Math.abs(sum / n)).toBeLessThan(bound)
    }
  })

  test('has the mean of a site whose sampler takes several numbers', () => {
    const draws = new CounterDraws(1, sites)
    const n = 50000
    let sum = 0
    for (let i = 0; i < n; i++) sum += draws.sample(2, i, 0, 0)
    expect(Math.abs(sum / n - 1)).toBeLessThan((4 * 2) / Math.sqrt(n))
  })

  test('names the site whose distribution is out of range or missing', () => {
    const bad = { name: 'web.cpu', distribution: { kind: 'exponential', mean: -1 } } as const
    expect(() => new CounterDraws(1, [bad])).toThrow(ConfigError)
    expect(() => new CounterDraws(1, [bad])).toThrow('web.cpu.exponential.mean')
    expect(() => new CounterDraws(1, sites).sample(4, 0, 0, 0)).toThrow(SimError)
  })
})
