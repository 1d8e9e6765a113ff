import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LineWriter, readText, resolverFor, writeAtomic } from '../../cli/input/files.ts'
import { resultWriter } from '../../cli/input/result-file.ts'
import { fromJson, fromMsgpack } from '../../src/results/index.ts'
import { exampleResult } from '../src/results/example-result.ts'
import { temporaryFolder } from '../support/cli.ts'

const folder = temporaryFolder()

test('a written file is whole, in a folder made for it, and nothing else is left', () => {
  const file = join(folder, 'new/a.txt')
  writeAtomic(file, 'one')
  writeAtomic(file, 'two')
  expect(readText(file)).toBe('two')
  expect(readdirSync(join(folder, 'new'))).toEqual(['a.txt'])
})

test('lines appear under the name only when all are written', () => {
  const file = join(folder, 'lines/a.jsonl')
  const writer = new LineWriter(file)
  for (let i = 0; i < 10_000; i++) writer.write(`{"i":${i}}`)
  expect(readdirSync(join(folder, 'lines'))).not.toContain('a.jsonl')
  writer.commit()
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).i)).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
  expect(readdirSync(join(folder, 'lines'))).toEqual(['a.jsonl'])
})

test('discarded lines leave nothing behind', () => {
  const writer = new LineWriter(join(folder, 'gone/a.jsonl'))
  writer.write('{}')
  writer.discard()
  expect(readdirSync(join(folder, 'gone'))).toEqual([])
})

test('what a scenario refers to is read beside it', () => {
  mkdirSync(join(folder, 'scenarios'))
  writeFileSync(join(folder, 'scenarios/trace.csv'), 'time\n1\n')
  expect(resolverFor(join(folder, 'scenarios/a.yml'))('trace.csv')).toBe('time\n1\n')
})

test('a missing file and a folder are refused with what to do', () => {
  expect(() => readText(join(folder, 'none.yml'))).toThrow(/^no such file \(.*none\.yml\)\. Check the path/)
  expect(() => readText(folder)).toThrow(/^a folder, expected a file \(/)
  expect(() => writeAtomic(folder, '')).toThrow(/^a folder, expected a file to write \(/)
})

test('the ending of a result file says its format', async () => {
  for (const ending of ['json', 'msgpack', 'csv']) {
    const write = await resultWriter(join(folder, `r.${ending}`))
    write(exampleResult)
  }
  expect(fromJson(readText(join(folder, 'r.json')))).toEqual(exampleResult)
  expect(fromMsgpack(readFileSync(join(folder, 'r.msgpack')))).toEqual(exampleResult)
  expect(readText(join(folder, 'r.csv'))).toMatch(/^time,/)
  await expect(resultWriter('r.xlsx')).rejects.toThrow(/cannot tell the format of "r\.xlsx".*Use \.json/)
})
