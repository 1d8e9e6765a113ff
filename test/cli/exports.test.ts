/** The formats of `--out` and `--requests`, as a user meets them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import { pngFolder } from '../../cli/report/png.ts'
import { fromJson, fromJsonLines, seriesColumns } from '../../src/results/index.ts'
import { runCli, temporaryFolder, withoutPackage } from '../support/cli.ts'
import { readPrometheus } from '../support/prometheus.ts'
import { SMALL_SCENARIO } from '../support/scenario.ts'

const folder = temporaryFolder()
const path = (name: string): string => join(folder, name)

beforeAll(() => writeFileSync(path('small.yml'), SMALL_SCENARIO))

function readBuffer(name: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(path(name))).buffer
}

test('one run writes as many files as are named, all of the same result', async () => {
  const outs = ['r.json', 'r.jsonl', 'r.prom', 'r.parquet'].flatMap((name) => ['--out', path(name)])
  const { code, stderr } = await runCli(['run', path('small.yml'), '--requests', path('q.parquet'), ...outs])
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('r.parquet') })
  const result = fromJson(readFileSync(path('r.json'), 'utf8'))
  expect(fromJsonLines(readFileSync(path('r.jsonl'), 'utf8'))).toEqual(result)
  const families = readPrometheus(readFileSync(path('r.prom'), 'utf8'))
  expect(families.asyncflow_requests_created_total!.samples[0]!.value).toBe(result.requests.created)

  const series = readBuffer('r.parquet')
  const columns = seriesColumns(result.series)
  const rows = await parquetReadObjects({ file: series })
  expect(rows).toEqual(
    result.series.time.map((_, k) =>
      Object.fromEntries(columns.map(({ name, values }) => [name, values[k]])),
    ),
  )
  const { series: _, ...rest } = result
  const kept = parquetMetadata(series).key_value_metadata!.find(({ key }) => key === 'asyncflow')!
  expect(JSON.parse(kept.value!)).toEqual(rest)

  const requests = await parquetReadObjects({ file: readBuffer('q.parquet') })
  expect(requests).toHaveLength(result.requests.created - result.requests.inFlight)
  const measured = requests.filter(({ start }) => start >= result.warmup)
  const latencies = measured.map(({ start, end }) => end - start)
  expect(Math.max(...latencies)).toBe(result.latency.max)
})

test('requests are written as CSV too', async () => {
  const file = path('small.yml')
  const { stdout } = await runCli(['run', file, '--json', '--requests', path('q.csv')])
  const [header, ...lines] = readFileSync(path('q.csv'), 'utf8').trimEnd().split('\n')
  expect(header).toBe('workload,class,number,start,end,outcome,attempts')
  expect(lines).toHaveLength(fromJson(stdout).requests.outcomes.ok!)
  expect(lines[0]).toMatch(/^users,users,0,\d\.\d+,\d\.\d+,ok,1$/)
})

test.each([
  ['--out', 'x.parquet'],
  ['--requests', 'x.parquet'],
])('%s %s without the package that writes it is refused before the run', async (option, name) => {
  const { code, stdout, stderr } = await runCli(['run', path('small.yml'), option, path(name)], {
    env: withoutPackage('hyparquet-writer'),
  })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toBe(
    `error: the optional package hyparquet-writer is not installed (${option}). Run npm install hyparquet-writer, or name a file that ends in .csv or .jsonl.\n`,
  )
  expect(existsSync(path(name))).toBe(false)
})

test('charts are written as PNG, twice as large as the SVG', async () => {
  const file = path('small.yml')
  const folders = ['--svg', path('charts'), '--png', path('charts')]
  expect((await runCli(['run', file, '--quiet', ...folders])).code).toBe(0)
  const svg = readFileSync(path('charts/ecdf.svg'), 'utf8')
  const image = readFileSync(path('charts/ecdf.png'))
  expect(image.subarray(1, 4).toString()).toBe('PNG')
  expect(image.readUInt32BE(16)).toBe(2 * Number(/ width="(\d+)"/.exec(svg)![1]))
  // Where no font is found, text is left out without a word: then both would be the same.
  const png = await pngFolder('anywhere')
  expect(image.equals(png!.encode(svg))).toBe(true)
  expect(image.equals(png!.encode(svg.replaceAll(/<text.*?<\/text>/gs, '')))).toBe(false)
})

test('--png without the package that draws it is refused before the run', async () => {
  const { code, stderr } = await runCli(['run', path('small.yml'), '--png', path('none')], {
    env: withoutPackage('@resvg/resvg-js'),
  })
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /@resvg\/resvg-js is not installed \(--png\)\. Run npm install .*, or use --svg\.\n$/,
  )
  expect(existsSync(path('none'))).toBe(false)
})
