import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveKey, Stream } from '../../../src/random/stream.ts'

const take = (stream: Stream, n: number): number[] => Array.from({ length: n }, () => stream.next())

describe('Stream', () => {
  test('gives the same numbers for the same seed and name, the seed being a number or its text', () => {
    expect(take(Stream.derive(7, 'arrivals'), 100)).toEqual(take(Stream.derive('7', 'arrivals'), 100))
  })

  test('has these first numbers, whatever the machine', () => {
    expect(take(Stream.derive(42, 'arrivals'), 3)).toMatchInlineSnapshot(`
      [
        0.32399502558871773,
        0.7748409930223652,
        0.47008915190584244,
      ]
    `)
  })

  test('gives unrelated numbers for another name, another seed and a split at another place', () => {
    const firsts = [
      Stream.derive(1, 'a'),
      Stream.derive(1, 'b'),
      Stream.derive(2, 'a'),
      Stream.derive('1/0', 'a'),
      Stream.derive('1', '/0a'),
      Stream.derive('1a', ''),
    ].map((stream) => stream.next())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  test('uses 53 bits', () => {
    const low = take(Stream.derive(3, 'bits'), 1000).map((x) => (x * 2 ** 53) % 2 ** 21)
    expect(new Set(low).size).toBeGreaterThan(990)
    expect(low.every((x) => Number.isInteger(x))).toBe(true)
  })

  test('has evenly spread first numbers over consecutive seeds', () => {
    const n = 20000
    const cells = new Array<number>(100).fill(0)
    for (let seed = 0; seed < n; seed++) cells[Math.floor(Stream.derive(seed, 'arrivals').next() * 100)]!++
    const chi = cells.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0)
    expect(chi).toBeLessThan(170)
  })

  test('continues exactly from a saved state, also through JSON, and at any point', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), (name, before) => {
        const stream = Stream.derive(5, name)
        take(stream, before)
        const state = JSON.parse(JSON.stringify(stream.save()))
        const expected = take(stream, 20)
        const other = Stream.derive(99, 'other')
        other.load(state)
        expect(take(other, 20)).toEqual(expected)
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  test('does not share a loaded state with the stream that saved it', () => {
    const stream = Stream.derive(5, 'x')
    const state = stream.save()
    const copy = Stream.derive(6, 'y')
    copy.load(state)
    take(copy, 10)
    expect(take(stream, 3)).toEqual(take(Stream.derive(5, 'x'), 3))
  })

  test.each([1, 2, 3, 7, 10, 1000, 2 ** 21, 2 ** 21 + 1, 3 * 2 ** 30, 2 ** 53])(
    'int(%d) stays in range',
    (n) => {
      const stream = Stream.derive(1, 'int')
      for (let i = 0; i < 2000; i++) {
        const k = stream.int(n)
        if (!(Number.isInteger(k) && k >= 0 && k < n)) expect.fail(`int(${n}) gave ${k}`)
      }
    },
  )

  test.each([
    [3, 3],
    [10, 10],
    [3 * 2 ** 30, 6],
  ])('int(%d) is even over %d equal parts', (n, parts) => {
    const stream = Stream.derive(2, 'int')
    const cells = new Array<number>(parts).fill(0)
    const draws = 60000
    for (let i = 0; i < draws; i++) cells[Math.floor((stream.int(n) / n) * parts)]!++
    const expected = draws / parts
    const chi = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chi).toBeLessThan(45)
  })

  test('exponential has its mean', () => {
    const stream = Stream.derive(2, 'exponential')
    let sum = 0
    for (let i = 0; i < 100000; i++) sum += stream.exponential(3)
    expect(Math.abs(sum / 100000 - 3)).toBeLessThan((4 * 3) / Math.sqrt(100000))
  })
})

describe('deriveKey', () => {
  test('gives two int32, the same each time and others for other names', () => {
    const keys = new Set<string>()
    for (let i = 0; i < 5000; i++) {
      const [a, b] = deriveKey(i % 50, `site-${Math.floor(i / 50)}`)
      expect(a).toBe(a | 0)
      expect(b).toBe(b | 0)
      keys.add(`${a},${b}`)
    }
    expect(keys.size).toBe(5000)
    expect(deriveKey(1, 'x')).toEqual(deriveKey('1', 'x'))
  })
})
