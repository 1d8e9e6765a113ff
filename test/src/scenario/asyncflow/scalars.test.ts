import { expect, test } from 'vitest'
import { resolveScalar } from '../../../../src/scenario/asyncflow/scalars.ts'

test.each<[string, unknown]>([
  ['', null],
  ['~', null],
  ['Null', null],
  ['yes', true],
  ['Off', false],
  ['TRUE', true],
  ['y', 'y'],
  ['0', 0],
  ['-12', -12],
  ['1_000', 1000],
  ['010', 8],
  ['0x1F', 31],
  ['0b101', 5],
  ['1:30', 90],
  ['-1:00:00', -3600],
  ['1:30.5', 90.5],
  ['1.', 1],
  ['.5', 0.5],
  ['-1.5', -1.5],
  ['1.0e-3', 0.001],
  ['1.0e+3', 1000],
  ['1.0e3', '1.0e3'],
  ['1e-3', '1e-3'],
  ['1e3', '1e3'],
  ['.inf', Number.POSITIVE_INFINITY],
  ['-.Inf', Number.NEGATIVE_INFINITY],
  ['.NaN', Number.NaN],
  ['08', '08'],
  ['srv-1', 'srv-1'],
])('%j means what it means to PyYAML', (text, value) => {
  expect(resolveScalar(text)).toEqual(value)
})
