/** The report as one page: what a reader needs first stands first. */
import { attribute, nameCause } from '../../src/analysis/attribution.ts'
import type { CompareResult, Estimate, MonteCarloResult } from '../../src/analysis/monte-carlo/index.ts'
import type { Result } from '../../src/results/types.ts'
import { ecdf, tail } from '../charts/ecdf.ts'
import { heatMap } from '../charts/heat-map.ts'
import { waterfall } from '../charts/phases.ts'
import { topology } from '../charts/topology.ts'
import { CLIENT_SCRIPT, CLIENT_STYLE } from '../client.generated.ts'
import { number, percent, perSecond, range, seconds } from '../format.ts'
import { type Panel, panelsOf } from '../panels.ts'
import { PALETTE, type ReportInput } from '../types.ts'
import { embedJson, escapeHtml } from './escape.ts'
import { STYLE } from './style.ts'
import { type Cell, table } from './tables.ts'

/** A complete HTML document that needs nothing else: opened from disk it makes no request. */
export function renderReport(input: ReportInput): string {
  const { result, monteCarlo, comparison } = input
  const panels = panelsOf(result)
  const body = [
    heading(result),
    verdict(result, monteCarlo),
    cards(result, monteCarlo),
    why(result),
    section('System', figure('topology', 'Components', topology(result), componentTable(result), true)),
    ...(comparison === undefined ? [] : [compared(comparison)]),
    section(
      'Latency',
      `<div class="pair">${figure('ecdf', 'Distribution', ecdf(result), distributionTable(result))}${figure('tail', 'Tail', tail(result), distributionTable(result))}</div>`,
      latencyTable(result, monteCarlo),
    ),
    section('Where the time goes', phaseFigures(result)),
    section('Over time', ...panels.map(panelFigure), busy(result), eventTable(result)),
    section('Outcomes', outcomeTable(result)),
    warnings(result),
    method(input),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
<link rel="icon" href="data:,">
<title>${escapeHtml(result.scenario.name)}</title>
<style>${CLIENT_STYLE}${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<main id="main">
${body.join('\n')}
</main>
<script type="application/json" id="data">${embedJson(clientData(result, panels, monteCarlo))}</script>
<script>${CLIENT_SCRIPT}</script>
</body>
</html>
`
}

function section(title: string, ...parts: readonly string[]): string {
  return `<section><h2>${escapeHtml(title)}</h2>${parts.join('\n')}</section>`
}

function figure(name: string, title: string, svg: string, data: string, wide = false): string {
  return `<figure data-svg="${name}"><figcaption><h3>${escapeHtml(title)}</h3><button class="csv" type="button">CSV</button><button class="svg" type="button">SVG</button></figcaption><div class="${wide ? 'scroll wide' : ''}">${svg}</div><details><summary>Data</summary>${data}</details></figure>`
}

function panelFigure({ id, title, series }: Panel): string {
  const names = series.map(({ name }) => name).join(', ')
  return `<figure id="panel-${id}"><figcaption><h3>${escapeHtml(title)}</h3><button class="csv" type="button">CSV</button><button class="svg" type="button">SVG</button></figcaption><div class="chart" role="img" aria-label="${escapeHtml(`${title} over time: ${names}. Arrow keys move the crosshair.`)}"></div><details><summary>Data</summary></details></figure>`
}

function heading({ scenario, horizon, warmup, seed }: Result): string {
  const measured = warmup > 0 ? `, measured from ${seconds(warmup)}` : ''
  return `<h1>${escapeHtml(scenario.name)}</h1><p class="faint">${seconds(horizon)} simulated${measured}, seed ${escapeHtml(String(seed))}</p>`
}

function verdict({ slo, requests }: Result, monteCarlo: MonteCarloResult | undefined): string {
  if (slo.length === 0) {
    return `<p class="verdict">${requests.created} requests were sent. The scenario declares no objectives; <code>slo: [p95 &lt; 250ms]</code> would be judged here.</p>`
  }
  const missed = slo.filter(({ met }) => !met)
  const text =
    missed.length === 0
      ? 'All objectives are met.'
      : `${missed.length} of ${slo.length} objectives ${missed.length === 1 ? 'is' : 'are'} missed.`
  const rows = slo.map(({ text: objective, value, met }, i): Cell[] => [
    objective,
    objective.startsWith('errors')
      ? percent(value)
      : objective.startsWith('throughput')
        ? perSecond(value)
        : seconds(value),
    { text: met ? 'met' : 'missed', kind: met ? 'good' : 'bad' },
    ...(monteCarlo === undefined ? [] : [chance(monteCarlo, i)]),
  ])
  const header = [
    'objective',
    'measured',
    'verdict',
    ...(monteCarlo === undefined ? [] : ['met in the replications']),
  ]
  return `<p class="verdict${missed.length > 0 ? ' missed' : ''}">${text}</p>${table(header, rows)}`
}

function chance({ slo, replications }: MonteCarloResult, i: number): string {
  const item = slo[i]
  if (item === undefined) return '–'
  const { low, high } = item.probability
  return `${item.met} of ${replications} (${range(percent(low), percent(high))})`
}

function cards(
  { latency, throughput, measured, requests }: Result,
  monteCarlo: MonteCarloResult | undefined,
): string {
  const errors = measured.ended > 0 ? measured.errors / measured.ended : null
  const items: [string, string, string][] = [
    [number(throughput), 'ok per second', 'throughput'],
    [percent(errors), 'errors', 'errors'],
    [seconds(latency.mean), 'mean latency', 'latency.mean'],
    [seconds(latency.p95), 'p95', 'latency.p95'],
    [seconds(latency.p99), 'p99', 'latency.p99'],
    [String(requests.created), 'requests sent', ''],
  ]
  const html = items.map(([value, label, metric]) => {
    const estimate = monteCarlo?.estimates[metric]
    const interval = estimate === undefined ? '' : `<br>${escapeHtml(intervalText(metric, estimate))}`
    return `<div class="card"><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}${interval}</span></div>`
  })
  return `<div class="cards">${html.join('')}</div>`
}

function metricText(metric: string, value: number): string {
  if (/latency/.test(metric)) return seconds(value)
  return /errors|outcomes/.test(metric) ? percent(value) : number(value)
}

function intervalText(metric: string, { low, high }: Pick<Estimate, 'low' | 'high'>): string {
  if (low === null || high === null) return ''
  return range(metricText(metric, low), metricText(metric, high))
}

function why(result: Result): string {
  const { slowest5, limiting } = attribute(result)
  const part = result.parts.find(({ which }) => which === 'slowest')
  if (slowest5.length === 0 || part === undefined) return ''
  const lead =
    limiting === null
      ? 'The slowest requests do not wait for a resource; they take longer at their work.'
      : `The slowest requests wait for ${nameCause(limiting)}${limiting.utilization === null ? '' : `, which was in use ${percent(limiting.utilization)} of the time`}.`
  const rows = slowest5
    .filter(({ share }) => share >= 0.005)
    .map((cause): Cell[] => [
      nameCause(cause),
      seconds(cause.seconds),
      percent(cause.share),
      seconds(cause.waiting),
      percent(cause.utilization),
    ])
  return section(
    'Why the slow ones are slow',
    `<p>${escapeHtml(lead)}</p>`,
    table(
      ['what the slowest spend more', 'seconds', 'share', 'of it waiting', 'in use'],
      rows,
      `the slowest ${percent(part.share)}, ${part.count} requests above ${seconds(part.above)}, against the fastest half`,
    ),
  )
}

function componentTable({ components }: Result): string {
  const rows = Object.entries(components).map(([name, component]): Cell[] => {
    const facts = Object.entries(component).flatMap(([key, value]) => {
      if (typeof value === 'number') return [`${key} ${number(value)}`]
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
      return Object.entries(value as Record<string, unknown>).flatMap(([inner, item]) => {
        if (typeof item === 'number') return [`${key}.${inner} ${number(item)}`]
        if (typeof item !== 'object' || item === null) return []
        return Object.entries(item as Record<string, unknown>).map(
          ([last, x]) => `${key}.${inner}.${last} ${number(x as number)}`,
        )
      })
    })
    return [name, { text: component.kind, kind: 'text' }, { text: facts.join(', '), kind: 'wrap' }]
  })
  return table(['component', 'kind', 'figures'], rows)
}

function distributionTable({ distribution }: Result): string {
  return table(
    ['share of requests', 'at most'],
    distribution.map(([q, value]) => [percent(q), seconds(value)]),
  )
}

function latencyTable({ latency, requests }: Result, monteCarlo: MonteCarloResult | undefined): string {
  const fields = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
  const classes = Object.entries(requests.byClass)
  const rows: Cell[][] = [['all', String(latency.count), ...fields.map((field) => seconds(latency[field]))]]
  if (classes.length > 1) {
    for (const [name, item] of classes) {
      rows.push([name, String(item.latency.count), ...fields.map((field) => seconds(item.latency[field]))])
    }
  }
  if (monteCarlo !== undefined) {
    const interval = (field: string): string => {
      const estimate = monteCarlo.estimates[`latency.${field}`]
      return estimate === undefined ? '–' : intervalText('latency', estimate)
    }
    rows.push([`${percent(monteCarlo.level)} interval`, '', ...fields.map(interval)])
  }
  return table(['class', 'answered', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'], rows)
}

function phaseFigures({ breakdown, parts }: Result): string {
  if (breakdown.length === 0) return '<p>Nothing was answered in the measured window.</p>'
  const data = (entries: Result['breakdown']): string =>
    table(
      ['phase', 'component', 'mean', 'share'],
      entries.map(({ phase, component, mean, share }): Cell[] => [
        phase,
        { text: component, kind: 'text' },
        seconds(mean),
        percent(share),
      ]),
    )
  const slowest = parts.find(({ which, asked }) => which === 'slowest' && asked === 0.01)
  return [
    figure(
      'phases',
      'Mean latency by phase',
      waterfall(breakdown, 'Mean latency by phase and component'),
      data(breakdown),
      true,
    ),
    ...(slowest === undefined
      ? []
      : [
          figure(
            'phases-slowest',
            `The slowest ${percent(slowest.share)}`,
            waterfall(slowest.breakdown, 'Latency of the slowest requests by phase and component'),
            data(slowest.breakdown),
            true,
          ),
        ]),
  ].join('')
}

function busy(result: Result): string {
  const map = heatMap(result)
  if (map === null) return ''
  const rows = Object.entries(result.components).flatMap(([name, component]): Cell[][] =>
    'load' in component ? [[name, number(component.load.mean), number(component.load.max)]] : [],
  )
  return figure(
    'load',
    'Load of each component, relative to its own largest',
    map,
    table(['component', 'mean load', 'largest'], rows),
    true,
  )
}

function eventTable({ events, horizon }: Result): string {
  if (events.length === 0) return ''
  const rows = events.map(({ kind, target, at, until }): Cell[] => [
    `${kind} ${target}`,
    seconds(at),
    seconds(until ?? horizon),
  ])
  return `<h3>Events, shaded in the charts</h3>${table(['event', 'from', 'to'], rows)}`
}

function outcomeTable({ requests }: Result): string {
  const names = Object.keys(requests.outcomes)
  const row = (
    name: string,
    created: number,
    outcomes: Readonly<Record<string, number | undefined>>,
  ): Cell[] => [
    name,
    String(created),
    ...names.map((outcome) => {
      const count = outcomes[outcome] ?? 0
      return created > 0 ? `${count} (${percent(count / created)})` : String(count)
    }),
  ]
  const classes = Object.entries(requests.byClass)
  const rows = [row('all', requests.created, requests.outcomes)]
  if (classes.length > 1)
    for (const [name, item] of classes) rows.push(row(name, item.created, item.outcomes))
  return table(['class', 'sent', ...names], rows)
}

function compared({ variants, best, replications, level }: CompareResult): string {
  const figures = ['throughput', 'errors', 'latency.mean', 'latency.p95', 'latency.p99', 'cost']
  const text = (
    metric: string,
    value: { estimate: number; low: number | null; high: number | null } | undefined,
  ): Cell => {
    if (value === undefined) return '–'
    const below = value.low === value.high ? '' : intervalText(metric, value)
    return { text: metricText(metric, value.estimate), below }
  }
  const rows = variants.map(({ name, estimates }): Cell[] => [
    name,
    ...figures.map((metric) => text(metric, estimates[metric])),
  ])
  const [first, ...others] = variants
  const differences = others.map(({ name, differences: by }): Cell[] => [
    name,
    ...figures.map((metric) => text(metric, by[metric])),
  ])
  const lead =
    best.name === null ? '' : `<p>Best by ${escapeHtml(best.metric)}: <b>${escapeHtml(best.name)}</b>.</p>`
  return section(
    'Variants',
    lead,
    table(
      ['variant', ...figures],
      rows,
      `${replications} replications under common random numbers, ${percent(level)} intervals`,
    ),
    ...(differences.length === 0
      ? []
      : [table([`minus ${first!.name}`, ...figures], differences, 'paired differences')]),
  )
}

function warnings({ warnings: all }: Result): string {
  if (all.length === 0) return ''
  const items = all.map(({ code, message }) => `<li><b>${escapeHtml(code)}</b>: ${escapeHtml(message)}</li>`)
  return section('Warnings', `<ul>${items.join('')}</ul>`)
}

function method({ result, monteCarlo, command }: ReportInput): string {
  const notes = [
    `Latencies are those of requests meant to be sent at or after ${seconds(result.warmup)} that ended ok, measured from the intended send. Quantiles are ${result.latency.quantiles === 'exact' ? 'exact (linear interpolation)' : 'from a histogram, within 0.5 %'}; the distribution is drawn from the histogram.`,
    ...(result.truncation === undefined ? [] : [warmupNote(result.truncation)]),
    'Averages are time-weighted over the measured window. Phases follow the critical path of each request and sum to its latency.',
    ...(monteCarlo === undefined
      ? ['One run is one draw: intervals need replications (asyncflow monte-carlo).']
      : [
          `Intervals are from ${monteCarlo.replications} independent replications: Student's for means and quantiles, a ratio's or the exact binomial for errors, Wilson's for objectives. Bands over time hold ${Object.values(monteCarlo.bands).some(({ simultaneous }) => simultaneous !== undefined) ? 'for the whole curve (sup-t bootstrap)' : 'at each instant'}. ${warmupNote(monteCarlo.warmup)}`,
        ]),
    `asyncflow-gym ${result.version}, scenario ${result.scenario.hash}.`,
  ]
  const reproduce = command === undefined ? '' : `<h3>The same again</h3><pre>${escapeHtml(command)}</pre>`
  return section('Method', ...notes.map((note) => `<p>${escapeHtml(note)}</p>`), reproduce)
}

