import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { simulateWatched } from '../../cli/simulate/simulate-watched.ts'
import { fromJson, fromMsgpack } from '../../src/results/index.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { simulate } from '../../src/simulation/index.ts'
import { finished, runCli, startCli, temporaryFolder, until } from '../support/cli.ts'
import { SMALL_SCENARIO } from '../support/scenario.ts'

const folder = temporaryFolder()
const path = (name: string): string => join(folder, name)

beforeAll(() => {
  writeFileSync(path('small.yml'), SMALL_SCENARIO)
  writeFileSync(path('strict.yml'), SMALL_SCENARIO.replace('p95 < 10s', 'p95 < 1ms'))
  writeFileSync(path('wrong.yml'), SMALL_SCENARIO.replace('cores: 1', 'cores: 0'))
  writeFileSync(path('typo.yml'), SMALL_SCENARIO.replace('cores: 1', 'cors: 1'))
})

describe('a run', () => {
  test('prints the summary on stdout, and on stderr how to reproduce it', async () => {
    const { code, stdout, stderr } = await runCli(['run', 'small.yml'], { cwd: folder })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Small {2}30 s simulated, measured from 5 s, seed 3\n/)
    expect(stdout).toMatch(/✓ met {2}p95 < 10s/)
    expect(stdout).toMatch(/^ {2}web +service +cpu \d/m)
    expect(stderr).toContain('Reproduce: npx asyncflow run small.yml --seed 3\n')
  })

  test('under --json prints the result and nothing else on stdout', async () => {
    const { code, stdout } = await runCli(['run', path('small.yml'), '--json'])
    expect(code).toBe(0)
    const result = fromJson(stdout)
    expect(result.scenario.name).toBe('Small')
    expect(result.requests.created).toBeGreaterThan(400)
    expect(result.latency.count).toBeGreaterThan(300)
  })

  test('gives the same bytes for the same seed and others for another', async () => {
    const [first, again, other] = await Promise.all(
      ['7', '7', '8'].map(
        async (seed) => (await runCli(['run', path('small.yml'), '--json', '--seed', seed])).stdout,
      ),
    )
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  test('takes another horizon, and drains', async () => {
    const { stdout } = await runCli(['run', path('small.yml'), '--json', '--horizon', '1min', '--drain'])
    const result = fromJson(stdout)
    expect(result.horizon).toBe(60)
    expect(result.requests.inFlight).toBe(0)
  })

  test('measures from where it is told, or from where pilot runs have settled', async () => {
    const parameters = ['run', path('small.yml'), '--json', '--warmup']
    expect(fromJson((await runCli([...parameters, '0'])).stdout).warmup).toBe(0)
    const { stdout } = await runCli([...parameters, 'auto'])
    const { warmup, truncation } = fromJson(stdout)
    expect(truncation).toMatchObject({ method: 'mser-5', seconds: warmup, pilots: 5 })
    const plain = await runCli(['run', path('small.yml'), '--warmup', 'auto'])
    expect(plain.stdout).toMatch(
      /\nWarm-up of [\d.]+ m?s \([\d.]+ % of the run\) found by MSER-5 from 5 pilot runs/,
    )
    expect(plain.stderr).toContain('small.yml --warmup auto --seed 3')
    const wrong = await runCli([...parameters, 'often'])
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: '' })
  })

  test('under --quiet prints nothing on stderr', async () => {
    expect((await runCli(['run', path('small.yml'), '--quiet'])).stderr).toBe('')
  })

  test('ends with 1 when an SLO is missed, the result complete', async () => {
    const { code, stdout } = await runCli(['run', path('strict.yml')])
    expect(code).toBe(1)
    expect(stdout).toMatch(/✗ missed {2}p95 < 1ms/)
    expect(stdout).toContain('Components')
  })
})

