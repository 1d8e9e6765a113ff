/** The values of a space for several environments: one array for each of its parts, a row per environment. */
import type { Dict } from '../spaces/dict.ts'
import { type ArrayByDType, type ArrayDType, newArray, sizeOf } from '../spaces/dtype.ts'
import type { Space } from '../spaces/space.ts'
import type { Tuple } from '../spaces/tuple.ts'

export type BatchArray = ArrayByDType[ArrayDType]

/** An array for the spaces of numbers (a Float64Array for `Discrete`), an object of batches for `Dict`, a list for `Tuple`. */
export type Batch = BatchArray | { readonly [key: string]: Batch } | readonly Batch[]

/** Where the memory of a batch comes from: an array of zeros. */
export type Allocate = (dtype: ArrayDType, length: number) => BatchArray

/** A batch of zeros. */
export function newBatch(space: Space, count: number, allocate: Allocate = newArray): Batch {
  switch (space.kind) {
    case 'Discrete':
      return allocate('float64', count)
    case 'Dict': {
      const { keys, spaces } = space as Dict
      return Object.fromEntries(keys.map((key) => [key, newBatch(spaces[key]!, count, allocate)]))
    }
    case 'Tuple':
      return (space as Tuple).spaces.map((part) => newBatch(part, count, allocate))
    default:
      return allocate(space.dtype as ArrayDType, count * sizeOf(space.shape!))
  }
}

/** Rows `from` to `to` (not included), in the same memory. */
export function sliceBatch(space: Space, batch: Batch, from: number, to: number): Batch {
  switch (space.kind) {
    case 'Dict': {
      const { keys, spaces } = space as Dict
      const parts = batch as Record<string, Batch>
      return Object.fromEntries(keys.map((key) => [key, sliceBatch(spaces[key]!, parts[key]!, from, to)]))
    }
    case 'Tuple':
      return (space as Tuple).spaces.map((part, k) => sliceBatch(part, (batch as Batch[])[k]!, from, to))
    default: {
      const width = space.kind === 'Discrete' ? 1 : sizeOf(space.shape!)
      return (batch as BatchArray).subarray(from * width, to * width)
    }
  }
}

/** Copies a value of the space into row i. */
export function writeRow(space: Space, batch: Batch, i: number, value: unknown): void {
  switch (space.kind) {
    case 'Discrete':
      ;(batch as BatchArray)[i] = value as number
      return
    case 'Dict': {
      const { keys, spaces } = space as Dict
      for (const key of keys) {
        writeRow(
          spaces[key]!,
          (batch as Record<string, Batch>)[key]!,
          i,
          (value as Record<string, unknown>)[key],
        )
      }
      return
    }
    case 'Tuple':
      ;(space as Tuple).spaces.forEach((part, k) => {
        writeRow(part, (batch as Batch[])[k]!, i, (value as unknown[])[k])
      })
      return
    default: {
      const row = value as BatchArray
      ;(batch as BatchArray).set(row, i * row.length)
    }
  }
}

/** Row i as a value of the space. An array is a view of the batch's memory. */
export function readRow(space: Space, batch: Batch, i: number): unknown {
  switch (space.kind) {
    case 'Discrete':
      return (batch as BatchArray)[i]
    case 'Dict': {
      const { keys, spaces } = space as Dict
      return Object.fromEntries(
        keys.map((key) => [key, readRow(spaces[key]!, (batch as Record<string, Batch>)[key]!, i)]),
      )
    }
    case 'Tuple':
      return (space as Tuple).spaces.map((part, k) => readRow(part, (batch as Batch[])[k]!, i))
    default: {
      const width = sizeOf(space.shape!)
      return (batch as BatchArray).subarray(i * width, (i + 1) * width)
    }
  }
}

/** Copies all rows of a batch into another of the same space and count. */
export function copyBatch(target: Batch, source: Batch): void {
  if (ArrayBuffer.isView(target)) (target as BatchArray).set(source as BatchArray)
  else {
    const parts = source as Record<string, Batch>
    for (const [key, part] of Object.entries(target)) copyBatch(part, parts[key]!)
  }
}
