/** Many runs for people: how many and why, the objectives, then every figure with its interval and method. */
import type { MonteCarloResult } from '../../src/analysis/monte-carlo/index.ts'
import { formatDuration, formatPercent } from '../terminal/format.ts'
import { paint, title } from '../terminal/style.ts'
import { renderTable } from '../terminal/table.ts'
import { describeTruncation } from './describe-truncation.ts'
import { formatEstimate, formatMetric } from './estimates.ts'

/** Components have dozens of figures; these are for the eye, the JSON has all. */
const SHOWN = /^(latency|throughput$|errors$|cost$|outcomes|phases|classes)|utilization|hitRatio/

export function summarizeMonteCarlo(result: MonteCarloResult): string {
  return [heading(result), objectives(result), figures(result), bands(result), warnings(result)]
    .filter((section) => section !== '')
    .join('\n')
}

function heading({ scenario, replications, seed, level, stop, warmup }: MonteCarloResult): string {
  const lines = [
    `${title(scenario.name)}  ${replications} replications of seed ${seed}, ${formatPercent(level)} intervals\n`,
  ]
  if (stop.precision !== null) {
    const widths = Object.entries(stop.halfWidths).map(([name, width]) => `${name} ${formatPercent(width)}`)
    const verdict = stop.reached ? 'reached' : paint(process.stdout, 'red', 'not reached')
    lines.push(
      `Precision of ${formatPercent(stop.precision)} ${verdict} after ${replications} replications: half-widths ${widths.join(', ')}\n`,
    )
  }
  lines.push(
    warmup.method === 'declared'
      ? `Measured from ${formatDuration(warmup.seconds)} on, the warm-up that is declared\n`
      : `${describeTruncation(warmup)}\n`,
  )
  return lines.join('')
}

function objectives({ slo, replications }: MonteCarloResult): string {
  const rows = slo.map(({ text, met, probability: { estimate, low, high } }) => [
    text,
    `met in ${met} of ${replications}`,
    `${formatPercent(estimate)} (${formatPercent(low)} to ${formatPercent(high)}, Wilson)`,
  ])
  return rows.length === 0 ? '' : `${title('Objectives')}\n${renderTable(rows, [], '  ')}`
}

function figures({ estimates }: MonteCarloResult): string {
  const rows = Object.entries(estimates)
    .filter(([name]) => SHOWN.test(name))
    .map(([name, estimate]) => [
      name,
      formatEstimate(name, estimate),
      `${formatMetric(name, estimate.min)} to ${formatMetric(name, estimate.max)}`,
      estimate.method,
    ])
  return `${title('Figures')}\n${renderTable([['', 'mean', 'range', 'method'], ...rows], ['left', 'right', 'right', 'left'], '  ')}`
}

function bands({ bands, time }: MonteCarloResult): string {
  const rows = Object.entries(bands).map(([name, { simultaneous }]) => [
    name,
    `${time.length} instants`,
    simultaneous === undefined
      ? 'pointwise (40 replications give a band of the whole curve)'
      : 'pointwise and simultaneous',
  ])
  return rows.length === 0 ? '' : `${title('Bands')}  in the JSON\n${renderTable(rows, [], '  ')}`
}

function warnings({ warnings, replications }: MonteCarloResult): string {
  return Object.entries(warnings)
    .map(
      ([code, count]) =>
        `${paint(process.stdout, 'yellow', `! ${code}`)}  in ${count} of ${replications} runs\n`,
    )
    .join('')
}
