import type { Command } from 'commander'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { collectSetting, parseCount, parseTrainingSeed } from '../input/arguments.ts'
import type { Output } from '../terminal/output.ts'

type TrainOptions = CommonOptions & {
  readonly steps: number
  readonly seed?: number
  readonly scenario?: string
  readonly set?: Record<string, unknown>
  readonly option?: Record<string, unknown>
  readonly resume?: boolean
  readonly validation?: boolean
}

export function addTrain(program: Command): void {
  const command = program.command('train').description('train an agent and keep the best one')
  command
    .argument('<agent>', 'a learner of `asyncflow agents`')
    .argument('<environment>', 'an id of `asyncflow envs`')
  withCommon(command, {
    out: 'folder for the agent (default: runs/<agent>-<environment>-<seed>)',
    seed: 'root of all that is random in the training (default: 0)',
    parseSeed: parseTrainingSeed,
  })
    .requiredOption('--steps <count>', 'environment steps, such as 200k', parseCount)
    .option('--scenario <scenario>', 'a scenario file, or the name of one that comes with the package')
    .option('--set <key=value>', 'a parameter of the agent; may be repeated', collectSetting)
    .option('--option <key=value>', 'an option of the environment; may be repeated', collectSetting)
    .option('--no-validation', 'keep the last weights instead of the best on validation episodes')
    .option('--resume', 'continue the training in --out')
    .action(action(runTrain))
}

async function runTrain(output: Output, options: TrainOptions, agent: string, id: string): Promise<ExitCode> {
  const { train, summarizeTraining } = await import('../harness/train.ts')
  const { seed = 0, out = `runs/${agent}-${id.replaceAll('/', '-')}-${seed}` } = options
  const manifest = await train(agent, id, { ...options, seed, out }, output)
  output.result({ out, ...manifest }, () => summarizeTraining(manifest))
  output.talk(`Wrote ${out}`)
  if (manifest.interrupted) output.talk(`Resume: ${reproduceLine(seed, { out, resume: true })}`)
  else output.talk(`Reproduce: ${reproduceLine(seed)}`)
  return manifest.interrupted ? EXIT.interrupted : EXIT.done
}
