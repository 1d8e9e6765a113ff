/** The Python package, tested in Python: each unittest of a module here is a test. */
import { describe, expect, test } from 'vitest'
import { PYTHON, pythonTests } from '../support/python.ts'

const MODULES = [
  'test_wire',
  'test_spaces',
  'test_env',
  'test_bad_input',
  'test_composite',
  'test_vector',
  'test_process',
  'test_node',
  'test_minari',
]

describe.skipIf(PYTHON === undefined)('the Python package', () => {
  describe.each(MODULES)('%s', (module) => {
    test.each(pythonTests(module))('$name', ({ failure }) => {
      expect(failure).toBeNull()
    })
  })
})

if (PYTHON === undefined) {
  test('needs a Python of at least 3.10 with gymnasium and numpy', ({ skip }) => skip('none was found'))
}
