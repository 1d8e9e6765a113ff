/** The scenario as a drawing: components in columns by their distance from the workloads, lines for who sends to whom. */
import type { Result } from '../../src/results/types.ts'
import { percent } from '../format.ts'
import { escapeHtml } from '../html/escape.ts'

const [BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y] = [150, 46, 70, 22]

export function topology({ topology: { nodes, edges }, components }: Result): string {
  const depth = depths(nodes, edges)
  const columns: string[][] = []
  for (const name of nodes) (columns[depth.get(name)!] ??= []).push(name)
  const rows = Math.max(...columns.map((column) => column.length))
  const height = rows * (BOX_HEIGHT + GAP_Y) + GAP_Y
  const place = new Map<string, { x: number; y: number }>()
  columns.forEach((column, c) => {
    const free = height - column.length * (BOX_HEIGHT + GAP_Y)
    column.forEach((name, r) => {
      place.set(name, { x: 10 + c * (BOX_WIDTH + GAP_X), y: free / 2 + r * (BOX_HEIGHT + GAP_Y) + GAP_Y / 2 })
    })
  })
  const lines = edges.map(({ from, to }) => {
    const [a, b] = [place.get(from)!, place.get(to)!]
    const [x1, y1, x2, y2] = [a.x + BOX_WIDTH, a.y + BOX_HEIGHT / 2, b.x, b.y + BOX_HEIGHT / 2]
    const bend = Math.max(30, Math.abs(x2 - x1) / 2)
    return `<path d="M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2 - 6},${y2}" fill="none" stroke="currentColor" stroke-opacity=".5" marker-end="url(#arrow)"/>`
  })
  const boxes = nodes.map((name) => {
    const { x, y } = place.get(name)!
    const component = components[name]
    return `<g transform="translate(${x},${y})"><title>${escapeHtml(name)}</title><rect width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="6" fill="none" stroke="currentColor"/><text x="${BOX_WIDTH / 2}" y="19" text-anchor="middle" font-weight="600">${escapeHtml(clip(name))}</text><text x="${BOX_WIDTH / 2}" y="36" text-anchor="middle" font-size="11" opacity=".75">${escapeHtml(caption(component))}</text></g>`
  })
  const width = columns.length * (BOX_WIDTH + GAP_X) - GAP_X + 20
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Components and who sends to whom" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="currentColor"><defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0L8,4L0,8z" fill="currentColor"/></marker></defs>${lines.join('')}${boxes.join('')}</svg>`
}

function caption(component: Result['components'][string] | undefined): string {
  if (component === undefined) return ''
  const { kind } = component
  if ('utilization' in component) {
    const cpu = (component.utilization as Readonly<Record<string, number | null>>).cpu
    if (cpu !== null && cpu !== undefined) return `${kind}, cpu ${percent(cpu)}`
  }
  return kind
}

function clip(name: string): string {
  return name.length <= 19 ? name : `${name.slice(0, 18)}…`
}

/** The longest way from a source; scenarios have no cycles, and a cycle would end at the number of nodes. */
function depths(nodes: readonly string[], edges: Result['topology']['edges']): Map<string, number> {
  const depth = new Map(nodes.map((name) => [name, 0]))
  for (let round = 0; round < nodes.length; round++) {
    for (const { from, to } of edges)
      depth.set(to, Math.max(depth.get(to)!, Math.min(nodes.length - 1, depth.get(from)! + 1)))
  }
  // Columns without a component would be gaps.
  const used = [...new Set(depth.values())].sort((a, b) => a - b)
  return new Map([...depth].map(([name, at]) => [name, used.indexOf(at)]))
}
