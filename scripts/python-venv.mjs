/**
 * Makes the Python environment of the tests under .cache, unless it is there: gymnasium, numpy, what builds the
 * package, and minari, from PyPI. Without a Python of at least 3.10 it says so and does nothing: those tests are then left out.
 */
import { findPython } from '../dist/benchmarks/perf/python.mjs'

try {
  const packages = ['numpy', 'gymnasium', 'hatchling', 'minari', 'h5py', 'pillow']
  console.log(`Python for the tests: ${findPython({ environment: 'python', packages }, new Set())}`)
} catch (error) {
  console.log(`No Python for the tests: ${error.message}`)
}
