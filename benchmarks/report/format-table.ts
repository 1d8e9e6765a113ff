/** A report as a person reads it. */
import { renderTable, type TableFormat } from './text-table.ts'
import type { Difference, Report, ReportInterval, ReportRow, ReportTask } from './types.ts'

/** One table for each task, with what was measured above and what is to be noted below. Ends with a newline. */
export function formatTable(report: Report, format: TableFormat = 'text'): string {
  const blocks = report.tasks.map((task) => formatTask(task, format))
  if (report.tasks.length > 1 && report.overall.length > 0) blocks.push(formatOverall(report, format))
  return `${blocks.join('\n\n')}\n`
}

function formatTask(task: ReportTask, format: TableFormat): string {
  const withBest = task.rows.some((row) => row.toBest !== null)
  const withBaseline = task.rows.some((row) => row.toBaseline !== null)
  const head = [
    'agent',
    'sees',
    'mean cost',
    '95 % interval',
    ...(withBest ? ['to best heuristic', '95 % interval'] : []),
    ...(withBaseline ? [`to ${task.baseline}`, '95 % interval'] : []),
    ...(withBest ? ['score %'] : []),
    'decision',
    'parameters',
  ]
  const rows = task.rows.map((row) => {
    const isBest = Object.values(task.best).includes(row.label)
    return [
      `${row.label}${isBest ? ' *' : ''}${row.status === 'ok' ? '' : ` (${row.status})`}`,
      row.information,
      row.cost === null ? '-' : figure(row.cost.estimate),
      bounds(row.cost),
      ...(withBest ? differenceCells(row.toBest) : []),
      ...(withBaseline ? differenceCells(row.toBaseline) : []),
      ...(withBest ? [row.score === null ? '-' : signed(row.score.estimate, 1)] : []),
      row.decisionSeconds === null ? '-' : duration(row.decisionSeconds),
      row.parameterCount === null ? '-' : String(row.parameterCount),
    ]
  })
  const title = format === 'markdown' ? `### ${task.name}` : task.name
  return [title, describe(task), '', renderTable(head, rows, format), ...notes(task, format)].join('\n')
}

function describe(task: ReportTask): string {
  const length = task.episodeLength === null ? '' : ` of ${task.episodeLength} decisions`
  const unit = { decision: 'per decision', time: 'per second', episode: 'per episode' }[task.cost]
  return `${task.environment}, cost ${unit} in reward units, ${task.seeds.length} paired evaluation episodes${length}.`
}

function notes(task: ReportTask, format: TableFormat): string[] {
  const lines: string[] = []
  const best = Object.values(task.best)
  if (best.length > 0) lines.push('* best heuristic of its information class, or of all that see no more.')
  for (const row of task.rows) {
    if (row.status === 'unstable')
      lines.push(
        `${row.label}: the cost grows through the episode; its mean is no steady state and is not compared.`,
      )
    if (row.error !== null) lines.push(`${row.label}: ${row.error}`)
    if (row.tuning !== null)
      lines.push(
        `${row.label}: tuned to ${JSON.stringify(row.tuning.params)} in ${row.tuning.trials.length} trials${edgeNote(row)}.`,
      )
  }
  const seeds = task.rows.find((row) => row.kind === 'learner')?.training.length
  if (seeds === 1)
    lines.push(
      'Learners: one training seed; intervals tell of episodes only, not of the spread between trainings.',
    )
  if (lines.length === 0) return []
  return ['', ...lines.map((line) => (format === 'markdown' ? `- ${line.replaceAll('*', '\\*')}` : line))]
}

function edgeNote(row: ReportRow): string {
  const edge = row.tuning?.atEdge ?? []
  return edge.length === 0 ? '' : `, ${edge.join(' and ')} at the end of the grid`
}

function formatOverall(report: Report, format: TableFormat): string {
  const rows = report.overall.map(({ label, tasks, percent }) => [
    label,
    '',
    String(tasks),
    signed(percent, 1),
  ])
  const title = format === 'markdown' ? '### Overall' : 'overall'
  const text =
    'Geometric mean of the ratio to the best heuristic, over the tasks in which the agent takes part.'
  const table = renderTable(['agent', '', 'tasks', 'score %'], rows, format)
  return [title, text, '', table].join('\n')
}

function differenceCells(difference: Difference | null): string[] {
  return difference === null ? ['-', '-'] : [signed(difference.estimate), bounds(difference, signed)]
}

function bounds(interval: ReportInterval | null, show: (value: number) => string = figure): string {
  if (interval === null) return '-'
  const { low, high } = interval
  return low === null || high === null ? 'unknown' : `${show(low)} to ${show(high)}`
}

/** Four significant digits, without an exponent where that is readable. */
function figure(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3)
  return size >= 1000 ? value.toFixed(0) : value.toPrecision(4)
}

function signed(value: number, digits?: number): string {
  const text = digits === undefined ? figure(value) : value.toFixed(digits)
  return value > 0 ? `+${text}` : text
}

function duration(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toPrecision(2)} us`
  return seconds < 1 ? `${(seconds * 1e3).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`
}
