/**
 * Runs every scenario of a folder on the built package and prints the digest of each result as JSON: in a process, or
 * in a worker thread, which gets a message instead. What the digest covers is what `test/determinism` compares.
 *
 *   node scripts/digest-scenarios.mjs [FOLDER]
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { loadScenario, simulate } from '../dist/src/index.mjs'

const own = fileURLToPath(new URL('../test/determinism/scenarios', import.meta.url))
const folder = (parentPort === null ? process.argv[2] : workerData) ?? own

const digests = {}
for (const file of readdirSync(folder).sort()) {
  const result = simulate(loadScenario(readFileSync(join(folder, file), 'utf8'), { file }))
  // A new version gives the same results until it says otherwise.
  digests[file] = createHash('sha256')
    .update(JSON.stringify({ ...result, version: '' }))
    .digest('hex')
}
if (parentPort === null) console.log(JSON.stringify(digests))
else parentPort.postMessage(digests)
