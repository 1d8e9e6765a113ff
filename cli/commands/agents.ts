import type { Command } from 'commander'
import { action, type CommonOptions, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Output } from '../terminal/output.ts'

export function addAgents(program: Command): void {
  const command = program
    .command('agents')
    .description('list learners and baselines, what they see and their parameters')
  withCommon(command, { out: 'write the list as JSON' }).action(action(listAgents))
}

async function listAgents(output: Output, options: CommonOptions): Promise<ExitCode> {
  const [{ agentDefinitions }, { registerOptimal }, { renderTable }, { writeJson }] = await Promise.all([
    import('../../agents/index.ts'),
    import('../../benchmarks/optimal/optimal-agent.ts'),
    import('../terminal/table.ts'),
    import('../input/files.ts'),
  ])
  registerOptimal()
  const agents = agentDefinitions().map(({ name, kind, information, summary, defaults }) => {
    return { name, kind, information, summary, defaults }
  })
  writeJson(options.out, agents)
  output.result(agents, () => {
    const rows = agents.flatMap(({ name, kind, information, summary, defaults }) => {
      const settings = Object.entries(defaults).map(([key, value]) => [
        '',
        '',
        '',
        `${key}=${settingText(value)}`,
      ])
      return [[name, kind, information, summary], ...settings]
    })
    return `${renderTable([['name', 'kind', 'sees', ''], ...rows])}\nParameters are given as --set name=value.\n`
  })
  return EXIT.done
}

/** As `--set` reads it back; what is unset by default shows as such. */
function settingText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '(unset)')
}
