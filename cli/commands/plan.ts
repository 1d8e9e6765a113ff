import { type Command, InvalidArgumentError } from 'commander'
import { parseQuantity } from '../../src/scenario/units.ts'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { parseCount, parseList } from '../input/arguments.ts'
import { type Axis, collectVary } from '../input/vary.ts'
import type { Output } from '../terminal/output.ts'

type PlanCommandOptions = CommonOptions & {
  readonly vary: Axis[]
  readonly slo?: string[]
  readonly confidence?: number
  readonly max?: number
  readonly any?: boolean
  readonly workers?: number
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('find the cheapest configuration that meets the objectives, with a stated confidence')
  command.argument('<scenario>', 'a scenario file (YAML or JSON, AsyncFlow files too)')
  withCommon(command, {
    out: 'write the plan as JSON',
    seed: "root seed; replication i is `run --seed SEED/i` (default: the scenario's own)",
  })
    .requiredOption(
      '--vary <path=values>',
      'what may be chosen, such as services.web.replicas=2..40, weakest first; repeated, every combination',
      collectVary,
    )
    .option('--slo <objectives>', "such as 'p95<250ms,errors<0.1%' (default: the scenario's own)", parseList)
    .option('--confidence <share>', 'of the whole answer (default: 95%)', parseConfidence)
    .option('--max <count>', 'most runs of one configuration (default: 200)', parseCount)
    .option('--any', 'do not assume that later values are stronger: rule configurations out one by one')
    .option('--workers <count>', 'worker threads (default: the number of processors)', parseCount)
    .action(action(runPlan))
}

/** Exit 1 when no configuration meets the objectives. */
async function runPlan(output: Output, options: PlanCommandOptions, file: string): Promise<ExitCode> {
  const [{ planFile }, { summarizePlan }, { writeJson }] = await Promise.all([
    import('../monte-carlo/plan-file.ts'),
    import('../summary/plan-summary.ts'),
    import('../input/files.ts'),
  ])
  const { value, stopped } = await planFile(file, options, output)
  writeJson(options.out, value)
  output.result(value, () => summarizePlan(value))
  output.talk(`Reproduce: ${reproduceLine(value.seed)}`)
  if (stopped) return EXIT.interrupted
  return value.chosen === null ? EXIT.missed : EXIT.done
}

function parseConfidence(text: string): number {
  const parsed = parseQuantity(text, 'fraction')
  if ('what' in parsed) throw new InvalidArgumentError(`${parsed.what}. ${parsed.hint}`)
  if (parsed.value > 0 && parsed.value < 1) return parsed.value
  throw new InvalidArgumentError('Give a share between 0 and 1, such as 95%.')
}
