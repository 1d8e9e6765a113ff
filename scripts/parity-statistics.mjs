/**
 * Runs scenarios as often as AsyncFlow ran them and compares the statistics; a table (`--json`: JSON) on stdout.
 *
 *   node scripts/parity-statistics.mjs [--json] STATISTICS.json SCENARIO-FOLDER
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// Where the build prints to stdout, it goes to stderr: stdout is for the figures.
const build = fileURLToPath(new URL('build.mjs', import.meta.url))
execFileSync(process.execPath, [build, '--if-needed'], { stdio: ['ignore', 2, 2] })
const { statisticsSummary } = await import('../dist/benchmarks/parity/statistics-summary.mjs')
process.exitCode = statisticsSummary(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  talk: (line) => process.stderr.write(`${line}\n`),
})
