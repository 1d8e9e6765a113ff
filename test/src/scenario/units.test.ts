import { expect, test } from 'vitest'
import { type Dimension, parseQuantity, quantityPattern } from '../../../src/scenario/units.ts'

test.each([
  ['20ms', 'duration', 0.02],
  ['29ms', 'duration', 0.029],
  ['0.3ms', 'duration', 0.0003],
  ['1.5 s', 'duration', 1.5],
  ['7us', 'duration', 7e-6],
  ['3ns', 'duration', 3e-9],
  ['10min', 'duration', 600],
  ['2h', 'duration', 7200],
  ['1d', 'duration', 86400],
  ['1e3ms', 'duration', 1],
  ['.5s', 'duration', 0.5],
  ['12B', 'size', 12],
  ['3kB', 'size', 3000],
  ['1.5MB', 'size', 1.5e6],
  ['2GB', 'size', 2e9],
  ['1TB', 'size', 1e12],
  ['64KiB', 'size', 65536],
  ['512MiB', 'size', 512 * 2 ** 20],
  ['4GiB', 'size', 2 ** 32],
  ['1TiB', 'size', 2 ** 40],
  ['120/s', 'rate', 120],
  ['90/min', 'rate', 1.5],
  ['3600/h', 'rate', 1],
  ['0.1%', 'fraction', 0.001],
  ['60%', 'fraction', 0.6],
] as [string, Dimension, number][])('%s is a %s of %d', (text, dimension, value) => {
  expect(parseQuantity(text, dimension)).toEqual({ value })
  expect(text).toMatch(new RegExp(quantityPattern(dimension)))
})

test.each([
  ['20', 'duration', 'expected a duration, got "20"', 'Add a unit'],
  ['20MB', 'duration', 'expected a duration, got a size: "20MB"', 'such as 20ms'],
  ['20ms', 'size', 'expected a size, got a duration: "20ms"', 'such as 512MiB'],
  ['5%', 'rate', 'expected a rate, got a fraction: "5%"', 'such as 120/s'],
  ['20m', 'duration', 'unknown unit "m" in "20m"', 'Did you mean ms or min?'],
  ['20MS', 'duration', 'unknown unit "MS" in "20MS"', 'Did you mean ms?'],
  ['5 seconds', 'duration', 'unknown unit "seconds" in "5 seconds"', 'Did you mean s?'],
  ['512mib', 'size', 'unknown unit "mib" in "512mib"', 'Did you mean MiB?'],
  [
    '20 parsecs',
    'duration',
    'unknown unit "parsecs" in "20 parsecs"',
    'Units of a duration are ns, us, ms, s, min, h, d.',
  ],
  ['fast', 'duration', 'expected a duration, got "fast"', 'such as 20ms'],
  ['1e999s', 'duration', 'a duration must be finite, got "1e999s"', 'such as 20ms'],
  ['', 'duration', 'expected a duration, got ""', 'such as 20ms'],
] as [string, Dimension, string, string][])('"%s" is refused as a %s', (text, dimension, what, hint) => {
  const parsed = parseQuantity(text, dimension)
  expect(parsed).toMatchObject({ what })
  expect('hint' in parsed && parsed.hint).toContain(hint)
})
