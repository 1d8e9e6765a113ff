/**
 * A result as JSON and as msgpack, and back. Both carry the same data; a reader refuses what it does not know.
 * msgpack stores numbers as float64 or integers, so that a round trip gives the same bits.
 */
import { Packr } from 'msgpackr'
import { ConfigError } from '../errors.ts'
import type { Result } from './types.ts'

// Records are an extension that only msgpackr reads; plain maps are read by every implementation.
const packr = new Packr({ moreTypes: true, useRecords: false, int64AsType: 'number' })

/** Indented, with a line feed at the end. */
export function toJson(result: Result): string {
  return `${JSON.stringify(result, null, 2)}\n`
}

/** @throws ConfigError when the text is not the JSON of a result; `file` names it in the message. */
export function fromJson(text: string, file?: string): Result {
  return checkResult(() => JSON.parse(text), file)
}

export function toMsgpack(result: Result): Uint8Array {
  return Uint8Array.from(packr.pack(result))
}

/** @throws ConfigError when the bytes are not the msgpack of a result; `file` names it in the message. */
export function fromMsgpack(bytes: Uint8Array, file?: string): Result {
  return checkResult(() => packr.unpack(bytes), file)
}

function checkResult(read: () => unknown, file: string | undefined): Result {
  let value: unknown
  try {
    value = read()
  } catch (cause) {
    throw refusal(`not readable: ${cause instanceof Error ? cause.message : String(cause)}`, file)
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (schema === undefined) throw refusal('not a result: it has no field "schema"', file)
  if (schema !== 1) throw refusal(`a result of schema ${String(schema)}, this version reads schema 1`, file)
  return value as Result
}

function refusal(what: string, file: string | undefined): ConfigError {
  return new ConfigError([{ what, path: '', file, hint: 'Give a file written by `asyncflow run --out`.' }])
}
