/**
 * The public traces of Azure Functions: M. Shahrad et al., "Serverless in the Wild" (USENIX ATC 2020; the 2019 files of
 * invocations per minute), and Y. Zhang et al., SOSP 2021 (the 2021 file of single invocations).
 */
import { ConfigError, type Problem } from '../errors.ts'
import { show } from './path.ts'

const MINUTES = 1440
/** Columns before the counts: owner, app, function, trigger. */
const KEYS = 4
const MAX_PROBLEMS = 20

/** Which function's invocations; absent: all of the file. */
export type AzureChoice = { readonly function?: string | undefined }

/**
 * Invocations in each of the 1440 minutes of a day, summed over the chosen functions.
 *
 * @throws ConfigError that names the file and the line.
 */
export function parseAzure2019(
  text: string,
  file: string,
  path: string,
  { function: wanted }: AzureChoice,
): number[] {
  const counts = new Array<number>(MINUTES).fill(0)
  const reader = new Rows(text, file, path)
  let found = false
  reader.forEach((cells, at) => {
    if (cells.length !== KEYS + MINUTES) {
      at(`expected ${KEYS + MINUTES} columns (owner, app, function, trigger, 1 to 1440), got ${cells.length}`)
      return
    }
    if (wanted !== undefined && cells[2] !== wanted) return
    found = true
    for (let minute = 0; minute < MINUTES; minute++) {
      const count = cells[KEYS + minute] === '' ? 0 : Number(cells[KEYS + minute])
      if (Number.isInteger(count) && count >= 0) counts[minute]! += count
      else at(`expected a count for minute ${minute + 1}, got ${show(cells[KEYS + minute])}`)
    }
  })
  reader.finish(found, wanted)
  return counts
}

/**
 * Begins of the invocations, end - duration, in seconds from the first one, and their durations.
 *
 * @throws ConfigError that names the file and the line.
 */
export function parseAzure2021(
  text: string,
  file: string,
  path: string,
  { function: wanted }: AzureChoice,
): { times: number[]; durations: number[] } {
  const found: { begin: number; duration: number }[] = []
  const reader = new Rows(text, file, path)
  let any = false
  reader.forEach((cells, at) => {
    if (cells.length !== 4) {
      at(`expected 4 columns (app, func, end_timestamp, duration), got ${cells.length}`)
      return
    }
    if (wanted !== undefined && cells[1] !== wanted) return
    any = true
    const [end, duration] = [Number(cells[2]), Number(cells[3])]
    if (cells[2] === '' || !Number.isFinite(end)) at(`expected an end in seconds, got ${show(cells[2])}`)
    else if (cells[3] === '' || !(duration >= 0))
      at(`expected a duration of at least 0, got ${show(cells[3])}`)
    else found.push({ begin: end - duration, duration })
  })
  reader.finish(any, wanted)
  found.sort((a, b) => a.begin - b.begin)
  const first = found[0]?.begin ?? 0
  return {
    times: found.map(({ begin }) => begin - first),
    durations: found.map(({ duration }) => duration),
  }
}

/** Lines of a CSV without quoted commas; the first one is a header. */
class Rows {
  private readonly lines: readonly string[]
  private readonly file: string
  private readonly path: string
  private readonly problems: Problem[] = []

  constructor(text: string, file: string, path: string) {
    this.lines = text.split(/\r\n|\r|\n/)
    this.file = file
    this.path = path
  }

  forEach(read: (cells: readonly string[], at: (what: string) => void) => void): void {
    this.lines.forEach((line, i) => {
      if (i === 0 || line.trim() === '' || this.problems.length >= MAX_PROBLEMS) return
      const cells = line.split(',').map((cell) => cell.trim())
      read(cells, (what) => {
        const hint = 'Use the file as it was published.'
        this.problems.push({ what, path: this.path, hint, file: this.file, line: i + 1, column: 1 })
      })
    })
  }

  /** @throws ConfigError with what was wrong, or when the wanted function is not there. */
  finish(found: boolean, wanted: string | undefined): void {
    if (!found && this.problems.length === 0) {
      const what = wanted === undefined ? 'no invocations' : `no invocations of function ${show(wanted)}`
      this.problems.push({
        what,
        path: this.path,
        hint: 'Give a hash that occurs in the file.',
        file: this.file,
      })
    }
    if (this.problems.length > 0) throw new ConfigError(this.problems)
  }
}
