/** Apache Parquet by the optional package hyparquet-writer, which is plain JavaScript. */
import type { BasicType } from 'hyparquet-writer'
import { VERSION } from '../../src/version.ts'
import { loadOptional } from './optional-package.ts'

export type ParquetColumn = {
  readonly name: string
  readonly type: Extract<BasicType, 'DOUBLE' | 'INT32' | 'STRING'>
  readonly values: readonly (number | string)[]
}

/** @param metadata kept under the key `asyncflow` of the file, so that it says where it comes from. */
export type ParquetEncoder = (columns: readonly ParquetColumn[], metadata: unknown) => Uint8Array

/** @throws ConfigError without the package; `option` is what asked for the file. */
export async function parquetEncoder(option: string): Promise<ParquetEncoder> {
  const { parquetWriteBuffer } = await loadOptional(
    () => import('hyparquet-writer'),
    'hyparquet-writer',
    option,
    'Run npm install hyparquet-writer, or name a file that ends in .csv or .jsonl.',
  )
  return (columns, metadata) => {
    const buffer = parquetWriteBuffer({
      columnData: columns.map(({ name, type, values }) => ({
        name,
        type,
        data: values as (number | string)[],
        nullable: false,
      })),
      kvMetadata: [{ key: 'asyncflow', value: JSON.stringify(metadata) }],
      createdBy: `asyncflow-gym ${VERSION}`,
    })
    return new Uint8Array(buffer)
  }
}
