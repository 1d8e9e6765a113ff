/** Snapshots of environments and wrappers as bytes: what they are of, the version that made them, and the state. */
import { Packr } from 'msgpackr/pack'
import { Unpackr } from 'msgpackr/unpack'
import { SimError } from '../errors.ts'
import { VERSION } from '../version.ts'
import type { Env } from './env.ts'

type Envelope = { format: typeof FORMAT; version: string; of: string; state: unknown }

const FORMAT = 'asyncflow-gym/snapshot'
const packr = new Packr({ structuredClone: true, useRecords: false })
const unpackr = new Unpackr({ structuredClone: true, useRecords: false })

/** `of`: the environment or wrapper; `state`: plain data and typed arrays, which come back as they are, bit for bit. */
export function packSnapshot(of: string, state: unknown): Uint8Array {
  const envelope: Envelope = { format: FORMAT, version: VERSION, of, state }
  return new Uint8Array(packr.pack(envelope))
}

/**
 * The state that `packSnapshot` was given. @throws SimError `snapshot-format`, `snapshot-version` or
 * `snapshot-environment` when the bytes are no snapshot, one of another version, or one of something else.
 */
export function unpackSnapshot(of: string, bytes: Uint8Array): unknown {
  let found: Envelope | undefined
  try {
    // The unpacker leaves a property on the array that it is given.
    found = unpackr.unpack(bytes.subarray()) as Envelope
  } catch {
    found = undefined
  }
  if (found?.format !== FORMAT) {
    throw new SimError('snapshot-format', `these bytes are no snapshot (${of}). Pass what snapshot() gave.`)
  }
  if (found.version !== VERSION) {
    throw new SimError(
      'snapshot-version',
      `the snapshot is of version ${found.version}, this is ${VERSION} (${of}). Make it anew.`,
    )
  }
  if (found.of !== of) {
    throw new SimError(
      'snapshot-environment',
      `the snapshot is of ${found.of}, this is ${of} (snapshot). Restore it where it was made, inside the same wrappers.`,
    )
  }
  return found.state
}

/** The error of an environment that cannot save itself; `env`: the innermost. */
export function noSnapshots(env: Env): SimError {
  const name = env.spec?.id ?? env.constructor.name
  return new SimError('no-snapshot', `the environment has no snapshots (${name}). Reset it to its seed.`)
}
