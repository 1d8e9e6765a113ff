/** The memory of a vector environment: what its steps write and where its actions stand. */
import { ARRAY_BY_DTYPE, type ArrayDType, newArray } from '../spaces/dtype.ts'
import type { Space } from '../spaces/space.ts'
import { type Allocate, type Batch, newBatch, sliceBatch } from './batch.ts'

export type VectorStorage = {
  readonly observations: Batch
  readonly actions: Batch
  readonly rewards: Float64Array
  /** 0 or 1, as the two that follow. */
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
  readonly ended: Uint8Array
}

/** `count` rows of zeros. */
export function newVectorStorage(
  observationSpace: Space,
  actionSpace: Space,
  count: number,
  allocate: Allocate = newArray,
): VectorStorage {
  return {
    observations: newBatch(observationSpace, count, allocate),
    actions: newBatch(actionSpace, count, allocate),
    rewards: allocate('float64', count) as Float64Array,
    terminated: allocate('uint8', count) as Uint8Array,
    truncated: allocate('uint8', count) as Uint8Array,
    ended: allocate('uint8', count) as Uint8Array,
  }
}

/** Rows `from` to `to` (not included), in the same memory. */
export function sliceStorage(
  observationSpace: Space,
  actionSpace: Space,
  storage: VectorStorage,
  from: number,
  to: number,
): VectorStorage {
  return {
    observations: sliceBatch(observationSpace, storage.observations, from, to),
    actions: sliceBatch(actionSpace, storage.actions, from, to),
    rewards: storage.rewards.subarray(from, to),
    terminated: storage.terminated.subarray(from, to),
    truncated: storage.truncated.subarray(from, to),
    ended: storage.ended.subarray(from, to),
  }
}

/** Cuts arrays out of shared memory one after another; without memory it only counts the bytes. */
export class SharedCursor {
  bytes = 0
  private readonly buffer: SharedArrayBuffer | undefined

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer
  }

  readonly allocate: Allocate = (dtype: ArrayDType, length) => {
    const type = ARRAY_BY_DTYPE[dtype]
    const at = Math.ceil(this.bytes / 8) * 8
    this.bytes = at + length * type.BYTES_PER_ELEMENT
    return this.buffer === undefined ? newArray(dtype, 0) : new type(this.buffer, at, length)
  }
}
