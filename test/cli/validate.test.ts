import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { SMALL_SCENARIO } from '../support/scenario.ts'

const folder = temporaryFolder()

beforeAll(() => {
  writeFileSync(join(folder, 'good.yml'), SMALL_SCENARIO)
  const wrong = SMALL_SCENARIO.replace('cores: 1', 'cores: 0').replace('horizon: 30s', 'horizon: soon')
  writeFileSync(join(folder, 'wrong.yml'), wrong)
})

test('a good scenario gets an ok line and exit code 0', async () => {
  expect(await runCli(['validate', 'good.yml'], { cwd: folder })).toEqual({
    code: 0,
    stdout: 'ok good.yml\n',
    stderr: '',
  })
})

test('all problems of all files are printed, with their places, and the exit code is 2', async () => {
  const { code, stdout } = await runCli(['validate', 'good.yml', 'wrong.yml', 'none.yml'], { cwd: folder })
  expect(code).toBe(2)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toBe('ok good.yml')
  expect(lines).toContainEqual(expect.stringMatching(/\(wrong\.yml:2:\d+ horizon\)\./))
  expect(lines).toContainEqual(expect.stringMatching(/\(wrong\.yml:9:\d+ services\.web\.cores\)\./))
  expect(lines).toContainEqual(expect.stringMatching(/^no such file \(none\.yml\)\./))
})

test('--json prints the verdicts as data, and --out writes the same', async () => {
  const { code, stdout } = await runCli(['validate', 'good.yml', 'wrong.yml', '--json', '--out', 'v.json'], {
    cwd: folder,
  })
  expect(code).toBe(2)
  const verdicts = JSON.parse(stdout)
  expect(verdicts[0]).toEqual({ file: 'good.yml', ok: true, problems: [], warnings: [] })
  expect(verdicts[1]).toMatchObject({ file: 'wrong.yml', ok: false })
  expect(verdicts[1].problems[0]).toMatchObject({ path: 'horizon', line: 2 })
  expect(JSON.parse(readFileSync(join(folder, 'v.json'), 'utf8'))).toEqual(verdicts)
})
