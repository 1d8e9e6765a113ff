/**
 * Values of any space as one array of numbers and back, after `gymnasium.spaces.utils`: numbers as they
 * are, each Discrete as a one-hot block, containers part after part (a Dict in the order of its keys).
 */
import { reject } from '../../random/check.ts'
import { Box } from './box.ts'
import type { Dict } from './dict.ts'
import type { Discrete } from './discrete.ts'
import { newArray, sizeOf } from './dtype.ts'
import type { MultiDiscrete } from './multi-discrete.ts'
import type { Space } from './space.ts'
import type { Tuple } from './tuple.ts'

export type FlatArray = Float32Array | Float64Array

/** The number of coordinates of a flattened value. */
export function flatdim(space: Space): number {
  switch (space.kind) {
    case 'Discrete':
      return (space as Discrete).n
    case 'MultiDiscrete':
      return (space as MultiDiscrete).nvec.reduce((sum, n) => sum + n, 0)
    case 'Dict':
    case 'Tuple':
      return partsOf(space).reduce((sum, part) => sum + flatdim(part), 0)
    default:
      return sizeOf(space.shape!)
  }
}

/** `float32`, unless a part holds numbers that it would round. */
export function flatDtype(space: Space): 'float32' | 'float64' {
  if (space.kind === 'Dict' || space.kind === 'Tuple') {
    return partsOf(space).some((part) => flatDtype(part) === 'float64') ? 'float64' : 'float32'
  }
  return space.kind === 'Box' && (space.dtype === 'float64' || space.dtype === 'int32')
    ? 'float64'
    : 'float32'
}

/** The one-dimensional Box of the flattened values. */
export function flattenSpace(space: Space): Box<'float32' | 'float64'> {
  const low: number[] = []
  const high: number[] = []
  collectBounds(space, low, high)
  return new Box<'float32' | 'float64'>(low, high, { shape: [low.length], dtype: flatDtype(space) })
}

/** A fresh array; of Float64Array where `flattenSpace` is. */
export function flatten<T>(space: Space<T>, value: T): FlatArray {
  const out = newArray(flatDtype(space), flatdim(space))
  flattenInto(space, value, out, 0)
  return out
}

/** Writes from `offset` on and returns where the value ends; for callers that keep their buffer. */
export function flattenInto<T>(space: Space<T>, value: T, out: FlatArray, offset: number): number {
  switch (space.kind) {
    case 'Discrete': {
      const { n, start } = space as unknown as Discrete
      return writeOneHot(out, offset, n, (value as number) - start)
    }
    case 'MultiDiscrete': {
      const { nvec, start } = space as unknown as MultiDiscrete
      let at = offset
      for (let i = 0; i < nvec.length; i++) {
        at = writeOneHot(out, at, nvec[i]!, (value as Int32Array)[i]! - start[i]!)
      }
      return at
    }
    case 'Dict': {
      const { keys, spaces } = space as unknown as Dict
      let at = offset
      for (const key of keys) at = flattenInto(spaces[key]!, (value as Record<string, unknown>)[key], out, at)
      return at
    }
    case 'Tuple': {
      const { spaces } = space as unknown as Tuple
      let at = offset
      for (let i = 0; i < spaces.length; i++) at = flattenInto(spaces[i]!, (value as unknown[])[i], out, at)
      return at
    }
    default: {
      out.set(value as ArrayLike<number>, offset)
      return offset + (value as ArrayLike<number>).length
    }
  }
}

/** The value that `flatten` turned into `flat`; of a one-hot block the position of its first largest entry. */
export function unflatten<T>(space: Space<T>, flat: ArrayLike<number>): T {
  const size = flatdim(space)
  if (flat.length !== size) reject(`expected ${size} numbers, got ${flat.length}`, 'unflatten', '')
  return new Reader(flat).read(space) as T
}

class Reader {
  private readonly flat: ArrayLike<number>
  private at = 0

  constructor(flat: ArrayLike<number>) {
    this.flat = flat
  }

  read(space: Space): unknown {
    switch (space.kind) {
      case 'Discrete':
        return (space as Discrete).start + this.largest((space as Discrete).n)
      case 'MultiDiscrete': {
        const { nvec, start } = space as MultiDiscrete
        return nvec.map((n, i) => start[i]! + this.largest(n))
      }
      case 'Dict': {
        const { keys, spaces } = space as Dict
        return Object.fromEntries(keys.map((key) => [key, this.read(spaces[key]!)]))
      }
      case 'Tuple':
        return (space as Tuple).spaces.map((part) => this.read(part))
      default: {
        const out = newArray(space.kind === 'Box' ? (space as Box).dtype : 'int8', sizeOf(space.shape!))
        for (let i = 0; i < out.length; i++) out[i] = this.flat[this.at++]!
        return out
      }
    }
  }

  private largest(n: number): number {
    let best = 0
    for (let i = 1; i < n; i++) if (this.flat[this.at + i]! > this.flat[this.at + best]!) best = i
    this.at += n
    return best
  }
}

function partsOf(space: Space): readonly Space[] {
  if (space.kind === 'Tuple') return (space as Tuple).spaces
  const { keys, spaces } = space as Dict
  return keys.map((key) => spaces[key]!)
}

function collectBounds(space: Space, low: number[], high: number[]): void {
  if (space.kind === 'Dict' || space.kind === 'Tuple') {
    for (const part of partsOf(space)) collectBounds(part, low, high)
    return
  }
  const box = space.kind === 'Box' ? (space as Box) : undefined
  const size = flatdim(space)
  for (let i = 0; i < size; i++) {
    low.push(box?.low[i] ?? 0)
    high.push(box?.high[i] ?? 1)
  }
}

function writeOneHot(out: FlatArray, offset: number, n: number, index: number): number {
  if (!(index >= 0 && index < n)) reject(`${index} is not in 0 ... ${n - 1}`, 'flatten', '')
  out.fill(0, offset, offset + n)
  out[offset + index] = 1
  return offset + n
}