describe('the files of a run', () => {
  test('hold the result as JSON and msgpack, the series as CSV and the requests as JSON lines', async () => {
    const file = path('small.yml')
    const parameters = ['run', file, '--json', '--requests', path('out/requests.jsonl'), '--out']
    const { stdout, stderr } = await runCli([...parameters, path('out/result.json')])
    await runCli([...parameters, path('out/result.msgpack')])
    await runCli([...parameters, path('out/series.csv')])
    const result = fromJson(stdout)
    expect(stderr).toContain(`Wrote ${path('out/result.json')}\n`)
    expect(fromJson(readFileSync(path('out/result.json'), 'utf8'))).toEqual(result)
    expect(fromMsgpack(readFileSync(path('out/result.msgpack')))).toEqual(result)
    const csv = readFileSync(path('out/series.csv'), 'utf8').trimEnd().split('\n')
    expect(csv).toHaveLength(result.series.time.length + 1)
    const lines = readFileSync(path('out/requests.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(result.requests.created - result.requests.inFlight)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ outcome: 'ok' })
    expect(readdirSync(path('out')).sort()).toEqual([
      'requests.jsonl',
      'result.json',
      'result.msgpack',
      'series.csv',
    ])
  })

  test('are refused before the run when the ending says no format', async () => {
    const { code, stdout, stderr } = await runCli(['run', path('small.yml'), '--out', path('r.xlsx')])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: cannot tell the format of .*r\.xlsx.*Use \.json/)
    expect(existsSync(path('r.xlsx'))).toBe(false)
  })
})

describe('a wrong input', () => {
  test.each([
    ['a missing file', 'none.yml', /^error: no such file \(none\.yml\)\. Check the path/],
    ['a folder', '.', /^error: a folder, expected a file \(\.\)/],
    ['a wrong value', 'wrong.yml', /^error: .*\(wrong\.yml:9:\d+ services\.web\.cores\)\./],
    [
      'a misspelt field',
      'typo.yml',
      /^error: .*cors.*\(typo\.yml:9:\d+ services\.web.*Did you mean "?cores"?\?/,
    ],
  ])('%s is refused with its place, exit code 2 and no output', async (_, file, message) => {
    const { code, stdout, stderr } = await runCli(['run', file], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
  })
})

describe('Ctrl-C', () => {
  test('stops the run, says which horizon gives the result so far, and leaves no file behind', async () => {
    const [out, requests] = [path('stopped/r.json'), path('stopped/r.jsonl')]
    const long = ['run', path('small.yml'), '--horizon', '1000h', '--out', out, '--requests', requests]
    const child = startCli(long)
    const end = finished(child)
    await until(() => existsSync(path('stopped')) && readdirSync(path('stopped')).length > 0)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await end
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toMatch(/Stopped\. --horizon [\d.]+ gives the result up to here\./)
    expect(readdirSync(path('stopped'))).toEqual([])
  })
})

test('a run that is watched gives the same result as one that is not', async () => {
  const scenario = loadScenario(SMALL_SCENARIO)
  const signal = new AbortController().signal
  expect(await simulateWatched(scenario, { drain: true }, signal, () => {})).toEqual(
    simulate(scenario, { drain: true }),
  )
})

describe('the terminal', () => {
  test('gets colours only where it wants them', async () => {
    const parameters = ['run', path('small.yml')]
    const [plain, forced, refused] = await Promise.all([
      runCli(parameters),
      runCli(parameters, { env: { FORCE_COLOR: '1' } }),
      runCli(parameters, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }),
    ])
    expect(plain.stdout).not.toContain('\u001b[')
    expect(forced.stdout).toContain('\u001b[')
    expect(refused.stdout).toBe(plain.stdout)
  })

  test('that stops reading is no error', async () => {
    const child = startCli(['run', path('small.yml'), '--json'])
    const end = finished(child)
    child.stdout?.destroy()
    await once(child, 'spawn')
    const { code, stderr } = await end
    expect(code).toBe(0)
    expect(stderr).not.toContain('EPIPE')
  })
})
