import { expect, test } from 'vitest'
import { seriesToCsv } from '../../../src/results/index.ts'
import { exampleResult } from './example-result.ts'

test('a series becomes one line per sample, gauges with their means', () => {
  expect(seriesToCsv(exampleResult.series)).toBe(
    'time,web.queue.cpu,web.queue.cpu.mean,"users, ""all"""\n5,1,0.30000000000000004,3\n10,0,0,2\n',
  )
})

test('a series without samples is a header', () => {
  expect(seriesToCsv({ time: [], values: { x: [] }, means: {} })).toBe('time,x\n')
})
