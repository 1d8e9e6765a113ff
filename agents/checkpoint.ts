/**
 * The bytes of a saved agent: a header of 20 bytes (magic, version, length and CRC-32 of the rest, little-endian)
 * and plain data in msgpack. Nothing but this package is needed to read them.
 */
import { Packr } from 'msgpackr'
import { SimError } from '../src/errors.ts'

/** What every checkpoint says; each agent adds its own fields. */
export type Checkpoint = {
  /** Name in the registry. */
  readonly agent: string
  readonly params: Readonly<Record<string, unknown>>
} & Readonly<Record<string, unknown>>

export const CHECKPOINT_VERSION = 1

const MAGIC = [0x61, 0x73, 0x79, 0x6e, 0x63, 0x66, 0x67, 0x61] // "asyncfga"
const HEADER = 20

// `moreTypes` keeps typed arrays what they are; without records the bytes are plain msgpack maps.
const packer = new Packr({ moreTypes: true, useRecords: false, structuredClone: false })

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const payload = packer.pack(checkpoint)
  const bytes = new Uint8Array(HEADER + payload.length)
  bytes.set(MAGIC)
  bytes.set(payload, HEADER)
  const header = new DataView(bytes.buffer)
  header.setUint32(8, CHECKPOINT_VERSION, true)
  header.setUint32(12, payload.length, true)
  header.setUint32(16, crc32(bytes.subarray(HEADER)), true)
  return bytes
}

/** Throws SimError with code `checkpoint` for bytes that are not one, are damaged, or are of another version. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  if (bytes.length < HEADER || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw reject(
      'these bytes are not an agent checkpoint',
      'Give a file that save() or `asyncflow train` wrote.',
    )
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER)
  const version = header.getUint32(8, true)
  if (version !== CHECKPOINT_VERSION) {
    throw reject(
      `the checkpoint has format version ${version}, this package reads version ${CHECKPOINT_VERSION}`,
      'Load it with the version of the package that wrote it.',
    )
  }
  const length = header.getUint32(12, true)
  const payload = bytes.slice(HEADER)
  if (payload.length !== length) {
    const what = payload.length < length ? 'is truncated' : 'has bytes after its end'
    throw reject(
      `the checkpoint ${what}: expected ${HEADER + length} bytes, got ${bytes.length}`,
      'Take an earlier one.',
    )
  }
  if (crc32(payload) !== header.getUint32(16, true)) {
    throw reject('the checkpoint is damaged: its checksum does not match', 'Take an earlier one.')
  }
  return packer.unpack(payload) as Checkpoint
}

/** Decodes and checks that the checkpoint is of this agent. */
export function decodeCheckpointOf(agent: string, bytes: Uint8Array): Checkpoint {
  const checkpoint = decodeCheckpoint(bytes)
  if (checkpoint.agent !== agent) {
    throw reject(
      `the checkpoint is of agent "${checkpoint.agent}", not "${agent}"`,
      'loadAgent() makes the right agent from it.',
    )
  }
  return checkpoint
}

function reject(what: string, hint: string): SimError {
  return new SimError('checkpoint', `${what}. ${hint}`)
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})

/** The CRC-32 of zip, PNG and Ethernet. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]!) & 0xff]!
  return (crc ^ 0xffffffff) >>> 0
}
