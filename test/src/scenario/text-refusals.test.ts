/** What is refused before any field is looked at. */
import { expect, test } from 'vitest'
import { change, messagesOf, problemsOf, problemsOfValue, SHOP } from './support.ts'

test('keys that appear twice', () => {
  expect(messagesOf(change(SHOP, ['    cores: 2\n', '    cores: 2\n    cores: 3\n']))).toEqual([
    'the same key appears twice in one mapping (shop.yml:22:5 services.web.cores). Remove or rename one of the two.',
  ])
  expect(messagesOf('{ "horizon": 1, "horizon": 2 }')).toEqual([
    'the same key appears twice in one mapping (shop.yml:1:17 horizon). Remove or rename one of the two.',
  ])
})

test.each(['__proto__', 'constructor', 'prototype'])('%s as a key', (key) => {
  expect(problemsOf(`{ "horizon": 1, "services": { "${key}": { "cores": 1 } } }`)).toMatchObject([
    { what: `"${key}" cannot be a key`, path: `services.${key}`, line: 1, column: 31 },
  ])
  expect(problemsOf(`horizon: 1\n${key}: {}\n`)).toMatchObject([
    { what: `"${key}" cannot be a key`, line: 2 },
  ])
  expect(problemsOfValue(JSON.parse(`{ "horizon": 1, "${key}": {} }`))).toMatchObject([
    { what: `"${key}" cannot be a key` },
  ])
})

test('aliases that multiply', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
    .split('')
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`)
    .join('\n')}\n`
  expect(problemsOf(bomb)).toMatchObject([{ what: 'aliases stand for too many values', line: 2 }])
})

test('an alias without anchor', () => {
  expect(problemsOf('horizon: *never\n')).toMatchObject([
    { what: 'unknown alias "never"', path: 'horizon', line: 1, column: 10 },
  ])
})

test('merge keys', () => {
  expect(problemsOf('base: &base { cores: 1 }\nweb:\n  <<: *base\n')).toMatchObject([
    { what: 'merge keys are not part of the scenario language', line: 3, column: 3 },
  ])
})

test('tags', () => {
  expect(problemsOf('horizon: !!js/function x\n')).toMatchObject([
    { what: 'YAML tags are not part of the scenario language', line: 1, column: 10 },
  ])
})

test('several documents, and none', () => {
  expect(problemsOf('--- 1\n--- 2\n')).toMatchObject([{ what: 'expected one document, got several' }])
  expect(problemsOf('')).toMatchObject([{ what: 'expected a scenario (a mapping), got nothing' }])
  expect(problemsOf('[]')).toMatchObject([{ what: 'expected a scenario (a mapping), got an empty list' }])
  expect(problemsOf('just words')).toMatchObject([
    { what: 'expected a scenario (a mapping), got "just words"' },
  ])
})

test('absurdly deep nesting, shallow enough to parse or not', () => {
  expect(problemsOf(`horizon: ${'['.repeat(200)}${']'.repeat(200)}`)).toMatchObject([
    { what: 'lists or mappings are nested more than 64 levels deep', line: 1 },
  ])
  expect(problemsOf(`horizon: ${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toMatchObject([
    { what: 'lists or mappings are nested too deeply', line: 1 },
  ])
})

test.each(['.inf', '-.inf', '.nan', '1e999'])('%s as a number', (number) => {
  const [problem] = problemsOf(change(SHOP, ['cores: 2', `cores: ${number}`]))
  expect(problem).toMatchObject({ path: 'services.web.cores', line: 21, column: 5 })
  expect(problem?.what).toContain('expected a finite number')
})

test('values that are not plain data', () => {
  expect(problemsOfValue({ horizon: new Date(0) })).toMatchObject([
    { what: 'expected plain data, got an instance of a class', path: 'horizon' },
  ])
  expect(problemsOfValue({ horizon: () => 1 })).toMatchObject([
    { what: 'expected plain data, got a function' },
  ])
  const ring: Record<string, unknown> = {}
  ring.ring = ring
  expect(problemsOfValue(ring)).toMatchObject([
    { what: 'lists or mappings are nested more than 64 levels deep' },
  ])
})
