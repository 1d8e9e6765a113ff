/** Files in and out. Reading gives errors that say what to do; writing is atomic: the whole file or none of it. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { writeFileAtomic } from '../../agents/checkpoint-file.ts'
import { ConfigError } from '../../src/errors.ts'

export function readText(file: string): string {
  return readInput(file).toString('utf8')
}

/** @throws ConfigError when there is no such file or it cannot be read. */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT')
      throw refusal('no such file', file, 'Check the path; it is relative to the current folder.')
    if (code === 'EISDIR') throw refusal('a folder, expected a file', file, 'Name the file in it.')
    if (code === 'EACCES') throw refusal('not readable', file, 'Check its permissions.')
    throw error
  }
}

/** Reads what a scenario refers to, relative to the scenario's own folder. */
export function resolverFor(scenarioFile: string): (reference: string) => string {
  return (reference) => readText(resolve(dirname(scenarioFile), reference))
}

export function writeAtomic(file: string, content: string | Uint8Array): void {
  prepare(file)
  writeFileAtomic(file, content)
}

/** Indented JSON; nothing where no file is named. */
export function writeJson(file: string | undefined, value: unknown): void {
  if (file !== undefined) writeAtomic(file, `${JSON.stringify(value, null, 2)}\n`)
}

/** Lines written as they come, buffered; the file appears under its name at `commit()`. */
export class LineWriter {
  private readonly file: string
  private readonly temporary: string
  private readonly descriptor: number
  private pending: string[] = []

  constructor(file: string) {
    this.file = file
    prepare(file)
    this.temporary = `${file}.${process.pid}.tmp`
    this.descriptor = openSync(this.temporary, 'w')
  }

  write(line: string): void {
    this.pending.push(line)
    if (this.pending.length >= 4096) this.flush()
  }

  commit(): void {
    this.flush()
    closeSync(this.descriptor)
    renameSync(this.temporary, this.file)
  }

  /** Leaves nothing behind. */
  discard(): void {
    closeSync(this.descriptor)
    rmSync(this.temporary, { force: true })
  }

  private flush(): void {
    if (this.pending.length > 0) writeSync(this.descriptor, `${this.pending.join('\n')}\n`)
    this.pending = []
  }
}

/** Before a file is written: its folder is made if it is missing. @throws ConfigError where it is a folder itself. */
function prepare(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw refusal('a folder, expected a file to write', file, 'Name a file in it.')
  }
  mkdirSync(dirname(file), { recursive: true })
}

function refusal(what: string, file: string, hint: string): ConfigError {
  return new ConfigError([{ what, path: '', file, hint }])
}
