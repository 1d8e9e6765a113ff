import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findMismatches,
  flatDtype,
  flatdim,
  flatten,
  flattenInto,
  flattenSpace,
  isSpace,
  spaceFromJSON,
  unflatten,
} from '../../../../src/gym/index.ts'
import { Stream } from '../../../../src/random/index.ts'
import { anySpace } from './any-space.ts'

const seed = fc.integer({ min: 0, max: 1e9 })

describe('every space', () => {
  it('contains its samples, and findMismatches agrees', () => {
    fc.assert(
      fc.property(anySpace, seed, (space, n) => {
        space.seed(n)
        for (let i = 0; i < 5; i++) {
          const sample = space.sample()
          expect(space.contains(sample)).toBe(true)
          expect(findMismatches(space, sample, 'x')).toEqual([])
        }
      }),
    )
  })

  it('contains nothing of another type', () => {
    fc.assert(
      fc.property(anySpace, fc.anything(), (space, x) => {
        expect(findMismatches(space, x, 'x').length === 0).toBe(space.contains(x))
      }),
    )
  })

  it('samples the same values after the same seed and from the same stream', () => {
    fc.assert(
      fc.property(anySpace, seed, (space, n) => {
        space.seed(n)
        const first = [space.sample(), space.sample()]
        space.seed(n)
        expect([space.sample(), space.sample()]).toStrictEqual(first)
        const own = space.sample({ stream: Stream.derive(n, 'a') })
        expect(space.sample({ stream: Stream.derive(n, 'a') })).toStrictEqual(own)
      }),
    )
  })

  it('survives a round trip through JSON', () => {
    fc.assert(
      fc.property(anySpace, (space) => {
        const back = spaceFromJSON(JSON.parse(JSON.stringify(space)))
        expect(isSpace(back)).toBe(true)
        expect(back.equals(space) && space.equals(back)).toBe(true)
        space.seed(5)
        back.seed(5)
        expect(back.sample()).toStrictEqual(space.sample())
      }),
    )
  })

  it('brings a sample through JSON bit for bit', () => {
    fc.assert(
      fc.property(anySpace, seed, (space, n) => {
        space.seed(n)
        const sample = space.sample()
        expect(space.fromJsonable(JSON.parse(JSON.stringify(space.toJsonable(sample))))).toStrictEqual(sample)
      }),
    )
  })

  it('flattens a sample into its flat space and back', () => {
    fc.assert(
      fc.property(anySpace, seed, (space, n) => {
        space.seed(n)
        const sample = space.sample()
        const flat = flatten(space, sample)
        expect(flat.length).toBe(flatdim(space))
        expect(flattenSpace(space).contains(flat)).toBe(true)
        expect(unflatten(space, flat)).toStrictEqual(sample)
      }),
    )
  })

  it('flattens into a buffer at an offset, leaving the rest alone', () => {
    fc.assert(
      fc.property(anySpace, seed, (space, n) => {
        space.seed(n)
        const sample = space.sample()
        const size = flatdim(space)
        const type = flatDtype(space) === 'float64' ? Float64Array : Float32Array
        const buffer = new type(size + 3).fill(7)
        expect(flattenInto(space, sample, buffer, 2)).toBe(size + 2)
        expect(buffer.slice(2, -1)).toStrictEqual(flatten(space, sample))
        expect([buffer[0], buffer[1], buffer[size + 2]]).toEqual([7, 7, 7])
      }),
    )
  })
})
