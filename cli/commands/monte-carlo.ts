import { type Command, InvalidArgumentError } from 'commander'
import { parseQuantity } from '../../src/scenario/units.ts'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { parseCount, parseList, parseWarmup } from '../input/arguments.ts'
import type { Output } from '../terminal/output.ts'

type MonteCarloOptions = CommonOptions & {
  readonly replications?: number
  readonly precision?: number
  readonly metrics?: string[]
  readonly max?: number
  readonly bands?: string[]
  readonly warmup?: number | 'auto'
  readonly drain?: boolean
  readonly workers?: number
}

export function addMonteCarlo(program: Command): void {
  const command = program
    .command('monte-carlo')
    .description('run a scenario many times and say how sure its figures are')
  withCommon(command.argument('<scenario>', 'a scenario file (YAML or JSON, AsyncFlow files too)'), {
    out: 'write the result as JSON',
    seed: "root seed; replication i is `run --seed SEED/i` (default: the scenario's own)",
  })
    .option('--replications <count>', 'exactly so many runs (default: 20)', parseCount)
    .option(
      '--precision <share>',
      'run until the intervals of the metrics are this narrow, such as 2%',
      parsePrecision,
    )
    .option('--metrics <names>', 'what the precision is of (default: latency.mean,latency.p95)', parseList)
    .option(
      '--max <count>',
      'most runs under --precision; exit 1 when they do not do (default: 1000)',
      parseCount,
    )
    .option(
      '--bands <series>',
      'time series to draw bands over, such as requests.open,web.queue.cpu',
      parseList,
    )
    .option(
      '--warmup <duration>',
      "start of every run that is not measured; auto: found by MSER-5 from pilot runs (default: the scenario's own)",
      parseWarmup,
    )
    .option('--drain', 'stop arrivals at the horizon and run on until every request has ended')
    .option('--workers <count>', 'worker threads (default: the number of processors)', parseCount)
    .action(action(runMonteCarlo))
}

/** Exit 1 when the precision was not reached. */
async function runMonteCarlo(output: Output, options: MonteCarloOptions, file: string): Promise<ExitCode> {
  const [{ monteCarloFile }, { summarizeMonteCarlo }, { writeJson }] = await Promise.all([
    import('../monte-carlo/monte-carlo-file.ts'),
    import('../summary/monte-carlo-summary.ts'),
    import('../input/files.ts'),
  ])
  const { value, stopped } = await monteCarloFile(file, options, output)
  writeJson(options.out, value)
  output.result(value, () => summarizeMonteCarlo(value))
  output.talk(`Reproduce: ${reproduceLine(value.seed)}`)
  if (stopped) return EXIT.interrupted
  return value.stop.reached ? EXIT.done : EXIT.missed
}

function parsePrecision(text: string): number {
  const parsed = parseQuantity(text, 'fraction')
  if ('what' in parsed) throw new InvalidArgumentError(`${parsed.what}. ${parsed.hint}`)
  if (parsed.value > 0) return parsed.value
  throw new InvalidArgumentError('Give a share above 0, such as 2% or 0.02.')
}
