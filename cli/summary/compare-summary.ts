/** A comparison for people: who is best and how sure that is, then the figures, the outcomes and the differences. */
import type { CompareResult, VariantResult } from '../../src/analysis/monte-carlo/index.ts'
import { formatNumber, formatPercent } from '../terminal/format.ts'
import { paint, title } from '../terminal/style.ts'
import { type Align, renderTable } from '../terminal/table.ts'
import { formatDifference, formatEstimate, formatMetric, isClear } from './estimates.ts'

const FIGURES: readonly (readonly [string, string])[] = [
  ['throughput', 'ok per second'],
  ['errors', 'errors'],
  ['latency.mean', 'mean'],
  ['latency.p50', 'p50'],
  ['latency.p95', 'p95'],
  ['latency.p99', 'p99'],
  ['cost', 'cost'],
]

export function summarizeComparison(result: CompareResult): string {
  const { replications, seed, level } = result
  const heading = `${title('Comparison')}  ${replications} replications of seed ${seed} under common random numbers, ${formatPercent(level)} intervals\n`
  return [heading, verdict(result), figures(result), outcomes(result), differences(result), warnings(result)]
    .filter((section) => section !== '')
    .join('\n')
}

function verdict({ best, variants }: CompareResult): string {
  const { metric, name, against } = best
  if (name === null) return `Nothing was measured of ${metric}.\n`
  const figure = variants.find((variant) => variant.name === name)!.estimates[metric]
  const lines = [`${title('Best')}  ${name}: ${metric} ${formatEstimate(metric, figure)}\n`]
  const rows = against.map(({ name: other, difference, adjusted }) => [
    other,
    `${formatDifference(metric, difference)}`,
    adjusted === null
      ? ''
      : adjusted < 0.05
        ? `p ${formatP(adjusted)}`
        : `p ${formatP(adjusted)}, not told apart`,
  ])
  if (rows.length > 0) lines.push(renderTable(rows, ['left', 'right', 'left'], '  '))
  return lines.join('')
}

function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${formatNumber(p)}`
}

function figures({ variants }: CompareResult): string {
  const used = FIGURES.filter(([name]) =>
    name === 'cost' || name === 'errors'
      ? variants.some(({ estimates }) => (estimates[name]?.estimate ?? 0) > 0)
      : variants.some(({ estimates }) => estimates[name] !== undefined),
  )
  const slo = variants[0]!.slo.map(({ text }) => text)
  const header = ['', ...used.map(([, label]) => label), ...slo]
  const rows = variants.map(({ name, estimates, slo: met }) => [
    name,
    ...used.map(([metric]) => formatEstimate(metric, estimates[metric])),
    ...met.map((one) => `met ${one.met}x`),
  ])
  return `${title('Figures')}\n${table([header, ...rows])}`
}

/** Shares of all requests, by class where there are several. */
function outcomes({ variants }: CompareResult): string {
  const groups = new Map<string, string[]>()
  for (const { estimates } of variants) {
    for (const name of Object.keys(estimates)) {
      const match = /^(?:classes\.(.+)\.)?outcomes\.(.+)$/.exec(name)
      if (match === null) continue
      const kinds = groups.get(match[1] ?? '') ?? []
      if (!kinds.includes(match[2]!)) kinds.push(match[2]!)
      groups.set(match[1] ?? '', kinds)
    }
  }
  const sections = [...groups].map(([group, kinds]) => {
    const prefix = group === '' ? 'outcomes' : `classes.${group}.outcomes`
    const cell = ({ estimates }: VariantResult, kind: string): string => {
      const estimate = estimates[`${prefix}.${kind}`]
      return estimate === undefined ? '-' : formatMetric(`${prefix}.${kind}`, estimate.estimate)
    }
    const rows = variants.map((variant) => [variant.name, ...kinds.map((kind) => cell(variant, kind))])
    return table([[group === '' ? 'all' : group, ...kinds], ...rows])
  })
  return sections.length === 0
    ? ''
    : `${title('Outcomes')}  shares of the requests sent\n${sections.join('')}`
}

function differences({ variants }: CompareResult): string {
  const [first, ...others] = variants
  if (others.length === 0) return ''
  const used = FIGURES.filter(([name]) => others.some(({ differences }) => differs(differences[name])))
  if (used.length === 0) return `${title('Differences')}  none to ${first!.name}\n`
  const rows = others.map(({ name, differences }) => [
    name,
    ...used.map(([metric]) => {
      const difference = differences[metric]
      const text = formatDifference(metric, difference)
      return difference !== undefined && isClear(difference) ? paint(process.stdout, 'bold', text) : text
    }),
  ])
  const header = ['', ...used.map(([, label]) => label)]
  return `${title('Differences')}  paired, to ${first!.name}\n${table([header, ...rows])}`
}

function differs(difference: { readonly estimate: number; readonly p: number | null } | undefined): boolean {
  return difference !== undefined && (difference.estimate !== 0 || (difference.p ?? 1) < 1)
}

function warnings({ variants, replications }: CompareResult): string {
  return variants
    .flatMap(({ name, warnings }) =>
      Object.entries(warnings).map(
        ([code, count]) =>
          `${paint(process.stdout, 'yellow', `! ${code}`)}  ${name}, in ${count} of ${replications} runs\n`,
      ),
    )
    .join('')
}

function table(rows: readonly (readonly string[])[]): string {
  const align: Align[] = rows[0]!.map((_, column) => (column === 0 ? 'left' : 'right'))
  return renderTable(rows, align, '  ')
}
