/**
 * A trace as CSV: `time` or `time,class` per line, times in seconds and non-decreasing. The first line may be
 * a header; empty lines and lines that begin with # are skipped.
 */
import { ConfigError, type Problem } from '../errors.ts'
import { nearest } from '../policies/nearest.ts'
import { show } from './path.ts'

export type Trace = { readonly times: readonly number[]; readonly classes?: readonly string[] }

/** After so many the rest is more of the same. */
const MAX_PROBLEMS = 20

/**
 * @param path of the field that names the file, for errors.
 * @param classes of the workload, in its order.
 * @throws ConfigError that names the file and the line.
 */
export function parseTrace(text: string, file: string, path: string, classes: readonly string[]): Trace {
  const times: number[] = []
  const names: string[] = []
  const problems: Problem[] = []
  const lines = text.split(/\r\n|\r|\n/)
  let last = 0
  let columns = 0
  let first = true
  for (let i = 0; i < lines.length && problems.length < MAX_PROBLEMS; i++) {
    const line = i === 0 ? lines[0]!.replace(/^\uFEFF/, '') : lines[i]!
    if (line.trim() === '' || line.startsWith('#')) continue
    const cells = line.split(',').map(unquote)
    const at = (column: number, what: string, hint?: string): void => {
      const offset =
        cells.slice(0, column).length === 0 ? 0 : line.split(',').slice(0, column).join(',').length + 1
      problems.push({ what, path, hint, file, line: i + 1, column: offset + 1 })
    }
    const header = first && /^[A-Za-z]/.test(cells[0]!)
    first = false
    if (header) {
      if (cells.length > 2)
        at(2, `expected one or two columns, got ${cells.length}`, 'Write the time and, if wanted, the class.')
      continue
    }
    if (columns === 0) columns = cells.length
    const time = cells[0] === '' ? Number.NaN : Number(cells[0])
    if (cells.length > 2)
      at(2, `expected one or two columns, got ${cells.length}`, 'Write the time and, if wanted, the class.')
    else if (cells.length !== columns)
      at(
        0,
        `expected ${columns} ${columns === 1 ? 'column' : 'columns'} as before, got ${cells.length}`,
        'Give every line a class or none.',
      )
    else if (!Number.isFinite(time))
      at(0, `expected a time in seconds, got ${show(cells[0])}`, 'Write a finite number.')
    else if (time < 0) at(0, `expected a time of at least 0, got ${time}`)
    else if (time < last) at(0, `expected a time of at least ${last}, got ${time}`, 'Sort the lines by time.')
    else {
      const name = cells[1]
      if (name !== undefined && !classes.includes(name)) {
        const meant = nearest(name, classes)
        at(
          1,
          `unknown class ${show(name)}`,
          meant === undefined ? `Known are ${classes.join(', ')}.` : `Did you mean "${meant}"?`,
        )
        continue
      }
      last = time
      times.push(time)
      if (name !== undefined) names.push(name)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return columns === 2 ? { times, classes: names } : { times }
}

function unquote(cell: string): string {
  const trimmed = cell.trim()
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed
}
