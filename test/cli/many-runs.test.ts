import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { collectVary, settingsOf, shortNames } from '../../cli/input/vary.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { SMALL_SCENARIO } from '../support/scenario.ts'

const folder = temporaryFolder()

beforeAll(() => {
  writeFileSync(join(folder, 'small.yml'), SMALL_SCENARIO)
})

const cli = (...words: string[]): ReturnType<typeof runCli> => runCli(words, { cwd: folder })

describe('--vary', () => {
  test.each<[string, unknown[]]>([
    ['a.b=1..4', [1, 2, 3, 4]],
    ['a.b=0.1..0.5:0.2', [0.1, 0.3, 0.5]],
    ['a.b=10ms,20ms', ['10ms', '20ms']],
    ['a.b=jsq, { prequal: { poolSize: 8 } }', ['jsq', { prequal: { poolSize: 8 } }]],
    ['a.b=[1, 2], [3]', [[1, 2], [3]]],
    ['a.b=true', [true]],
  ])('reads %s', (text, values) => {
    const [axis] = collectVary(text)
    expect(axis!.path).toBe('a.b')
    expect(axis!.values.map(({ value }) => value)).toEqual(values)
  })

  test.each(['a', '=3', 'a=', 'a=4..2', 'a=1..9999999', 'a={'])('refuses %s', (text) => {
    expect(() => collectVary(text)).toThrow()
  })

  test('gives every combination, the last field fastest', () => {
    const axes = collectVary('services.web.cores=1,2', collectVary('horizon=10,20'))
    expect(settingsOf(axes).map(({ label }) => label)).toEqual([
      'horizon=10 cores=1',
      'horizon=10 cores=2',
      'horizon=20 cores=1',
      'horizon=20 cores=2',
    ])
    expect(() => collectVary('horizon=1', axes)).toThrow(/twice/)
  })

  test('names fields as shortly as tells them apart', () => {
    expect(shortNames(['services.web.cores', 'services.db.cores', 'seed'])).toEqual([
      'web.cores',
      'db.cores',
      'seed',
    ])
  })
})

describe('compare', () => {
  test('prints figures, outcomes and paired differences, and as JSON all of it', async () => {
    const words = ['compare', 'small.yml', '--vary', 'services.web.cores=1,2', '--replications', '4']
    const text = await cli(...words)
    expect(text.code).toBe(0)
    expect(text.stdout).toMatch(/^Best {2}2: latency\.mean/m)
    expect(text.stdout).toMatch(/^Differences {2}paired, to 1$/m)
    expect(text.stderr).toContain('--seed 3\n')
    const json = await cli(...words, '--json', '--quiet', '--workers', '1', '--out', 'compared.json')
    const result = JSON.parse(json.stdout)
    expect(result.variants.map(({ name }: { name: string }) => name)).toEqual(['1', '2'])
    expect(readFileSync(join(folder, 'compared.json'), 'utf8')).toBe(json.stdout)
    const two = await cli(...words, '--json', '--quiet', '--workers', '2')
    expect(two.stdout).toBe(json.stdout)
  })

  test('refuses a field that does not exist, with its place', async () => {
    const { code, stderr } = await cli('compare', 'small.yml', '--vary', 'services.web.coers=1,2')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /unknown field "coers" \(small\.yml:9:\d+ services\.web\.coers\)\. Did you mean "cores"\?/,
    )
  })
})

describe('sweep', () => {
  test('tabulates combinations and writes them as CSV', async () => {
    const { code, stdout } = await cli(
      ...['sweep', 'small.yml', '--vary', 'services.web.cores=1..3', '--replications', '3'],
      ...['--metrics', 'throughput,latency.p95', '--out', 'sweep.csv'],
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^cores +throughput +latency\.p95/)
    const lines = readFileSync(join(folder, 'sweep.csv'), 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe(
      'services.web.cores,throughput,throughput.low,throughput.high,latency.p95,latency.p95.low,latency.p95.high',
    )
    expect(lines).toHaveLength(4)
  })
})

describe('monte-carlo', () => {
  test('says how many replications the precision took, the same for any number of workers', async () => {
    const words = ['monte-carlo', 'small.yml', '--precision', '10%', '--json', '--quiet']
    const [one, two] = await Promise.all([cli(...words, '--workers', '1'), cli(...words, '--workers', '2')])
    expect(one.code).toBe(0)
    expect(two.stdout).toBe(one.stdout)
    const { stop, replications } = JSON.parse(one.stdout)
    expect(stop.reached).toBe(true)
    expect(replications).toBeGreaterThanOrEqual(20)
  })

  test('exits with 1 when the most replications do not do', async () => {
    const { code, stdout } = await cli('monte-carlo', 'small.yml', '--precision', '0.01%', '--max', '22')
    expect(code).toBe(1)
    expect(stdout).toMatch(/not reached after 22 replications/)
  })
})

describe('plan', () => {
  test('answers with the smallest configuration, exit 1 where there is none', async () => {
    const words = ['plan', 'small.yml', '--vary', 'services.web.cores=1..4']
    const found = await cli(...words, '--slo', 'p95<90ms,errors<1%')
    expect(found.code).toBe(0)
    expect(found.stdout).toMatch(
      /^2 is the smallest of 4 that meets p95 < 90ms, errors < 1%\nwith 95 % confidence/,
    )
    const none = await cli(...words, '--slo', 'p95<1ms', '--json', '--quiet')
    expect(none.code).toBe(1)
    expect(JSON.parse(none.stdout).chosen).toBeNull()
  })
})
