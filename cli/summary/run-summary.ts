/** A result for people: the verdict first, then what happened, how long it took and where, and what to beware of. */
import { attribute, nameCause } from '../../src/analysis/attribution.ts'
import type { ClassResult, LatencySummary, Result } from '../../src/results/types.ts'
import { formatDuration, formatNumber, formatObjective, formatPercent, shareBar } from '../terminal/format.ts'
import { paint, title } from '../terminal/style.ts'
import { type Align, renderTable } from '../terminal/table.ts'
import { describeComponent } from './describe-component.ts'
import { describeTruncation } from './describe-truncation.ts'

const BAR_WIDTH = 24

export function summarizeRun(result: Result): string {
  const sections = [
    heading(result),
    verdict(result),
    requests(result),
    latency(result),
    phases(result),
    causes(result),
    components(result),
    warnings(result),
  ]
  return sections.filter((section) => section !== '').join('\n')
}

function heading({ scenario, horizon, warmup, seed, truncation }: Result): string {
  const window = warmup > 0 ? `, measured from ${formatDuration(warmup)}` : ''
  const first = `${title(scenario.name)}  ${formatDuration(horizon)} simulated${window}, seed ${seed}\n`
  return truncation === undefined ? first : `${first}${describeTruncation(truncation)}\n`
}

function verdict({ slo }: Result): string {
  const rows = slo.map(({ text, value, met }) => {
    const measured = value === null ? 'nothing measured' : formatObjective(text, value)
    return [
      met ? paint(process.stdout, 'green', '✓ met') : paint(process.stdout, 'red', '✗ missed'),
      text,
      measured,
    ]
  })
  return renderTable(rows, ['left', 'left', 'right'])
}

function requests({ requests: { created, inFlight, outcomes }, throughput, censored }: Result): string {
  const line = `${title('Requests')}  ${created} sent, ${formatNumber(throughput)} ok per second, ${inFlight} without answer at the end`
  const open = censored > 0 ? ` (${censored} of the measured)` : ''
  const rows = Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => [outcome, String(count), formatPercent(count / created)])
  return `${line}${open}\n${renderTable(rows, ['left', 'right', 'right'], '  ')}`
}

function latency({ latency: all, requests: { byClass } }: Result): string {
  const header = ['', 'count', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max']
  const classes = Object.entries(byClass)
  const rows =
    classes.length > 1
      ? classes.map(([name, one]: [string, ClassResult]) => latencyRow(name, one.latency))
      : []
  const align: Align[] = header.map((_, column) => (column === 0 ? 'left' : 'right'))
  const how = all.quantiles === 'exact' ? 'exact quantiles' : 'quantiles within 0.5 %'
  return `${title('Latency')}  ok requests, ${how}\n${renderTable([header, latencyRow('all', all), ...rows], align, '  ')}`
}

function latencyRow(name: string, { count, mean, p50, p90, p95, p99, p999, max }: LatencySummary): string[] {
  return [name, String(count), ...[mean, p50, p90, p95, p99, p999, max].map(formatDuration)]
}

function phases(result: Result): string {
  const rows = Object.entries(result.phases).map(([phase, { mean, share }]) => [
    phase,
    formatDuration(mean),
    formatPercent(share),
    shareBar(share, BAR_WIDTH),
  ])
  if (rows.length === 0) return ''
  return `${title('Phases')}  where the mean latency goes\n${renderTable(rows, ['left', 'right', 'right'], '  ')}`
}

/** Why the slow ones are slow: what they spent more than the fastest half did. */
function causes(result: Result): string {
  const { slowest5, limiting } = attribute(result)
  const tail = result.parts.find(({ which }) => which === 'slowest')
  if (tail === undefined || slowest5.length === 0) return ''
  const rows = slowest5
    .filter(({ share }) => share >= 0.01)
    .slice(0, 4)
    .map((cause) => [
      nameCause(cause),
      `+${formatDuration(cause.seconds)}`,
      formatPercent(cause.share),
      cause.utilization === null ? '' : `in use ${formatPercent(cause.utilization)} of the time`,
    ])
  const verdict = limiting === null ? '' : `; they wait for ${nameCause(limiting)}`
  const heading = `${title('Why')}  the slowest ${formatPercent(tail.share)} against the fastest half${verdict}`
  return `${heading}\n${renderTable(rows, ['left', 'right', 'right', 'left'], '  ')}`
}

function components(result: Result): string {
  const rows = Object.entries(result.components).map(([name, component]) => [
    name,
    component.kind,
    describeComponent(component).join(', '),
  ])
  return `${title('Components')}\n${renderTable(rows, [], '  ')}`
}

function warnings(result: Result): string {
  const lines = result.warnings.map(
    ({ code, message }) => `${paint(process.stdout, 'yellow', `! ${code}`)}  ${message}\n`,
  )
  return lines.join('')
}
