/** What `npm run parity:asyncflow` does with the files it is given. */
import { readFileSync } from 'node:fs'
import { SimError } from '../../src/errors.ts'
import { type Comparison, compareReplay } from './compare.ts'
import { replayTrace } from './replay.ts'
import { parseTrace } from './trace.ts'

export type Streams = { out(line: string): void; talk(line: string): void }

/** Finish times that differ by less are equal, seconds. */
const TOLERANCE = 1e-9

/** A line of JSON per trace; the exit code: 0 all equal, 1 some differ, 2 a file cannot be used. */
export function paritySummary(files: readonly string[], { out, talk }: Streams): 0 | 1 | 2 {
  if (files.length === 0) {
    talk('no trace given. Usage: npm run --silent parity:asyncflow -- TRACE.json [TRACE.json ...]')
    return 2
  }
  let code: 0 | 1 | 2 = 0
  for (const file of files) {
    try {
      const trace = parseTrace(readFileSync(file, 'utf8'), file)
      const { comparison, remarks } = compareReplay(trace, replayTrace(trace, file))
      out(JSON.stringify({ trace: file, ...comparison }))
      for (const remark of remarks) talk(`${file}: ${remark}.`)
      if (!isEqual(comparison) && code === 0) code = 1
    } catch (error) {
      talk(`error: ${explain(error, file)}`)
      code = 2
    }
  }
  return code
}

export function isEqual({ maxAbsDifference, completionOrderEqual, sampledEqual }: Comparison): boolean {
  return maxAbsDifference !== null && maxAbsDifference < TOLERANCE && completionOrderEqual && sampledEqual
}

function explain(error: unknown, file: string): string {
  if (error instanceof SimError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return `no such file (${file}). Give the path of a recorded run.`
  if (code === 'EISDIR') return `a folder, not a file (${file}). Give the path of a recorded run.`
  if (code.startsWith('E'))
    return `cannot be read (${file}): ${error instanceof Error ? error.message : error}.`
  throw error
}
