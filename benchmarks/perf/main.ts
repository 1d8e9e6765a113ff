/** `npm run perf`: runs every measurement, or those named by --only, and prints a table or --json. */
import { parseArgs } from 'node:util'
import { renderTable } from '../report/text-table.ts'
import { type MeasuredRow, measure } from './measure.ts'
import { measurements } from './measurements.ts'

const OPTIONS = {
  json: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '3' },
  sb3: { type: 'boolean', default: false },
} as const

const values = readOptions()

const chosen = measurements.filter(({ name }) => values.only?.some((part) => name.includes(part)) ?? true)
const tell = (message: string): void => {
  process.stderr.write(`${message}\n`)
}
if (chosen.length === 0)
  tell(`No measurement of that name. There are ${measurements.map(({ name }) => name).join(', ')}.`)

const rows: MeasuredRow[] = []
for (const measurement of chosen) {
  tell(measurement.name)
  try {
    rows.push(
      await measure(measurement, {
        rounds: Number(values.rounds),
        seconds: Number(values.seconds),
        flags: new Set(values.sb3 ? ['sb3'] : []),
        tell,
      }),
    )
  } catch (error) {
    process.exitCode = 1
    tell(`${measurement.name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

if (values.json) {
  process.stdout.write(
    `${JSON.stringify(
      rows.map(({ cold: _, ...row }) => row),
      null,
      2,
    )}\n`,
  )
} else {
  const head = ['measurement', 'unit', 'ours', 'ours, cold', 'peer', 'peer, cold', 'ratio', 'peer is']
  const cells = rows.map((row) => [
    row.name,
    row.unit,
    figure(row.ours),
    figure(row.cold.ours),
    figure(row.peer),
    figure(row.cold.peer),
    figure(row.ratio),
    row.peerName ?? '-',
  ])
  process.stdout.write(`${renderTable(head, cells, 'text')}\n`)
}
if (chosen.length === 0) process.exitCode = 2

function figure(value: number | null): string {
  if (value === null) return '-'
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

function readOptions(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    process.stderr.write(
      `${(error as Error).message}. Options are --json, --only NAME, --rounds N, --seconds N, --sb3.\n`,
    )
    process.exit(2)
  }
}