function warmupNote(warmup: MonteCarloResult['warmup']): string {
  if (warmup.method === 'declared') return 'The warm-up is the declared one.'
  const { seconds: cut, share, pilots, reliable } = warmup
  const doubt = reliable ? '' : ' They had not settled by then.'
  return `The warm-up of ${seconds(cut)}, ${percent(share)} of the run, was found by MSER-5 from the requests without an answer in ${pilots} pilot runs.${doubt}`
}

/** Bands replace the run's own line where the replications have the same instants. */
function clientData(
  { series, events, horizon }: Result,
  panels: readonly Panel[],
  monteCarlo: MonteCarloResult | undefined,
): object {
  const same = monteCarlo !== undefined && monteCarlo.time.length === series.time.length
  const band = (name: string): { low?: readonly number[]; high?: readonly number[] } => {
    const found = same ? monteCarlo.bands[name] : undefined
    if (found === undefined) return {}
    const { low, high } = found.simultaneous ?? found
    return { low: low.map(rounded), high: high.map(rounded) }
  }
  return {
    time: series.time,
    events: events.map(({ at, until, kind, target }) => ({
      at,
      until: until ?? horizon,
      label: `${kind} ${target}`,
    })),
    panels: panels.map(({ id, title, unit, series: lines }) => ({
      ...{ id, title, unit },
      series: lines.map(({ name, key, values }) => ({ name, values: values.map(rounded), ...band(key) })),
    })),
    palette: PALETTE,
  }
}

/** Six digits draw the same and take half the space. */
function rounded<T extends number | null>(value: T): T {
  return (value === null ? null : Number(value.toPrecision(6))) as T
}
