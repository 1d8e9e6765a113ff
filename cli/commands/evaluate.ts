import type { Command } from 'commander'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { collectSetting, parseCount, parseIntegerSeed, parseList } from '../input/arguments.ts'
import type { Output } from '../terminal/output.ts'

type EvaluateOptions = CommonOptions & {
  readonly env?: string
  readonly against?: string[]
  readonly episodes?: number
  readonly length?: number
  readonly seed?: number
  readonly workers?: number
  readonly scenario?: string
  readonly set?: Record<string, unknown>
  readonly option?: Record<string, unknown>
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('measure agents on the same episodes and compare them')
  command.argument('<agent>', 'a folder that `asyncflow train` wrote, or the name of an agent')
  withCommon(command, {
    out: 'write the report as JSON',
    seed: 'number of the first evaluation episode (default: 0)',
    parseSeed: parseIntegerSeed,
  })
    .option('--env <id>', 'environment (default: the one that the agent was trained on)')
    .option('--against <agents>', 'agents to compare with, separated by commas', parseList)
    .option('--episodes <count>', 'episodes of each agent (default: 10)', parseCount)
    .option('--length <decisions>', 'decisions of an episode (default: to its end)', parseCount)
    .option('--scenario <scenario>', 'a scenario file, or the name of one that comes with the package')
    .option('--set <key=value>', 'a parameter of an agent given by name; may be repeated', collectSetting)
    .option('--option <key=value>', 'an option of the environment; may be repeated', collectSetting)
    .option('--workers <count>', 'worker threads (default: the number of processors)', parseCount)
    .action(action(runEvaluate))
}

async function runEvaluate(output: Output, options: EvaluateOptions, agent: string): Promise<ExitCode> {
  const [{ evaluate }, { formatTable }, { writeJson }] = await Promise.all([
    import('../harness/evaluate.ts'),
    import('../../benchmarks/index.ts'),
    import('../input/files.ts'),
  ])
  const report = await evaluate(agent, options, output)
  writeJson(options.out, report)
  output.result(report, () => formatTable(report, 'text'))
  output.talk(`Reproduce: ${reproduceLine(options.seed ?? 0)}`)
  const failed = report.tasks.some((task) => task.rows.some((row) => row.status === 'failed'))
  return failed ? EXIT.missed : EXIT.done
}
