import { expect, test } from 'vitest'
import { checkNode, examine } from '../../cli/doctor/examine.ts'
import { simdWorks } from '../../cli/doctor/simd.ts'

test('a Node older than 20.19 is missing, later ones are well', () => {
  const states = ['18.20.0', '20.18.3', '20.19.0', '22.0.0', '24.1.0'].map(
    (version) => checkNode(version).state,
  )
  expect(states).toEqual(['missing', 'missing', 'ok', 'ok', 'ok'])
  expect(checkNode('18.20.0').found).toBe('18.20.0, needs 20.19 or later')
})

test('WebAssembly SIMD works on every Node that is supported', () => {
  expect(simdWorks()).toBe(true)
})

test('the report names each optional package with what it enables', async () => {
  const report = await examine()
  expect(report.ok).toBe(true)
  expect(report.checks.map(({ name }) => name)).toEqual([
    'Node.js',
    'WebAssembly SIMD',
    'worker threads',
    '@tensorflow/tfjs-node',
    '@resvg/resvg-js',
    'hyparquet-writer',
    'msgpackr-extract',
  ])
  for (const check of report.checks) expect(check.enables).not.toBe('')
})
