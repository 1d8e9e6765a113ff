/**
 * Where results are kept: one JSON file per unit, written once and whole, and its checkpoint beside it. A file
 * whose digest does not match, or whose unit is not the one that its name says, is no result.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../../agents/checkpoint-file.ts'
import { hashBytes, hashOf, type Identity } from '../identity.ts'
import type { Unit, UnitResult } from '../units/types.ts'

export interface ResultStore {
  /** undefined where there is none, or none that is whole. */
  read(id: string): UnitResult | undefined
  write(id: string, unit: Unit, result: UnitResult): void
}

/** Of everything that determines the result. */
export function unitId(unit: Unit, identity: Identity): string {
  return hashOf({ unit, identity }).slice(0, 32)
}

/** SHA-256 of a result without its timing: the same on every machine and for any number of workers. */
export function resultDigest(result: UnitResult): string {
  const { timing: _, ...rest } = result
  return hashOf('checkpoint' in rest ? { ...rest, checkpoint: hashBytes(rest.checkpoint) } : rest)
}

/** Results for as long as the process lives. */
export function memoryStore(): ResultStore {
  const results = new Map<string, UnitResult>()
  return {
    read: (id) => results.get(id),
    write: (id, _unit, result) => {
      results.set(id, result)
    },
  }
}

type StoredUnit = {
  readonly id: string
  readonly unit: Unit
  readonly identity: Identity
  readonly digest: string
  /** Without the bytes of a checkpoint, which are in a file of their own. */
  readonly result: UnitResult
}

export function folderStore(folder: string, identity: Identity): ResultStore {
  mkdirSync(folder, { recursive: true })
  const fileOf = (id: string): string => join(folder, `${id}.json`)
  const checkpointOf = (id: string): string => join(folder, `${id}.ckpt`)
  return {
    read(id) {
      if (!existsSync(fileOf(id))) return undefined
      try {
        const stored = JSON.parse(readFileSync(fileOf(id), 'utf8')) as StoredUnit
        const result =
          stored.result.kind === 'train'
            ? { ...stored.result, checkpoint: new Uint8Array(readFileSync(checkpointOf(id))) }
            : stored.result
        const whole = stored.digest === resultDigest(result) && unitId(stored.unit, stored.identity) === id
        return whole ? result : undefined
      } catch {
        return undefined
      }
    },
    write(id, unit, result) {
      const bare = result.kind === 'train' ? { ...result, checkpoint: undefined } : result
      if (result.kind === 'train') writeFileAtomic(checkpointOf(id), result.checkpoint)
      const stored = { id, unit, identity, digest: resultDigest(result), result: bare }
      writeFileAtomic(fileOf(id), `${JSON.stringify(stored)}\n`)
    },
  }
}
