import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { paritySummary } from '../../benchmarks/parity/summary.ts'
import { ROOT, temporaryFolder } from '../support/cli.ts'

const TRACE = join(ROOT, 'test/fixtures/asyncflow/equal_durations.json')
const SCRIPT = join(ROOT, 'scripts/parity-asyncflow.mjs')
const folder = temporaryFolder()

function run(...files: string[]): { code: number; out: string[]; talk: string[] } {
  const out: string[] = []
  const talk: string[] = []
  const code = paritySummary(files, { out: (line) => out.push(line), talk: (line) => talk.push(line) })
  return { code, out, talk }
}

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe('the parity command', () => {
  test('prints one JSON line per trace and nothing else', () => {
    const stdout = execFileSync(process.execPath, [SCRIPT, TRACE, TRACE], { encoding: 'utf8' })
    const line = {
      trace: TRACE,
      requests: 188,
      maxAbsDifference: 0,
      completionOrderEqual: true,
      sampledEqual: true,
    }
    expect(stdout).toBe(`${JSON.stringify(line)}\n`.repeat(2))
  })

  test('ends with 1 where a run differs, and says what', () => {
    const trace = JSON.parse(readFileSync(TRACE, 'utf8'))
    trace.completion_order.pop()
    const { code, out, talk } = run(write('differs.json', JSON.stringify(trace)), TRACE)
    expect(code).toBe(1)
    expect(out.map((line) => JSON.parse(line).completionOrderEqual)).toEqual([false, true])
    expect(talk).toHaveLength(1)
    expect(talk[0]).toContain('differs.json: completion 168 is of request undefined')
  })

  test.each([
    ['a missing file', () => join(folder, 'none.json'), 'no such file'],
    ['a folder', () => folder, 'a folder, not a file'],
    ['what is not JSON', () => write('text.json', 'users: 3'), 'not JSON'],
    ['another shape', () => write('shape.json', '{"requests": 3}'), 'not a recorded AsyncFlow run'],
    [
      'a scenario that is refused',
      () =>
        write(
          'refused.json',
          JSON.stringify({ ...JSON.parse(readFileSync(TRACE, 'utf8')), scenario: { rqs_input: {} } }),
        ),
      'topology_graph',
    ],
  ])('ends with 2 and a message for %s, and still does the others', (_, file, message) => {
    const { code, out, talk } = run(file(), TRACE)
    expect(code).toBe(2)
    expect(out).toHaveLength(1)
    expect(talk.join('\n')).toContain(message)
  })

  test('says how it is used where no trace is given', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('Usage:')
  })
})
