import type { Command } from 'commander'
import type { Problem } from '../../src/errors.ts'
import { action, type CommonOptions, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Output } from '../terminal/output.ts'

type Verdict = {
  readonly file: string
  readonly ok: boolean
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export function addValidate(program: Command): void {
  const command = program.command('validate').description('check scenario files without running them')
  withCommon(command.argument('<scenarios...>', 'scenario files'), {
    out: 'write the verdicts as JSON',
  }).action(action(validate))
}

/** Exit 2 when any file is refused. */
async function validate(output: Output, options: CommonOptions, files: string[]): Promise<ExitCode> {
  const [{ readText, resolverFor, writeJson }, { loadScenario }, { ConfigError, formatProblem }] =
    await Promise.all([
      import('../input/files.ts'),
      import('../../src/scenario/index.ts'),
      import('../../src/errors.ts'),
    ])
  const verdicts = files.map((file): Verdict => {
    const warnings: Problem[] = []
    try {
      loadScenario(readText(file), {
        file,
        resolve: resolverFor(file),
        warn: (problem) => warnings.push(problem),
      })
      return { file, ok: true, problems: [], warnings }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return { file, ok: false, problems: error.problems, warnings }
    }
  })
  for (const { warnings } of verdicts) for (const warning of warnings) output.warn(formatProblem(warning))
  writeJson(options.out, verdicts)
  output.result(verdicts, () =>
    verdicts
      .map(({ file, ok, problems }) => (ok ? `ok ${file}\n` : `${problems.map(formatProblem).join('\n')}\n`))
      .join(''),
  )
  return verdicts.every(({ ok }) => ok) ? EXIT.done : EXIT.usage
}
