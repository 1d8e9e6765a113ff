import type { Command } from 'commander'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { parseCount } from '../input/arguments.ts'
import { type Axis, collectVary } from '../input/vary.ts'
import type { Output } from '../terminal/output.ts'

type CompareCommandOptions = CommonOptions & {
  readonly vary?: Axis[]
  readonly replications?: number
  readonly metric?: string
  readonly maximize?: boolean
  readonly drain?: boolean
  readonly workers?: number
}

export function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('run variants of a system side by side on the same arrivals, classes, demands and network')
  command.argument('<scenario...>', 'scenario files; each with every combination of what varies')
  withCommon(command, {
    out: 'write the comparison as JSON',
    seed: "root seed; replication i is `run --seed SEED/i` (default: the first scenario's own)",
  })
    .option(
      '--vary <path=values>',
      'a field and its values, such as balancers.edge.policy=jsq,random or services.web.replicas=2..8; may be repeated',
      collectVary,
    )
    .option('--replications <count>', 'runs of each variant (default: 20)', parseCount)
    .option('--metric <name>', 'what the best is chosen by (default: latency.mean)')
    .option('--maximize', 'more of the metric is better')
    .option('--drain', 'stop arrivals at the horizon and run on until every request has ended')
    .option('--workers <count>', 'worker threads (default: the number of processors)', parseCount)
    .action(action(runCompare))
}

async function runCompare(
  output: Output,
  options: CompareCommandOptions,
  files: string[],
): Promise<ExitCode> {
  const [{ compareFiles }, { summarizeComparison }, { writeJson }] = await Promise.all([
    import('../monte-carlo/compare-files.ts'),
    import('../summary/compare-summary.ts'),
    import('../input/files.ts'),
  ])
  const { value, stopped } = await compareFiles(files, options, output)
  writeJson(options.out, value)
  output.result(value, () => summarizeComparison(value))
  output.talk(`Reproduce: ${reproduceLine(value.seed)}`)
  return stopped ? EXIT.interrupted : EXIT.done
}
