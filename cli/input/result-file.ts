/** Results by file name: the ending says the format. */
import { extname } from 'node:path'
import { ConfigError } from '../../src/errors.ts'
import { seriesToCsv, toJson, toMsgpack } from '../../src/results/index.ts'
import type { Result } from '../../src/results/types.ts'
import { writeAtomic } from './files.ts'

const WRITERS: Readonly<Record<string, (result: Result) => string | Uint8Array>> = {
  '.json': toJson,
  '.msgpack': toMsgpack,
  '.csv': (result) => seriesToCsv(result.series),
}

/** The writer for this file, found before the run so that a wrong name costs no time. */
export function resultWriter(file: string): (result: Result) => void {
  const write = WRITERS[extname(file)]
  if (write) return (result) => writeAtomic(file, write(result))
  const what = `cannot tell the format of "${file}" from its ending`
  const hint = 'Use .json or .msgpack for the whole result, .csv for the time series.'
  throw new ConfigError([{ what, path: '--out', hint }])
}
