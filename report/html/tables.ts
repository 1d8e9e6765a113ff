/** Tables of the report. Cells are text and are escaped here, once. */
import { escapeHtml } from './escape.ts'

export type Cell = string | { readonly text: string; readonly kind: 'good' | 'bad' | 'text' | 'wrap' }

/** The first row is the header; `text` columns are aligned left. */
export function table(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  caption?: string,
): string {
  const head = header.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell, i) => (i === 0 ? headCell(cell) : dataCell(cell))).join('')}</tr>`,
  )
  const title = caption === undefined ? '' : `<caption class="faint">${escapeHtml(caption)}</caption>`
  return `<div class="scroll"><table>${title}<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

function headCell(cell: Cell): string {
  return `<th scope="row">${escapeHtml(typeof cell === 'string' ? cell : cell.text)}</th>`
}

function dataCell(cell: Cell): string {
  return typeof cell === 'string'
    ? `<td>${escapeHtml(cell)}</td>`
    : `<td class="${cell.kind}">${escapeHtml(cell.text)}</td>`
}
