import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Finished, finished, runCli, startCli, temporaryFolder, until } from '../support/cli.ts'

const folder = temporaryFolder()
const path = (name: string): string => join(folder, name)

const SMALL = ['--set', 'nSteps=256', '--set', 'hidden=[8]', '--set', 'nEpochs=1']
const TRAIN = ['train', 'ppo', 'LoadBalancing-v0', '--no-validation', ...SMALL]

describe('a training', () => {
  let trained: Finished

  beforeAll(async () => {
    trained = await runCli([...TRAIN, '--steps', '1k', '--out', path('lb'), '--json'])
  })

  test('writes the agent, its manifest and its progress, and prints the manifest', () => {
    expect(trained.code).toBe(0)
    const { out, ...manifest } = JSON.parse(trained.stdout)
    expect(out).toBe(path('lb'))
    expect(manifest).toEqual(JSON.parse(readFileSync(path('lb/manifest.json'), 'utf8')))
    expect(manifest.unit).toMatchObject({
      steps: 1000,
      seed: 0,
      agent: { name: 'ppo', params: { nSteps: 256 } },
    })
    expect(existsSync(path('lb/agent.ckpt'))).toBe(true)
    const lines = readFileSync(path('lb/progress.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(JSON.parse(lines[3] ?? '')).toHaveProperty(['losses/policy_loss'])
    expect(trained.stderr).toContain('Reproduce: npx asyncflow train ppo LoadBalancing-v0')
    expect(trained.stderr).toMatch(/ --seed 0\n/)
  })

  test('of the same seed gives the same agent, of another seed another', async () => {
    const checkpoint = async (seed: string, name: string): Promise<string> => {
      await runCli([...TRAIN, '--steps', '1k', '--seed', seed, '--out', path(name)])
      return JSON.parse(readFileSync(path(`${name}/manifest.json`), 'utf8')).checkpoint
    }
    const [same, other] = await Promise.all([checkpoint('0', 'same'), checkpoint('1', 'other')])
    expect(same).toBe(JSON.parse(trained.stdout).checkpoint)
    expect(other).not.toBe(same)
  })

  test('is evaluated on its own environment against others, on paired episodes', async () => {
    const parameters = [
      'evaluate',
      path('lb'),
      '--against',
      'jsq,random',
      '--episodes',
      '2',
      '--length',
      '300',
    ]
    const [text, json] = await Promise.all([runCli(parameters), runCli([...parameters, '--json'])])
    expect([text.code, json.code]).toEqual([0, 0])
    const [task] = JSON.parse(json.stdout).tasks
    expect(task.environment).toBe('LoadBalancing-v0')
    expect(task.seeds).toEqual([2 ** 31, 2 ** 31 + 1])
    const labels = task.rows.map((row: { label: string }) => row.label).sort()
    expect(labels).toEqual(['jsq', 'ppo (argmax)', 'ppo (sampled)', 'random'])
    for (const label of labels) expect(text.stdout).toContain(label)
  })

  test('stopped by Ctrl-C keeps what it has, says how to go on, and goes on to the same agent', async () => {
    const whole = [...TRAIN, '--steps', '32k']
    const child = startCli([...whole, '--out', path('stopped')])
    const end = finished(child)
    const progress = path('stopped/progress.jsonl')
    await until(() => existsSync(progress) && readFileSync(progress, 'utf8') !== '')
    child.kill('SIGINT')
    const { code, stderr } = await end
    expect(code).toBe(130)
    expect(stderr).toMatch(/Resume: npx asyncflow train .* --resume\n/)
    expect(JSON.parse(readFileSync(path('stopped/manifest.json'), 'utf8')).interrupted).toBe(true)

    const [resumed, straight] = await Promise.all([
      runCli([...whole, '--out', path('stopped'), '--resume', '--json']),
      runCli([...whole, '--out', path('straight'), '--json']),
    ])
    expect(JSON.parse(resumed.stdout).checkpoint).toBe(JSON.parse(straight.stdout).checkpoint)
  })
})

test('a heuristic is evaluated by name, with its parameters, from the episode that --seed numbers', async () => {
  const parameters = ['evaluate', 'jsq', '--env', 'LoadBalancing-v0', '--set', 'ties=first', '--seed', '7']
  const { code, stdout } = await runCli([...parameters, '--episodes', '1', '--length', '300', '--json'])
  expect(code).toBe(0)
  const [task] = JSON.parse(stdout).tasks
  expect(task.seeds).toEqual([2 ** 31 + 7])
  expect(task.rows[0].agent).toEqual({ name: 'jsq', params: { ties: 'first' } })
})

describe('a wrong argument', () => {
  const train = (...words: string[]): string[] => ['train', ...words, '--steps', '1k', '--out', path('no')]

  test.each([
    ['an unknown agent', train('pp', 'LoadBalancing-v0'), /unknown agent "pp"\. Did you mean "ppo"\?/],
    ['a heuristic to train', train('jsq', 'LoadBalancing-v0'), /agent "jsq" does not learn\. Only learners/],
    ['an unknown environment', train('ppo', 'LoadBalancng-v0'), /Did you mean "LoadBalancing-v0"\?/],
    ['an unknown parameter', train('ppo', 'LoadBalancing-v0', '--set', 'lr=1'), /unknown parameter "lr"/],
    ['an unknown option', train('ppo', 'LoadBalancing-v0', '--option', 'veiw=own'), /Did you mean "view"\?/],
    ['a missing scenario', train('ppo', 'LoadBalancing-v0', '--scenario', 'none'), /no scenario "none"/],
    [
      'a seed of evaluation',
      train('ppo', 'LoadBalancing-v0', '--seed', '2147483648'),
      /evaluation uses the seeds/,
    ],
    ['nothing to resume', train('ppo', 'LoadBalancing-v0', '--resume'), /there is no training to resume/],
    ['no steps', ['train', 'ppo', 'LoadBalancing-v0'], /required option '--steps <count>' not specified/],
    ['a folder without an agent', ['evaluate', path('none')], /no trained agent in this folder/],
    ['no environment', ['evaluate', 'jsq'], /Add --env with an id/],
    [
      'an unknown opponent',
      ['evaluate', 'jsq', '--env', 'LoadBalancing-v0', '--against', 'jqs'],
      /Did you mean "jsq"\?/,
    ],
    [
      'an unknown suite',
      ['benchmark', 'quik', '--out', path('no')],
      /unknown suite "quik"\. Did you mean "quick"\?/,
    ],
  ])('%s is refused with exit code 2, nothing written', async (_, parameters, message) => {
    const { code, stdout, stderr } = await runCli(parameters)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
    expect(existsSync(path('no'))).toBe(false)
  })
})

test('a benchmark stopped by Ctrl-C keeps the finished units and says how to go on', async () => {
  const child = startCli(['benchmark', 'quick', '--out', path('suite')])
  const end = finished(child)
  await until(() => existsSync(path('suite/manifest.json')))
  child.kill('SIGINT')
  const { code, stdout, stderr } = await end
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
  expect(stderr).toContain(`Resume: npx asyncflow benchmark quick --out ${path('suite')}\n`)
  expect(stderr).not.toContain('failed')
  expect(existsSync(path('suite/units'))).toBe(true)
  expect(existsSync(path('suite/report.json'))).toBe(false)
})
