import { join } from 'node:path'
import { type ReportInput, renderCharts, renderReport } from '../../report/index.ts'
import type { Result } from '../../src/results/types.ts'
import { writeAtomic } from '../input/files.ts'

export function writeReport(file: string, input: ReportInput): void {
  writeAtomic(file, renderReport(input))
}

/** One file per chart, `ecdf.svg` and so on; the folder is made if it is missing. */
export function writeCharts(folder: string, result: Result): void {
  for (const [name, svg] of Object.entries(renderCharts(result)))
    writeAtomic(join(folder, `${name}.svg`), svg)
}
