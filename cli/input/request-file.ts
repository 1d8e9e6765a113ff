/** Finished requests by file name: `.parquet` and `.csv` as tables, anything else as JSON Lines. */
import { extname } from 'node:path'
import type { RequestRecord } from '../../src/model/requests.ts'
import { quoteCsv } from '../../src/results/index.ts'
import { LineWriter, writeAtomic } from './files.ts'
import { type ParquetColumn, parquetEncoder } from './parquet.ts'

export interface RequestFile {
  readonly write: (request: RequestRecord) => void
  /** The file appears under its name; `metadata` is kept where the format has a place for it. */
  readonly commit: (metadata: unknown) => void
  /** Leaves nothing behind. */
  readonly discard: () => void
}

const COLUMNS = {
  workload: 'STRING',
  class: 'STRING',
  number: 'INT32',
  start: 'DOUBLE',
  end: 'DOUBLE',
  outcome: 'STRING',
  attempts: 'INT32',
} as const satisfies Record<keyof RequestRecord, ParquetColumn['type']>

const NAMES = Object.keys(COLUMNS) as (keyof RequestRecord)[]

/** @throws ConfigError for Parquet without the package that writes it. */
export async function requestFile(file: string): Promise<RequestFile> {
  if (extname(file) === '.parquet') return parquetFile(file)
  const lines = new LineWriter(file)
  const csv = extname(file) === '.csv'
  if (csv) lines.write(NAMES.join(','))
  return {
    write: csv
      ? (request) => lines.write(NAMES.map((name) => quoteCsv(String(request[name]))).join(','))
      : (request) => lines.write(JSON.stringify(request)),
    commit: () => lines.commit(),
    discard: () => lines.discard(),
  }
}

/** A Parquet file is laid out by columns: all of the requests are kept until the end. */
async function parquetFile(file: string): Promise<RequestFile> {
  const encode = await parquetEncoder('--requests')
  const columns = NAMES.map((name) => ({ name, type: COLUMNS[name], values: [] as (number | string)[] }))
  return {
    write: (request) => {
      for (const { name, values } of columns) values.push(request[name])
    },
    commit: (metadata) => writeAtomic(file, encode(columns, metadata)),
    discard() {},
  }
}
