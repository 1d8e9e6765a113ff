/** Why a value is not an element of a space, in words, for checkers and error messages. */
import type { Box } from './box.ts'
import type { Dict } from './dict.ts'
import type { Discrete } from './discrete.ts'
import { ARRAY_BY_DTYPE, sizeOf } from './dtype.ts'
import { describe } from './json-number.ts'
import type { MultiDiscrete } from './multi-discrete.ts'
import type { Space } from './space.ts'
import type { Tuple } from './tuple.ts'

/** `value`: outside a space that says no more than that. */
export type MismatchKind = 'type' | 'shape' | 'keys' | 'bounds' | 'value'

export type Mismatch = { readonly kind: MismatchKind; readonly message: string }

/** How many of the coordinates that are out of bounds a message lists. */
const LISTED = 5

/** Empty exactly when `space.contains(x)`; `path` is what the messages call the value. */
export function findMismatches(space: Space, x: unknown, path: string): Mismatch[] {
  const found = mismatches(space, x, path)
  if (found.length > 0 || space.contains(x)) return found
  return [{ kind: 'value', message: `${path} is not contained in its space` }]
}

function mismatches(space: Space, x: unknown, path: string): Mismatch[] {
  switch (space.kind) {
    case 'Discrete':
      return ofDiscrete(space as Discrete, x, path)
    case 'Dict':
      return ofDict(space as Dict, x, path)
    case 'Tuple':
      return ofTuple(space as Tuple, x, path)
    default:
      return ofArray(space, x, path)
  }
}

function ofDiscrete({ start, n }: Discrete, x: unknown, path: string): Mismatch[] {
  if (!Number.isInteger(x)) return [{ kind: 'type', message: `${path} is ${describe(x)}, not an integer` }]
  const value = x as number
  if (value >= start && value < start + n) return []
  return [{ kind: 'bounds', message: `${path} is ${value}, not in ${start} ... ${start + n - 1}` }]
}

function ofArray(space: Space, x: unknown, path: string): Mismatch[] {
  if (space.dtype === undefined || space.dtype === 'int64' || space.shape === undefined) return []
  const type = ARRAY_BY_DTYPE[space.dtype]
  if (!(x instanceof type))
    return [{ kind: 'type', message: `${path} is ${describe(x)}, not a ${type.name}` }]
  const size = sizeOf(space.shape)
  if (x.length !== size) {
    const shape = `[${space.shape.join(', ')}]`
    return [
      { kind: 'shape', message: `${path} has ${x.length} elements, not ${size} for the shape ${shape}` },
    ]
  }
  const outside: string[] = []
  let count = 0
  for (let i = 0; i < size; i++) {
    const [low, high] = boundsAt(space, i)
    if (x[i]! >= low && x[i]! <= high) continue
    if (++count <= LISTED) outside.push(`[${i}] = ${x[i]} not in [${low}, ${high}]`)
  }
  if (count === 0) return []
  const more = count > LISTED ? ` and ${count - LISTED} more` : ''
  return [{ kind: 'bounds', message: `${path} is out of bounds: ${outside.join(', ')}${more}` }]
}

function boundsAt(space: Space, i: number): readonly [number, number] {
  if (space.kind === 'Box') return [(space as Box).low[i]!, (space as Box).high[i]!]
  if (space.kind === 'MultiBinary') return [0, 1]
  const { nvec, start } = space as MultiDiscrete
  return [start[i]!, start[i]! + nvec[i]! - 1]
}

function ofDict({ keys, spaces }: Dict, x: unknown, path: string): Mismatch[] {
  if (typeof x !== 'object' || x === null || Array.isArray(x) || ArrayBuffer.isView(x)) {
    return [{ kind: 'type', message: `${path} is ${describe(x)}, not an object` }]
  }
  const value = x as Record<string, unknown>
  const missing = keys.filter((key) => !Object.hasOwn(value, key))
  const extra = Object.keys(value).filter((key) => !Object.hasOwn(spaces, key))
  const found: Mismatch[] = []
  if (missing.length > 0) found.push({ kind: 'keys', message: `${path} lacks ${missing.join(', ')}` })
  if (extra.length > 0) found.push({ kind: 'keys', message: `${path} has unknown keys ${extra.join(', ')}` })
  for (const key of keys) {
    if (Object.hasOwn(value, key)) found.push(...findMismatches(spaces[key]!, value[key], `${path}.${key}`))
  }
  return found
}

function ofTuple({ spaces }: Tuple, x: unknown, path: string): Mismatch[] {
  if (!Array.isArray(x)) return [{ kind: 'type', message: `${path} is ${describe(x)}, not an array` }]
  if (x.length !== spaces.length) {
    return [{ kind: 'keys', message: `${path} has ${x.length} parts, not ${spaces.length}` }]
  }
  return spaces.flatMap((space, i) => findMismatches(space, x[i], `${path}[${i}]`))
}
