/** A plan for people: the answer, how it was found, and what was tried on the way. */
import type { PlannedConfiguration, PlanResult } from '../../src/analysis/monte-carlo/index.ts'
import { formatDuration, formatNumber, formatObjective, formatPercent } from '../terminal/format.ts'
import { paint } from '../terminal/style.ts'
import { type Align, renderTable } from '../terminal/table.ts'

export function summarizePlan(result: PlanResult): string {
  const { chosen, objectives, confidence, search, configurations } = result
  const goal = objectives.join(', ')
  const [only, ...others] = configurations
  const answer =
    only !== undefined && others.length === 0
      ? `${paint(process.stdout, chosen === null ? 'red' : 'bold', only.name)} ${chosen === null ? 'does not meet' : 'meets'} ${goal}`
      : chosen === null
        ? `${paint(process.stdout, 'red', 'None')} of ${configurations.length} configurations meets ${goal}`
        : `${paint(process.stdout, 'bold', chosen)} is the ${search === 'monotone' ? 'smallest' : 'cheapest'} of ${configurations.length} that meets ${goal}`
  const way = search === 'monotone' ? 'bisection, later values taken for stronger' : 'elimination'
  const run = configurations.filter(({ replications }) => replications > 0)
  const header = ['', 'verdict', 'runs', 'cost', 'mean', 'p95', ...objectives, '']
  const align: Align[] = header.map((_, column) => (column === 0 || column === 1 ? 'left' : 'right'))
  const rows = run.map((row) => [
    row.name,
    row.verdict,
    String(row.replications),
    row.cost === null ? '-' : formatNumber(row.cost),
    formatDuration(row.latency.mean),
    formatDuration(row.latency.p95),
    ...row.objectives.map(figure),
    row.frontier ? 'frontier' : '',
  ])
  const how = others.length === 0 ? '' : `, by ${way}; ${configurations.length - run.length} were not needed`
  return `${answer}\nwith ${formatPercent(confidence)} confidence${how}\n\n${renderTable([header, ...rows], align, '  ')}`
}

function figure({ text, estimate, verdict }: PlannedConfiguration['objectives'][number]): string {
  if (estimate === null) return `- ${verdict}`
  return `${formatObjective(text, estimate)} ${verdict}`
}
