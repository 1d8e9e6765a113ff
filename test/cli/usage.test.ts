import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, runCli } from '../support/cli.ts'

const COMMANDS = ['run', 'validate', 'envs', 'agents', 'train', 'evaluate', 'benchmark', 'doctor']

test('--version prints the version of package.json on stdout', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('--help names every command and the exit codes, on stdout', async () => {
  const { code, stdout, stderr } = await runCli(['--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(stdout).toContain('Exit codes: 0 done')
})

test.each(COMMANDS)('%s takes the four options that all commands take', async (command) => {
  const { code, stdout } = await runCli([command, '--help'])
  expect(code).toBe(0)
  for (const option of ['--json', '--quiet', '--seed', '--out']) expect(stdout).toContain(option)
})

test('without a command the help goes to stderr and the exit code is 2', async () => {
  const { code, stdout, stderr } = await runCli([])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Usage: asyncflow')
})

test.each([
  ['an unknown command', ['rum'], /unknown command 'rum'[\s\S]*Did you mean run\?/],
  ['an unknown option', ['run', 'a.yml', '--jsn'], /unknown option '--jsn'[\s\S]*Did you mean --json\?/],
  ['a missing argument', ['run'], /missing required argument 'scenario'/],
  ['an argument too many', ['doctor', 'now'], /too many arguments/],
  ['an option without its value', ['run', 'a.yml', '--seed'], /'--seed <seed>' argument missing/],
  ['a seed that is none', ['run', 'a.yml', '--seed', 'a b'], /'a b' is invalid\. Give a whole number/],
  ['a horizon that is no time', ['run', 'a.yml', '--horizon', '5MiB'], /expected a duration, got a size/],
  [
    'a number of steps that is none',
    ['train', 'ppo', 'X-v0', '--steps', 'many'],
    /'many' is invalid\. Give a whole number/,
  ],
])('%s is refused on stderr with exit code 2', async (_, parameters, message) => {
  const { code, stdout, stderr } = await runCli(parameters)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(stderr).not.toContain('    at ')
})
