/** From whatever was thrown to the text on stderr and the exit code. */
import { CommanderError } from 'commander'
import { SimError } from '../src/errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { isStopped } from './interrupt.ts'
import { paint } from './terminal/style.ts'

export type Failure = { readonly code: ExitCode; readonly text: string }

/** Errors of the file system that the user can mend: a missing folder, a full disk, no permission. */
const FILE_ERRORS = new Set(['EACCES', 'EEXIST', 'EISDIR', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'])

export function describeFailure(error: unknown): Failure {
  // commander has printed its own text; help and version are no failures.
  if (error instanceof CommanderError)
    return { code: error.exitCode === 0 ? EXIT.done : EXIT.usage, text: '' }
  const label = paint(process.stderr, 'red', 'error:')
  if (error instanceof SimError) return { code: EXIT.usage, text: lines(error.message, label) }
  if (error instanceof Error && 'code' in error && FILE_ERRORS.has(String(error.code))) {
    return { code: EXIT.usage, text: lines(error.message, label) }
  }
  if (error instanceof Error && isStopped(error)) {
    return { code: EXIT.interrupted, text: `${error.message.replace(/\.?$/, '.')}\n` }
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: EXIT.internal, text: `${label} a defect of asyncflow-gym, please report it:\n${trace}\n` }
}

/** One label for each problem. */
function lines(message: string, label: string): string {
  return message.replaceAll(/^/gm, `${label} `).concat('\n')
}
