import type { Command } from 'commander'
import { action, type CommonOptions, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Output } from '../terminal/output.ts'

type ReportOptions = CommonOptions & {
  readonly monteCarlo?: string
  readonly comparison?: string
  readonly svg?: string
  readonly png?: string
}

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('make an HTML report from results that were written before')
  withCommon(command.argument('<result>', 'what `asyncflow run --out result.json` (or .msgpack) wrote'), {
    out: 'the report (default: report.html)',
  })
    .option('--monte-carlo <file>', 'what `asyncflow monte-carlo --out` wrote: intervals and bands')
    .option('--comparison <file>', 'what `asyncflow compare --out` wrote: variants beside each other')
    .option('--svg <folder>', 'write the charts as SVG files too')
    .option('--png <folder>', 'the same as PNG files (needs the optional @resvg/resvg-js)')
    .action(action(makeReport))
}

async function makeReport(output: Output, options: ReportOptions, file: string): Promise<ExitCode> {
  const [{ readReportInput }, { writeCharts, writeReport }, { pngFolder }] = await Promise.all([
    import('../report/read-results.ts'),
    import('../report/write-report.ts'),
    import('../report/png.ts'),
  ])
  const png = await pngFolder(options.png)
  const input = readReportInput(file, options)
  const out = options.out ?? 'report.html'
  writeReport(out, input)
  writeCharts({ svg: options.svg, png }, input.result)
  output.result({ report: out }, () => `${out}\n`)
  return EXIT.done
}
