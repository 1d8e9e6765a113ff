import type { Command } from 'commander'
import { action, type CommonOptions, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Output } from '../terminal/output.ts'

export function addDoctor(program: Command): void {
  const command = program.command('doctor').description('say what is installed here and what it enables')
  withCommon(command, { out: 'write the report as JSON' }).action(action(doctor))
}

/** Exit 1 when something required is missing. */
async function doctor(output: Output, options: CommonOptions): Promise<ExitCode> {
  const [{ examine }, { renderTable }, { writeJson }] = await Promise.all([
    import('../doctor/examine.ts'),
    import('../terminal/table.ts'),
    import('../input/files.ts'),
  ])
  const report = await examine()
  writeJson(options.out, report)
  output.result(report, () => {
    const rows = report.checks.map(({ name, state, found, enables }) => [state, name, found, enables])
    return `asyncflow-gym ${report.version} on ${report.platform}\n\n${renderTable(rows)}`
  })
  return report.ok ? EXIT.done : EXIT.missed
}
