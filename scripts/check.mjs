/**
 * Everything that must hold before a change is merged, one after the other. The last line of the output is
 * `N passed, N failed`: the tests, and every other check counted as one. Exit code 1 when anything failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const REPORT = '.cache/vitest.json'
const CHECKS = [
  ['build', 'node', ['scripts/build.mjs']],
  ['lint', 'npm', ['run', '--silent', 'lint']],
  ['types', 'npm', ['run', '--silent', 'typecheck']],
  ['layers', 'npx', ['vitest', 'run', 'test/layering.test.ts']],
  ['knip', 'npx', ['knip']],
  ['publint', 'npx', ['publint', '--strict']],
  ['attw', 'npx', ['attw', '--pack', '.', '--profile', 'esm-only']],
]

let passed = 0
let failed = 0
const failures = []

for (const [name, command, parameters] of CHECKS) {
  const status = run(name, command, parameters)
  if (status === 0) passed++
  else fail(name)
}
runTests()
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function runTests() {
  mkdirSync('.cache', { recursive: true })
  rmSync(REPORT, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
  const status = run('tests', 'npm', ['test', '--', ...reporters])
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

function run(name, command, parameters) {
  console.log(`\n== ${name}: ${command} ${parameters.join(' ')}`)
  const shell = process.platform === 'win32'
  return spawnSync(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'], shell }).status
}

function fail(name) {
  failed++
  failures.push(name)
}
