/**
 * What happens in the page: the charts of the time series (uPlot) with one crosshair for all of them, events shaded,
 * bands where there are replications; tables and downloads for every chart. Bundled into the report, so that the file
 * needs nothing else.
 */
import uPlot from 'uplot'

type Line = {
  readonly name: string
  readonly values: readonly (number | null)[]
  readonly low?: readonly number[]
  readonly high?: readonly number[]
}
type ClientPanel = {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly series: readonly Line[]
}
type Data = {
  readonly time: readonly number[]
  readonly events: readonly { readonly at: number; readonly until: number; readonly label: string }[]
  readonly panels: readonly ClientPanel[]
  readonly palette: readonly string[]
}

const data = JSON.parse(document.getElementById('data')!.textContent!) as Data
/** Seconds between two marks of the time axis: those of a clock. */
const STEPS = [
  ...[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  ],
  ...[3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000],
]
/** Powers of two, so that the marks are round in binary units. */
const BYTE_STEPS = Array.from({ length: 51 }, (_, power) => 2 ** power)
const charts: uPlot[] = []
const sync = uPlot.sync('time')

for (const panel of data.panels) draw(panel)
for (const figure of document.querySelectorAll<HTMLElement>('figure[data-svg]')) addSvgButtons(figure)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
addEventListener('resize', resize)
addEventListener('beforeprint', resize)
document.documentElement.dataset.charts = String(charts.length)

function draw(panel: ClientPanel): void {
  const figure = document.getElementById(`panel-${panel.id}`)!
  const holder = figure.querySelector<HTMLElement>('.chart')!
  const bands: uPlot.Band[] = []
  const columns: (readonly (number | null)[])[] = [data.time]
  const series: uPlot.Series[] = [{ label: 'time', value: (_, value) => (value == null ? '–' : time(value)) }]
  panel.series.forEach((line, i) => {
    const colour = data.palette[i % data.palette.length]!
    columns.push(line.values)
    series.push({
      label: line.name,
      stroke: colour,
      width: 1.5,
      value: (_, value) => (value == null ? '–' : format(panel.unit, value)),
    })
    if (line.low === undefined || line.high === undefined) return
    columns.push(line.high, line.low)
    const edge = { stroke: 'transparent', points: { show: false }, class: 'edge' }
    series.push({ ...edge, label: `${line.name}, upper end` }, { ...edge, label: `${line.name}, lower end` })
    bands.push({ series: [columns.length - 2, columns.length - 1], fill: `${colour}33` })
  })
  const chart = new uPlot(
    {
      width: holder.clientWidth,
      height: 240,
      series,
      bands,
      scales: {
        x: { time: false },
        y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.15 : 1] },
      },
      axes: [
        {
          stroke: ink,
          grid: { stroke: faint },
          ticks: { stroke: faint },
          incrs: STEPS,
          values: (_, ticks) => ticks.map(time),
        },
        {
          ...{ stroke: ink, grid: { stroke: faint }, ticks: { stroke: faint }, size: 72 },
          ...(panel.unit === 'bytes' ? { incrs: BYTE_STEPS } : {}),
          values: (_, ticks) => ticks.map((value) => format(panel.unit, value)),
        },
      ],
      cursor: { sync: { key: sync.key, setSeries: false } },
      legend: { live: true },
      hooks: { drawClear: [shadeEvents] },
    },
    columns as uPlot.AlignedData,
    holder,
  )
  charts.push(chart)
  holder.tabIndex = 0
  holder.addEventListener('keydown', (event) => moveCursor(chart, event))
  figure
    .querySelector('.csv')!
    .addEventListener('click', () => save(`${panel.id}.csv`, csvOf(panel), 'text/csv'))
  figure
    .querySelector('.svg')!
    .addEventListener('click', () => save(`${panel.id}.svg`, svgOf(panel), 'image/svg+xml'))
  const details = figure.querySelector('details')!
  details.addEventListener('toggle', () => {
    if (details.open && details.querySelector('table') === null) details.append(tableOf(panel))
  })
}

/** The arrow keys move the crosshair of all charts, by one instant or, with shift, by twenty. */
function moveCursor(chart: uPlot, event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  if (step === undefined) return
  event.preventDefault()
  const at = chart.cursor.idx ?? 0
  const next = Math.max(0, Math.min(data.time.length - 1, at + step * (event.shiftKey ? 20 : 1)))
  for (const one of charts)
    one.setCursor({ left: one.valToPos(data.time[next]!, 'x'), top: one.bbox.height / 4 })
}

