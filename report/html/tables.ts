/** Tables of the report. Cells are text and are escaped here, once. */
import { escapeHtml } from './escape.ts'

export type Cell =
  | string
  | { readonly text: string; readonly kind: 'good' | 'bad' | 'text' | 'wrap' }
  /** `below`, such as an interval, stands smaller under the text. */
  | { readonly text: string; readonly below: string }

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
  if (typeof cell === 'string') return `<td>${escapeHtml(cell)}</td>`
  if ('kind' in cell) return `<td class="${cell.kind}">${escapeHtml(cell.text)}</td>`
  const below = cell.below === '' ? '' : `<br><small class="faint">${escapeHtml(cell.below)}</small>`
  return `<td>${escapeHtml(cell.text)}${below}</td>`
}
