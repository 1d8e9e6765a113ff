/** The determinism scenarios, and the digest of a result as scripts/digest-scenarios.mjs computes it. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadScenario, type Result, type Scenario } from '../../src/index.ts'

const folder = new URL('scenarios/', import.meta.url)

export const scenarioFiles: readonly string[] = readdirSync(folder).sort()

export function loadDeterminismScenario(file: string): Scenario {
  return loadScenario(readFileSync(fileURLToPath(new URL(file, folder)), 'utf8'), { file })
}

export function digest(result: Result): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...result, version: '' }))
    .digest('hex')
}
