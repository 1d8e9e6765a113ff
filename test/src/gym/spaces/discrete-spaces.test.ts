import { describe, expect, it } from 'vitest'
import {
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  spaceFromJSON,
  Tuple,
} from '../../../../src/gym/index.ts'

function counts(n: number, draw: () => number): number[] {
  const out = new Array<number>(n).fill(0)
  for (let k = 0; k < 6000; k++) out[draw()]!++
  return out
}

describe('Discrete', () => {
  const space = new Discrete(4, 10)

  it('contains integers from its start on', () => {
    expect([9, 10, 13, 14, 10.5, '10', Number.NaN].map((x) => space.contains(x))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('samples every value about equally often', () => {
    for (const count of counts(4, () => space.sample() - 10)) expect(Math.abs(count - 1500)).toBeLessThan(150)
  })

  it('samples only what a mask allows', () => {
    for (const type of [Int8Array, Uint8Array]) {
      const mask = type.of(0, 1, 0, 1)
      const [a, b, c, d] = counts(4, () => space.sample({ mask }) - 10)
      expect([a, c]).toEqual([0, 0])
      expect(Math.abs(b! - d!)).toBeLessThan(300)
    }
  })

  it('gives its start when the mask allows nothing', () => {
    expect(space.sample({ mask: new Uint8Array(4) })).toBe(10)
  })

  it('samples with probabilities', () => {
    const probability = Float64Array.of(0.5, 0, 0.25, 0.25)
    const [a, b, c] = counts(4, () => space.sample({ probability }) - 10)
    expect(Math.abs(a! - 3000)).toBeLessThan(200)
    expect(b).toBe(0)
    expect(Math.abs(c! - 1500)).toBeLessThan(150)
  })

  it('refuses masks and probabilities that do not fit', () => {
    const mask = Uint8Array.of(1, 1, 1, 1)
    const probability = Float64Array.of(0.25, 0.25, 0.25, 0.25)
    expect(() => space.sample({ mask, probability })).toThrow(/both given/)
    expect(() => space.sample({ mask: Uint8Array.of(1) })).toThrow(/Int8Array of 4, got Uint8Array\(1\)/)
    expect(() => space.sample({ mask: [1, 1, 1, 1] as never })).toThrow(/got Array\(4\)/)
    expect(() => space.sample({ mask: Uint8Array.of(2, 0, 0, 0) })).toThrow(/expected 0 to 1, got 2/)
    expect(() => space.sample({ probability: Float64Array.of(0.5, 0, 0, 0) })).toThrow(/sum to 0.5/)
    expect(() => space.sample({ probability: Float64Array.of(1.5, -0.5, 0, 0) })).toThrow(/from 0 to 1/)
  })

  it('refuses to be empty', () => {
    expect(() => new Discrete(0)).toThrow(/integer of at least 1, got 0 \(Discrete.n\)/)
    expect(() => new Discrete(2, 0.5)).toThrow(/Discrete.start/)
  })
})

describe('MultiDiscrete', () => {
  const space = new MultiDiscrete([3, 4], { start: [0, 5] })

  it('contains arrays within its ranges', () => {
    expect(space.contains(Int32Array.of(2, 8))).toBe(true)
    expect(space.contains(Int32Array.of(2, 9))).toBe(false)
    expect(space.contains(Int32Array.of(2))).toBe(false)
    expect(space.contains([2, 8])).toBe(false)
  })

  it('takes a mask for each coordinate that needs one', () => {
    const mask = [Uint8Array.of(0, 0, 1), undefined]
    const seen = Array.from({ length: 50 }, () => space.sample({ mask }))
    expect(new Set(seen.map((x) => x[0]))).toEqual(new Set([2]))
    expect(new Set(seen.map((x) => x[1]))).toEqual(new Set([5, 6, 7, 8]))
    expect(space.sample({ mask: [new Uint8Array(3), new Uint8Array(4)] })).toEqual(Int32Array.of(0, 5))
    expect(() => space.sample({ mask: Uint8Array.of(1) })).toThrow(/list of 2 arrays/)
  })

  it('refuses a coordinate without values', () => {
    expect(() => new MultiDiscrete([3, 0])).toThrow(/nvec\[1\]/)
    expect(() => new MultiDiscrete([3, 2], { start: [1] })).toThrow(/expected 2 integers, got 1/)
  })
})

describe('MultiBinary', () => {
  it('fixes the bits of a mask and draws those marked 2', () => {
    const space = new MultiBinary(4)
    const seen = Array.from({ length: 60 }, () => space.sample({ mask: Int8Array.of(0, 1, 2, 1) }))
    expect(new Set(seen.map((bits) => bits.join('')))).toEqual(new Set(['0101', '0111']))
  })

  it('draws ones with their probability', () => {
    const bits = new MultiBinary(2).sample({ probability: Float64Array.of(0, 1) })
    expect(bits).toEqual(Int8Array.of(0, 1))
  })

  it('contains zeros and ones alone', () => {
    const space = new MultiBinary([2, 2])
    expect(space.contains(Int8Array.of(0, 1, 1, 0))).toBe(true)
    expect(space.contains(Int8Array.of(0, 1, 2, 0))).toBe(false)
    expect(() => space.fromJsonable([0, 1, 0.5, 0])).toThrow(/zeros and ones/)
  })
})

describe('Dict and Tuple', () => {
  const make = () => new Dict({ b: new Discrete(3), a: new Tuple([new Discrete(2), new MultiBinary(2)]) })

  it('keeps the keys of a Dict sorted', () => {
    expect(make().keys).toEqual(['a', 'b'])
    expect(make().equals(new Dict({ a: make().spaces.a, b: new Discrete(3) }))).toBe(true)
  })

  it('hands masks down by key and position', () => {
    const mask = { a: [Uint8Array.of(0, 1), undefined], b: Uint8Array.of(0, 0, 1) }
    for (let k = 0; k < 20; k++) {
      const { a, b } = make().sample({ mask })
      expect([a[0], b]).toEqual([1, 2])
    }
    expect(() => make().sample({ mask: { c: Uint8Array.of(1) } })).toThrow(
      /unknown key "c".*The keys are a, b/,
    )
    expect(() => make().sample({ mask: { a: [undefined] } })).toThrow(/list of 2, got Array\(1\)/)
  })

  it('draws the parts independently, and none shifts when another is added', () => {
    const pair = new Tuple([new Discrete(1000), new Discrete(1000)])
    const [x, y] = pair.sample()
    expect(x).not.toBe(y)
    const one = new Dict({ x: new Discrete(1000) })
    const two = new Dict({ w: new Discrete(7), x: new Discrete(1000) })
    one.seed(3)
    two.seed(3)
    for (let k = 0; k < 5; k++) expect(two.sample().x).toBe(one.sample().x)
  })

  it('contains objects with exactly its keys', () => {
    const value = make().sample()
    expect(make().contains(value)).toBe(true)
    expect(make().contains({ ...value, c: 1 })).toBe(false)
    expect(make().contains({ a: value.a })).toBe(false)
    expect(() => make().fromJsonable({ a: [0, [0, 0]] })).toThrow(/expected an integer, got undefined/)
  })
})

describe('spaceFromJSON', () => {
  it('names a type that it does not know', () => {
    expect(() => spaceFromJSON({ type: 'Graph' } as never)).toThrow(/unknown space "Graph" \(space.type\)/)
    expect(() => spaceFromJSON(null as never)).toThrow(/unknown space/)
  })
})
