/** Results by file name: the ending says the format. */
import { extname } from 'node:path'
import { ConfigError } from '../../src/errors.ts'
import {
  seriesColumns,
  seriesToCsv,
  toJson,
  toJsonLines,
  toMsgpack,
  toPrometheus,
} from '../../src/results/index.ts'
import type { Result } from '../../src/results/types.ts'
import { writeAtomic } from './files.ts'
import { parquetEncoder } from './parquet.ts'

type Format = (result: Result) => string | Uint8Array

const FORMATS: Readonly<Record<string, () => Format | Promise<Format>>> = {
  '.json': () => toJson,
  '.msgpack': () => toMsgpack,
  '.jsonl': () => toJsonLines,
  '.prom': () => toPrometheus,
  '.csv': () => (result) => seriesToCsv(result.series),
  '.parquet': async () => {
    const encode = await parquetEncoder('--out')
    return ({ series, ...rest }) =>
      encode(
        seriesColumns(series).map((column) => ({ ...column, type: 'DOUBLE' })),
        rest,
      )
  },
}

/** The writer for this file, found before the run so that a wrong name costs no time. */
export async function resultWriter(file: string): Promise<(result: Result) => void> {
  const format = await FORMATS[extname(file)]?.()
  if (format) return (result) => writeAtomic(file, format(result))
  const what = `cannot tell the format of "${file}" from its ending`
  const hint =
    'Use .json, .msgpack or .jsonl for the whole result, .csv or .parquet for the time series, .prom for Prometheus.'
  throw new ConfigError([{ what, path: '--out', hint }])
}
