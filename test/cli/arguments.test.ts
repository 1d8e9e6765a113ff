import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  collectSetting,
  parseCount,
  parseDurationOption,
  parseIntegerSeed,
  parseList,
  parseSeed,
} from '../../cli/input/arguments.ts'

describe('counts', () => {
  test.each([
    ['500', 500],
    ['200k', 200_000],
    ['1.5M', 1_500_000],
    ['1e6', 1_000_000],
    ['200_000', 200_000],
  ])('%s is %d', (text, count) => {
    expect(parseCount(text)).toBe(count)
  })

  test.each(['0', '-5', '1.5', 'many', '', '1kk', '1e400', '10 k'])('"%s" is refused', (text) => {
    expect(() => parseCount(text)).toThrow(InvalidArgumentError)
  })
})

describe('seeds', () => {
  test('of a run are whole numbers or names', () => {
    expect(['0', '42', '42/3', 'night'].map(parseSeed)).toEqual([0, 42, '42/3', 'night'])
  })

  test.each(['', '-1', 'a b', '42/', '9007199254740993'])('"%s" is refused', (text) => {
    expect(() => parseSeed(text)).toThrow(InvalidArgumentError)
  })

  test('of a learner are whole numbers only', () => {
    expect(parseIntegerSeed('7')).toBe(7)
    expect(() => parseIntegerSeed('42/3')).toThrow(InvalidArgumentError)
  })
})

describe('durations', () => {
  test.each([
    ['90', 90],
    ['0.5', 0.5],
    ['90s', 90],
    ['10min', 600],
    ['1.5h', 5400],
    ['29ms', 0.029],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDurationOption(text)).toBe(seconds)
  })

  test.each(['0', 'soon', '5MiB', '-3s'])('"%s" is refused', (text) => {
    expect(() => parseDurationOption(text)).toThrow(InvalidArgumentError)
  })
})

describe('settings', () => {
  test('read JSON values, counts with a suffix, and texts', () => {
    const texts = ['lr=3e-4', 'hidden=[64,64]', 'anneal=false', 'batch=2k', 'activation=tanh', 'name="7"']
    const settings = texts.reduce<Record<string, unknown>>((before, text) => collectSetting(text, before), {})
    expect(settings).toEqual({
      lr: 3e-4,
      hidden: [64, 64],
      anneal: false,
      batch: 2000,
      activation: 'tanh',
      name: '7',
    })
  })

  test('nest at dots and leave the settings before untouched', () => {
    const before = collectSetting('reward.kind=slo')
    expect(collectSetting('reward.weight=2', before)).toEqual({ reward: { kind: 'slo', weight: 2 } })
    expect(before).toEqual({ reward: { kind: 'slo' } })
  })

  test.each(['lr', '=3', 'a..b=1', '__proto__.x=1'])('"%s" is refused', (text) => {
    expect(() => collectSetting(text)).toThrow(InvalidArgumentError)
  })
})

test('lists are split at commas, and an empty name is refused', () => {
  expect(parseList('jsq, sed')).toEqual(['jsq', 'sed'])
  expect(() => parseList('jsq,,sed')).toThrow(InvalidArgumentError)
})
