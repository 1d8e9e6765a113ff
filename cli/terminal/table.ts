/** Rows of cells as aligned lines. */

export type Align = 'left' | 'right'

/** Lines without trailing spaces, two spaces between columns; `align[i]` is of column i, by default left. */
export function renderTable(
  rows: readonly (readonly string[])[],
  align: readonly Align[] = [],
  indent = '',
): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell))
    })
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - visibleLength(cell))
        return align[column] === 'right' ? padding + cell : cell + padding
      })
      return `${indent}${cells.join('  ').trimEnd()}\n`
    })
    .join('')
}

/** Without the escape sequences of colours. */
function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return text.replaceAll(/\u001b\[[\d;]*m/g, '').length
}
