import { expect, test } from 'vitest'
import { caught, change, load, messagesOf, problemsOf, SHOP } from './support.ts'

const TRACED = change(
  SHOP,
  ['{ poisson: { rate: 120/s } }', '{ trace: { file: log.csv } }'],
  ['surge: shoppers, ', 'slow: web, '],
)

function traced(csv: string): ReturnType<typeof problemsOf> {
  return problemsOf(TRACED, { resolve: () => csv })
}

test.each([
  ['0\n0.5\n2\n', { times: [0, 0.5, 2] }],
  ['time\r\n0\r\n1e1\r\n', { times: [0, 10] }],
  ['time,class\n0, browse\n1,"buy"\n', { times: [0, 1], classes: ['browse', 'buy'] }],
  ['\uFEFF# recorded on a Monday\n\n3,buy', { times: [3], classes: ['buy'] }],
])('a trace is one time a line, with or without class: %#', (csv, trace) => {
  const asked: string[] = []
  const resolve = (path: string): string => {
    asked.push(path)
    return csv
  }
  expect(load(TRACED, { resolve }).workloads[0]?.arrivals).toEqual({ kind: 'trace', ...trace })
  expect(asked).toEqual(['log.csv'])
})

test('errors name the file of the trace and its line', () => {
  expect(messagesOf(TRACED, { resolve: () => 'time,class\n0,browse\nsoon,buy\n2,bye\n1,buy\n3\n' })).toEqual([
    'expected a time in seconds, got "soon" (log.csv:3:1 workloads.shoppers.arrivals.trace.file). Write a finite number.',
    'unknown class "bye" (log.csv:4:3 workloads.shoppers.arrivals.trace.file). Did you mean "buy"?',
    'expected 2 columns as before, got 1 (log.csv:6:1 workloads.shoppers.arrivals.trace.file). Give every line a class or none.',
  ])
})

test.each([
  ['2\n1\n', 2, 'expected a time of at least 2, got 1'],
  ['-1\n', 1, 'expected a time of at least 0, got -1'],
  ['1e999\n', 1, 'expected a time in seconds, got "1e999"'],
  ['1,buy,x\n', 1, 'expected one or two columns, got 3'],
  ['time,class,size\n', 1, 'expected one or two columns, got 3'],
])('%j is refused', (csv, line, what) => {
  expect(traced(csv)).toMatchObject([{ what, line, file: 'log.csv' }])
})

test('a trace that cannot be read is refused at the field that names it', () => {
  const resolve = (): string => {
    throw new Error('no such file.')
  }
  expect(problemsOf(TRACED, { resolve })).toMatchObject([
    { what: 'cannot read "log.csv": no such file', line: 7, file: 'shop.yml' },
  ])
  expect(problemsOf(TRACED)).toMatchObject([
    { what: 'files cannot be read here', path: 'workloads.shoppers.arrivals.trace.file' },
  ])
})

test('an empty trace is no arrivals', () => {
  expect(traced('time\n')[0]?.what).toContain('no arrivals')
})

test('many wrong lines are not all reported', () => {
  expect(caught(() => load(TRACED, { resolve: () => 'x1\nx\n'.repeat(1000) })).length).toBeLessThan(50)
})
