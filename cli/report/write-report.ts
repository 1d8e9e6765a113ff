import { join } from 'node:path'
import { type ReportInput, renderCharts, renderReport } from '../../report/index.ts'
import type { Result } from '../../src/results/types.ts'
import { writeAtomic } from '../input/files.ts'
import type { PngEncoder } from './png.ts'

export function writeReport(file: string, input: ReportInput): void {
  writeAtomic(file, renderReport(input))
}

export type ChartFolders = {
  readonly svg?: string | undefined
  readonly png?: { readonly folder: string; readonly encode: PngEncoder } | undefined
}

/** One file per chart, `ecdf.svg`, `ecdf.png` and so on; a folder is made if it is missing. */
export function writeCharts({ svg, png }: ChartFolders, result: Result): void {
  if (svg === undefined && png === undefined) return
  for (const [name, chart] of Object.entries(renderCharts(result))) {
    if (svg !== undefined) writeAtomic(join(svg, `${name}.svg`), chart)
    if (png !== undefined) writeAtomic(join(png.folder, `${name}.png`), png.encode(chart))
  }
}
