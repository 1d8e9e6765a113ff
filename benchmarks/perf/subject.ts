/** The process of one subject: `node subject.mjs <measurement> <subject>`. See subject-process.ts. */
import { createInterface } from 'node:readline'
import { tuneV8 } from '../tune-v8.ts'
import { measurements } from './measurements.ts'

const [name, subject] = process.argv.slice(2)
const measurement = measurements.find((one) => one.name === name)
const prepare = measurement?.subjects[subject ?? '']
if (measurement === undefined || prepare === undefined) throw new Error(`no subject ${name} ${subject}`)
// As the command line does.
tuneV8(measurement.work ?? 'long')
const pass = await prepare()
print({})

for await (const line of createInterface({ input: process.stdin })) {
  const { seconds } = JSON.parse(line) as { seconds: number }
  const rates: number[] = []
  const start = performance.now()
  do {
    const before = performance.now()
    const work = await pass()
    rates.push(measurement.kind === 'figure' ? work : work / ((performance.now() - before) / 1000))
  } while (performance.now() - start < 1000 * seconds && measurement.kind !== 'figure')
  print({ rates })
}
// Whatever the subject has started reads from this process, and ends with it.
process.exit()

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