function shadeEvents(chart: uPlot): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`
  ctx.textBaseline = 'top'
  let labelEnd = Number.NEGATIVE_INFINITY
  for (const { at, until, label } of data.events) {
    const left = Math.max(bbox.left, chart.valToPos(at, 'x', true))
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(until, 'x', true))
    if (right < bbox.left || left > bbox.left + bbox.width) continue
    ctx.fillStyle = dark() ? '#ffffff18' : '#00000012'
    ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height)
    // A label that would run into the one before, or out of the frame, is left to the table of events.
    const width = ctx.measureText(label).width
    if (left < labelEnd || left + width > bbox.left + bbox.width) continue
    ctx.fillStyle = ink()
    ctx.fillText(label, left + 3, bbox.top + 3)
    labelEnd = left + width + 8
  }
  ctx.restore()
}

function addSvgButtons(figure: HTMLElement): void {
  const name = figure.dataset.svg!
  figure.querySelector('.svg')?.addEventListener('click', () => {
    save(`${name}.svg`, figure.querySelector('svg')!.outerHTML, 'image/svg+xml')
  })
  figure.querySelector('.csv')?.addEventListener('click', () => {
    const rows = [...figure.querySelectorAll('details tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => quote(cell.textContent ?? '')).join(','),
    )
    save(`${name}.csv`, `${rows.join('\n')}\n`, 'text/csv')
  })
}

function columnsOf({ series }: ClientPanel): Line[] {
  return series.flatMap((line) =>
    line.low === undefined
      ? [line]
      : [
          line,
          { name: `${line.name} low`, values: line.low },
          { name: `${line.name} high`, values: line.high! },
        ],
  )
}

function csvOf(panel: ClientPanel): string {
  const columns = columnsOf(panel)
  const header = ['time', ...columns.map(({ name }) => quote(name))].join(',')
  const rows = data.time.map((at, k) => [at, ...columns.map(({ values }) => values[k] ?? '')].join(','))
  return `${header}\n${rows.join('\n')}\n`
}

function tableOf(panel: ClientPanel): HTMLElement {
  const table = document.createElement('table')
  const columns = columnsOf(panel)
  const row = (cells: readonly string[], kind: 'th' | 'td'): void => {
    const line = table.insertRow()
    for (const text of cells) line.append(Object.assign(document.createElement(kind), { textContent: text }))
  }
  row(['time', ...columns.map(({ name }) => name)], 'th')
  data.time.forEach((at, k) => {
    row(
      [time(at), ...columns.map(({ values }) => (values[k] == null ? '–' : format(panel.unit, values[k])))],
      'td',
    )
  })
  const scroller = document.createElement('div')
  scroller.className = 'scroll'
  scroller.append(table)
  return scroller
}

function svgOf({ title, unit, series }: ClientPanel): string {
  const [width, height, left, top, bottom] = [960, 300, 80, 40, 40]
  const last = data.time.at(-1) ?? 1
  const highest = Math.max(1e-12, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const x = (at: number): number => left + ((width - left - 10) * at) / last
  const y = (value: number): number => height - bottom - ((height - top - bottom) * value) / highest
  const text = (px: number, py: number, anchor: string, content: string, fill = '#222'): string =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}" fill="${fill}">${escapeXml(content)}</text>`
  const shades = data.events.map(
    ({ at, until }) =>
      `<rect x="${x(at)}" y="${top}" width="${x(Math.min(last, until)) - x(at)}" height="${height - top - bottom}" fill="#000" opacity=".07"/>`,
  )
  const lines = series.map(({ values }, i) => {
    const points = values.flatMap((value, k) =>
      value == null ? [] : [`${x(data.time[k]!).toFixed(1)},${y(value).toFixed(1)}`],
    )
    return `<polyline fill="none" stroke="${data.palette[i % data.palette.length]}" stroke-width="1.5" points="${points.join(' ')}"/>`
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    text(left - 6, y(share * highest) + 4, 'end', format(unit, share * highest)),
    text(x(share * last), height - bottom + 18, 'middle', time(share * last)),
  ])
  let at = left
  const legend = series.map(({ name }, i) => {
    const entry = text(at, top - 8, 'start', name, data.palette[i % data.palette.length])
    at += 20 + 7 * name.length
    return entry
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12"><title>${escapeXml(title)}</title>${shades.join('')}<path d="M${left},${top}V${height - bottom}H${width - 10}" fill="none" stroke="#888"/>${lines.join('')}${ticks.join('')}${legend.join('')}</svg>`
}

function save(name: string, content: string, type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

function resize(): void {
  for (const chart of charts) {
    const width = (chart.root.parentElement as HTMLElement).clientWidth
    if (width > 0 && width !== chart.width) chart.setSize({ width, height: 240 })
  }
}

function redraw(): void {
  for (const chart of charts) chart.redraw(false, true)
}

function dark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches
}

function ink(): string {
  return dark() ? '#dddddd' : '#333333'
}

function faint(): string {
  return dark() ? '#444444' : '#e4e4e4'
}

function quote(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function time(value: number): string {
  // One unit for the whole axis.
  const last = data.time.at(-1) ?? 1
  if (last >= 7200) return `${short(value / 3600)} h`
  return last >= 300 ? `${short(value / 60)} min` : `${short(value)} s`
}

function format(unit: string, value: number): string {
  if (unit === 'share') return `${short(100 * value)} %`
  if (unit === 'bytes') {
    const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10))
    return `${short(value / 1024 ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`
  }
  if (unit !== 'seconds') return short(value)
  if (value === 0 || Math.abs(value) >= 1) return `${short(value)} s`
  return Math.abs(value) >= 1e-3 ? `${short(value * 1e3)} ms` : `${short(value * 1e6)} µs`
}

function short(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 1000
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)))
}
