/** Aligned columns, or a Markdown table. */
export type TableFormat = 'text' | 'markdown'

/** The first column is text and goes left, as does the second; the others are figures and go right. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  format: TableFormat,
): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length)))
  const left = (column: number): boolean => column < 2
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => (left(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
    return format === 'markdown' ? `| ${padded.join(' | ')} |` : padded.join('  ').trimEnd()
  }
  const rule =
    format === 'markdown'
      ? `|${widths.map((width, i) => (left(i) ? `${'-'.repeat(width + 1)}-` : `${'-'.repeat(width + 1)}:`)).join('|')}|`
      : widths.map((width) => '-'.repeat(width)).join('  ')
  return [line(head), rule, ...rows.map(line)].join('\n')
}
