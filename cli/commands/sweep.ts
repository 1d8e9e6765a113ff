import type { Command } from 'commander'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { parseCount, parseList } from '../input/arguments.ts'
import { type Axis, collectVary } from '../input/vary.ts'
import type { Output } from '../terminal/output.ts'

type SweepOptions = CommonOptions & {
  readonly vary: Axis[]
  readonly metrics?: string[]
  readonly replications?: number
  readonly drain?: boolean
  readonly workers?: number
}

export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('vary fields of a scenario over lists or ranges and tabulate its figures')
  command.argument('<scenario>', 'a scenario file (YAML or JSON, AsyncFlow files too)')
  withCommon(command, {
    out: 'write the table: .csv, or .json with every figure',
    seed: "root seed; replication i is `run --seed SEED/i` (default: the scenario's own)",
  })
    .requiredOption(
      '--vary <path=values>',
      'a field and its values, such as services.web.replicas=2..8; repeated, every combination is run',
      collectVary,
    )
    .option(
      '--metrics <names>',
      'figures to show (default: throughput, errors, mean, p95, p99, cost)',
      parseList,
    )
    .option('--replications <count>', 'runs of each combination (default: 20)', parseCount)
    .option('--drain', 'stop arrivals at the horizon and run on until every request has ended')
    .option('--workers <count>', 'worker threads (default: the number of processors)', parseCount)
    .action(action(runSweep))
}

async function runSweep(output: Output, options: SweepOptions, file: string): Promise<ExitCode> {
  const { sweepFile, summarizeSweep } = await import('../monte-carlo/sweep-file.ts')
  const { value, stopped } = await sweepFile(file, options, output)
  output.result(value, () => summarizeSweep(value))
  output.talk(`Reproduce: ${reproduceLine(value.seed)}`)
  return stopped ? EXIT.interrupted : EXIT.done
}
