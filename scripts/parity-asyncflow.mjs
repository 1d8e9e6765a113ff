/**
 * Replays recorded AsyncFlow runs and says how far this engine is from them: one JSON line per trace on stdout,
 * what differs in words on stderr. Exit code 0: all equal, 1: some differ, 2: a file that cannot be used.
 *
 *   npm run --silent parity:asyncflow -- TRACE.json [TRACE.json ...]
 */
import { paritySummary } from '../dist/benchmarks/parity/summary.mjs'

process.exitCode = paritySummary(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  talk: (line) => process.stderr.write(`${line}\n`),
})
