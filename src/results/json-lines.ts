/**
 * A result as JSON Lines (jsonlines.org), for tools that read one record at a time: first
 * `{ "record": "run", … }` with everything but the series, then `{ "record": "sample", "time", "values", "means" }`
 * for each instant, as `Series` describes them.
 */
import { ConfigError } from '../errors.ts'
import type { Result, Series } from './types.ts'

type Run = Omit<Result, 'series'> & { readonly record: 'run' }
type Sample = {
  readonly record: 'sample'
  readonly time: number
  readonly values: Readonly<Record<string, number>>
  readonly means: Readonly<Record<string, number>>
}

export function toJsonLines({ series, ...rest }: Result): string {
  const lines: (Run | Sample)[] = [{ record: 'run', ...rest }]
  series.time.forEach((time, k) => {
    lines.push({ record: 'sample', time, values: rowOf(series.values, k), means: rowOf(series.means, k) })
  })
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** @throws ConfigError when the text is not what `toJsonLines` writes; `file` names it in the message. */
export function fromJsonLines(text: string, file?: string): Result {
  const [first, ...samples] = text.split('\n').filter((line) => line !== '')
  const { record, ...run } = parse(first ?? '', 1, file) as Run
  if (record !== 'run') throw refusal('the first line is no record of a run', file)
  if (run.schema !== 1)
    throw refusal(`a result of schema ${String(run.schema)}, this version reads schema 1`, file)
  const time: number[] = []
  const values: Record<string, number[]> = {}
  const means: Record<string, number[]> = {}
  samples.forEach((line, i) => {
    const sample = parse(line, i + 2, file) as Sample
    if (sample.record !== 'sample') throw refusal(`line ${i + 2} is no record of a sample`, file)
    time.push(sample.time)
    append(values, sample.values)
    append(means, sample.means)
  })
  // The place of `series` among the fields is that of a result that was simulated.
  const { events, slo, warnings, ...before } = run
  const series: Series = { time, values, means }
  return { ...before, series, events, slo, warnings }
}

function rowOf(columns: Readonly<Record<string, readonly number[]>>, k: number): Record<string, number> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[k]!]))
}

function append(columns: Record<string, number[]>, row: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(row)) (columns[name] ??= []).push(value)
}

function parse(line: string, number: number, file: string | undefined): object {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below: what a parser says about one line of many helps less than its number.
  }
  throw refusal(`line ${number} is no JSON object`, file)
}

function refusal(what: string, file: string | undefined): ConfigError {
  return new ConfigError([
    { what, path: '', file, hint: 'Give a file written by `asyncflow run --out r.jsonl`.' },
  ])
}
