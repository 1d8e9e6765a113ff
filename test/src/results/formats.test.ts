import { Packr } from 'msgpackr'
import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { fromJson, fromMsgpack, toJson, toMsgpack } from '../../../src/results/index.ts'
import { exampleResult } from './example-result.ts'

test('a result comes back from JSON as it was', () => {
  expect(fromJson(toJson(exampleResult))).toEqual(exampleResult)
})

test('a result comes back from msgpack as it was, to the last bit', () => {
  expect(fromMsgpack(toMsgpack(exampleResult))).toStrictEqual(exampleResult)
})

test('msgpack uses plain maps, which other implementations read', () => {
  const bytes = toMsgpack(exampleResult)
  expect(bytes.constructor).toBe(Uint8Array)
  const asMaps = new Packr({ mapsAsObjects: false, useRecords: false }).unpack(bytes) as Map<string, unknown>
  expect([...asMaps.keys()]).toEqual(Object.keys(exampleResult))
})

test.each([
  ['text that is not JSON', () => fromJson('{', 'a.json'), /not readable: .*\(a\.json\)\. Give a file/],
  ['JSON that is no result', () => fromJson('{"a":1}', 'a.json'), /no field "schema" \(a\.json\)/],
  ['JSON null', () => fromJson('null'), /no field "schema"/],
  ['a later schema', () => fromJson('{"schema":2}'), /schema 2, this version reads schema 1/],
  [
    'bytes cut short',
    () => fromMsgpack(toMsgpack(exampleResult).subarray(0, 40), 'a.msgpack'),
    /not readable.*a\.msgpack/,
  ],
])('a reader refuses %s', (_, read, message) => {
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(message)
})
