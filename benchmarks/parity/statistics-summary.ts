/** What `scripts/parity-statistics.mjs` does: a table of all statistics, and which of them do not agree. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SimError } from '../../src/errors.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { renderTable } from '../report/text-table.ts'
import { compareStatistics, parseReference, type StatisticRow } from './statistics.ts'
import type { Streams } from './summary.ts'

const USAGE = 'Usage: node scripts/parity-statistics.mjs [--json] STATISTICS.json SCENARIO-FOLDER'

/** The exit code: 0, or 2 where a file cannot be used. That some statistics differ is a finding, not a failure. */
export function statisticsSummary(parameters: readonly string[], { out, talk }: Streams): 0 | 2 {
  const json = parameters.includes('--json')
  const [file, folder, ...more] = parameters.filter((item) => item !== '--json')
  if (file === undefined || folder === undefined || more.length > 0) {
    talk(USAGE)
    return 2
  }
  try {
    const reference = parseReference(readFileSync(file, 'utf8'), file)
    const rows = Object.entries(reference.scenarios).flatMap(([name, statistics]) => {
      const path = scenarioFile(folder, name)
      const scenario = loadScenario(readFileSync(path, 'utf8'), { file: path })
      talk(`${name}: ${statistics.reps} runs of ${scenario.horizon} s`)
      return compareStatistics(name, scenario, statistics)
    })
    out(json ? JSON.stringify(rows, undefined, 2) : table(rows))
    const differing = rows.filter(({ agrees }) => !agrees)
    talk(`${rows.length - differing.length} of ${rows.length} statistics agree (95 % intervals overlap).`)
    for (const { scenario, statistic } of differing) talk(`Not: ${statistic} of ${scenario}.`)
    return 0
  } catch (error) {
    if (!(error instanceof SimError) && !(error instanceof Error && 'code' in error)) throw error
    talk(`error: ${error.message}`)
    return 2
  }
}

/** `two_servers_lb.yml` may be called `two-servers-lb.yml` here. */
function scenarioFile(folder: string, name: string): string {
  const path = join(folder, name)
  return existsSync(path) ? path : join(folder, name.replaceAll('_', '-'))
}

function table(rows: readonly StatisticRow[]): string {
  const cells = rows.map(({ scenario, statistic, ours, theirs, agrees }) => [
    scenario,
    statistic,
    ours.mean.toPrecision(6),
    ours.halfWidth.toPrecision(2),
    theirs.mean.toPrecision(6),
    theirs.halfWidth.toPrecision(2),
    agrees ? 'yes' : 'NO',
  ])
  return renderTable(['scenario', 'statistic', 'ours', '+-', 'AsyncFlow', '+-', 'agree'], cells, 'text')
}
