/**
 * Everything that must hold before a change is merged, one after the other. The last line of the output is
 * `N passed, N failed`: the tests, and every other check counted as one. Exit code 1 when anything failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const REPORT = '.cache/vitest.json'
/** Scripts of package.json. */
const CHECKS = ['build', 'lint', 'typecheck', 'layers', 'unused', 'publint', 'attw']

let passed = 0
let failed = 0
const failures = []

for (const name of CHECKS) {
  if (run(name, ['run', '--silent', name]) === 0) passed++
  else fail(name)
}
// Not a check: without Python its tests are left out, and the output says so.
spawnSync(process.execPath, ['scripts/python-venv.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] })
runTests()
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function runTests() {
  mkdirSync('.cache', { recursive: true })
  rmSync(REPORT, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
  const status = run('tests', ['test', '--', ...reporters])
  const counts = readCounts()
  passed += counts.passed
  failed += counts.failed
  if (counts.failed > 0) failures.push('tests')
  // A suite that cannot be collected, a crashed worker or an unhandled error fails no single test.
  else if (status !== 0) fail('test run')
}

function readCounts() {
  try {
    const report = JSON.parse(readFileSync(REPORT, 'utf8'))
    return { passed: report.numPassedTests, failed: report.numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}

function run(name, parameters) {
  console.log(`\n== ${name}: npm ${parameters.join(' ')}`)
  const shell = process.platform === 'win32'
  return spawnSync('npm', parameters, { stdio: ['ignore', 'inherit', 'inherit'], shell }).status
}

function fail(name) {
  failed++
  failures.push(name)
}
