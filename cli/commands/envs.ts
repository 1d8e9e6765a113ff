import type { Command } from 'commander'
import { action, type CommonOptions, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Output } from '../terminal/output.ts'

export function addEnvs(program: Command): void {
  const command = program.command('envs').description('list the environments with their spaces')
  withCommon(command, { out: 'write the list as JSON' }).action(action(listEnvs))
}

async function listEnvs(output: Output, options: CommonOptions): Promise<ExitCode> {
  const [{ make, registeredSpecs }, { describeSpace }, { writeJson }] = await Promise.all([
    import('../../envs/index.ts'),
    import('../terminal/describe-space.ts'),
    import('../input/files.ts'),
  ])
  const envs = registeredSpecs().map(({ id, description = '', maxEpisodeSteps }) => {
    const env = make(id)
    const observationSpace = env.observationSpace.toJSON()
    const actionSpace = env.actionSpace.toJSON()
    env.close()
    return { id, description, observationSpace, actionSpace, maxEpisodeSteps }
  })
  writeJson(options.out, envs)
  output.result(envs, () =>
    envs
      .map(({ id, description, observationSpace, actionSpace }) => {
        const spaces = `observation ${describeSpace(observationSpace)}\n  action      ${describeSpace(actionSpace)}`
        return `${id}\n  ${description}\n  ${spaces}\n`
      })
      .join('\n'),
  )
  return EXIT.done
}
