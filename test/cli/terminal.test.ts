import { describe, expect, test } from 'vitest'
import { describeSpace } from '../../cli/terminal/describe-space.ts'
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  shareBar,
} from '../../cli/terminal/format.ts'
import { renderTable } from '../../cli/terminal/table.ts'
import { Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple } from '../../src/gym/index.ts'

describe('numbers for people', () => {
  test.each([
    [0, '0 s'],
    [1.5, '1.5 s'],
    [600, '600 s'],
    [0.0612345, '61.2 ms'],
    [0.0005, '500 µs'],
    [3e-9, '3 ns'],
    [null, '-'],
  ])('%d seconds are written %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  test('fractions become per cent, whole numbers stay whole', () => {
    expect(formatPercent(0.031249)).toBe('3.12 %')
    expect(formatPercent(null)).toBe('-')
    expect(formatNumber(71990)).toBe('71990')
    expect(formatNumber(1234.56)).toBe('1235')
    expect(formatNumber(0.123456)).toBe('0.123')
  })

  test('sizes take binary units', () => {
    expect([512, 1536, 8 * 1024 ** 2, 2 * 1024 ** 3].map(formatBytes)).toEqual([
      '512 B',
      '1.5 KiB',
      '8 MiB',
      '2 GiB',
    ])
  })

  test('bars grow with the share, in eighths of a cell', () => {
    expect([0, 1 / 16, 0.5, 1, 7].map((share) => shareBar(share, 2))).toEqual(['', '▏', '█', '██', '██'])
  })
})

test('tables align their columns, whatever the colours, and end no line in spaces', () => {
  const rows = [
    ['name', 'n', 'note'],
    ['\u001b[31mred\u001b[39m', '10', ''],
  ]
  expect(renderTable(rows, ['left', 'right'], '  ')).toBe(
    '  name   n  note\n  \u001b[31mred\u001b[39m   10\n',
  )
})

test('spaces are written as Gymnasium prints them', () => {
  expect(describeSpace(new Box(0, 1, { shape: [58] }).toJSON())).toBe('Box(0, 1, [58], float32)')
  expect(describeSpace(new Box([0, 1], Number.POSITIVE_INFINITY).toJSON())).toBe(
    'Box(per value, inf, [2], float32)',
  )
  expect(describeSpace(new Discrete(6).toJSON())).toBe('Discrete(6)')
  expect(describeSpace(new Discrete(3, -1).toJSON())).toBe('Discrete(3, start -1)')
  expect(describeSpace(new MultiDiscrete([3, 2]).toJSON())).toBe('MultiDiscrete([3, 2])')
  expect(describeSpace(new Dict({ b: new MultiBinary(4), a: new Tuple([new Discrete(2)]) }).toJSON())).toBe(
    'Dict(a: Tuple(Discrete(2)), b: MultiBinary([4]))',
  )
})
