/** Errors keep their class on the way out of a worker thread: cloning alone would make all of them plain. */
import { ConfigError, type Problem, SimError } from '../../src/errors.ts'
import { abortError, isAbortError } from '../units/abort-error.ts'

export type TransferredError =
  | { readonly kind: 'abort' }
  | { readonly kind: 'config'; readonly problems: readonly Problem[] }
  | { readonly kind: 'sim'; readonly code: string; readonly message: string }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined }

export function packError(error: unknown): TransferredError {
  if (isAbortError(error)) return { kind: 'abort' }
  if (error instanceof ConfigError) return { kind: 'config', problems: error.problems }
  if (error instanceof SimError) return { kind: 'sim', code: error.code, message: error.message }
  if (error instanceof Error) return { kind: 'other', message: error.message, stack: error.stack }
  return { kind: 'other', message: String(error), stack: undefined }
}

export function unpackError(packed: TransferredError): Error {
  if (packed.kind === 'abort') return abortError()
  if (packed.kind === 'config') return new ConfigError(packed.problems)
  if (packed.kind === 'sim') return new SimError(packed.code, packed.message)
  const error = new Error(packed.message)
  if (packed.stack !== undefined) error.stack = packed.stack
  return error
}
