import type { Command } from 'commander'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { collect, parseDurationOption, parseWarmup } from '../input/arguments.ts'
import type { Output } from '../terminal/output.ts'

type RunOptions = Omit<CommonOptions, 'out'> & {
  readonly out?: readonly string[]
  readonly horizon?: number
  readonly warmup?: number | 'auto'
  readonly drain?: boolean
  readonly requests?: string
  readonly report?: string
  readonly svg?: string
  readonly png?: string
}

export function addRun(program: Command): void {
  const command = program.command('run').description('simulate a scenario and summarise it')
  withCommon(command.argument('<scenario>', 'a scenario file (YAML or JSON, AsyncFlow files too)'), {
    out: 'write the result as the ending says: .json, .msgpack, .jsonl, .prom (Prometheus), and .csv or .parquet for the time series; repeated, several files',
    parseOut: collect,
    seed: "seed of the run (default: the scenario's own)",
  })
    .option(
      '--horizon <duration>',
      "simulated time, such as 90s or 10min (default: the scenario's own)",
      parseDurationOption,
    )
    .option(
      '--warmup <duration>',
      "start of the run that is not measured; auto: found by MSER-5 from five pilot runs (default: the scenario's own)",
      parseWarmup,
    )
    .option('--drain', 'stop arrivals at the horizon and run on until every request has ended')
    .option('--report <file>', 'write a report: one HTML file that needs nothing else')
    .option('--svg <folder>', 'write the charts of the report as SVG files')
    .option('--png <folder>', 'the same as PNG files (needs the optional @resvg/resvg-js)')
    .option('--requests <file>', 'write every finished request: .csv, .parquet, else one line of JSON each')
    .action(action(run))
}

/** Exit 1 when an SLO of the scenario is missed. */
async function run(output: Output, options: RunOptions, file: string): Promise<ExitCode> {
  const [{ runScenario }, { summarizeRun }, { pngFolder }] = await Promise.all([
    import('../simulate/run-scenario.ts'),
    import('../summary/run-summary.ts'),
    import('../report/png.ts'),
  ])
  // Found before the run, so that a missing package costs no time.
  const png = await pngFolder(options.png)
  const result = await runScenario(file, options, output)
  output.result(result, () => summarizeRun(result))
  const reproduce = reproduceLine(result.seed)
  const { report, svg } = options
  if (report !== undefined || svg !== undefined || png !== undefined) {
    const { writeCharts, writeReport } = await import('../report/write-report.ts')
    if (report !== undefined) writeReport(report, { result, command: reproduce })
    writeCharts({ svg, png }, result)
  }
  for (const written of [...(options.out ?? []), options.requests, report, svg, options.png]) {
    if (written !== undefined) output.talk(`Wrote ${written}`)
  }
  output.talk(`Reproduce: ${reproduce}`)
  return result.slo.every((slo) => slo.met) ? EXIT.done : EXIT.missed
}
