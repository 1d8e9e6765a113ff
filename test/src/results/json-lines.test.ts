import { expect, test } from 'vitest'
import { ConfigError, fromJsonLines, toJson, toJsonLines } from '../../../src/index.ts'
import { exampleResult } from './example-result.ts'

test('a result comes back from JSON Lines as it was, fields in their order', () => {
  const text = toJsonLines(exampleResult)
  expect(text.trimEnd().split('\n')).toHaveLength(1 + exampleResult.series.time.length)
  expect(toJson(fromJsonLines(text))).toBe(toJson(exampleResult))
})

test.each([
  ['nothing', '', /line 1 is no JSON object \(r\.jsonl\)\. Give a file written by/],
  ['a line that is no object', `${toJsonLines(exampleResult)}7\n`, /line 4 is no JSON object/],
  ['samples without a run', '{"record":"sample"}\n', /the first line is no record of a run/],
  ['a second run', '{"record":"run","schema":1}\n{"record":"run"}\n', /line 2 is no record of a sample/],
  ['a later schema', '{"record":"run","schema":2}\n', /schema 2, this version reads schema 1/],
])('a reader refuses %s', (_, text, message) => {
  expect(() => fromJsonLines(text, 'r.jsonl')).toThrow(ConfigError)
  expect(() => fromJsonLines(text, 'r.jsonl')).toThrow(message)
})
