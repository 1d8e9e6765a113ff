/** The same results wherever the built package runs: another process, a worker thread, a place without Node. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { build } from 'tsdown'
import { expect, test } from 'vitest'
import { simulate } from '../../src/index.ts'
import { ROOT, temporaryFolder } from '../support/cli.ts'
import { digest, loadDeterminismScenario, scenarioFiles } from './digest.ts'

const SCRIPT = join(ROOT, 'scripts/digest-scenarios.mjs')
const here: unknown = Object.fromEntries(
  scenarioFiles.map((file) => [file, digest(simulate(loadDeterminismScenario(file)))]),
)
const folder = temporaryFolder()

test('a process of its own gives the same results', () => {
  const output = execFileSync(process.execPath, [SCRIPT], { encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual(here)
})

test('a worker thread gives the same results', async () => {
  const worker = new Worker(SCRIPT)
  const digests = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  await worker.terminate()
  expect(digests).toEqual(here)
})

test('no module of the built simulator imports anything of Node', () => {
  const built = join(ROOT, 'dist/src')
  const modules = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.mjs'),
  )
  expect(modules.length).toBeGreaterThan(50)
  const importing = modules.filter((file) => /["']node:/.test(readFileSync(join(built, file), 'utf8')))
  expect(importing).toEqual([])
})

test('the bundled simulator runs without Node and gives the same results', async () => {
  await build({
    config: false,
    cwd: ROOT,
    entry: ['src/index.ts'],
    outDir: folder,
    format: 'iife',
    globalName: 'asyncflow',
    platform: 'browser',
    deps: { alwaysBundle: [/./] },
    dts: false,
    logLevel: 'silent',
  })
  const [file] = readdirSync(folder)
  // What a browser has beside the language itself; no process, no Buffer, no require.
  const context = createContext({ TextDecoder, TextEncoder })
  runInContext(readFileSync(join(folder, file!), 'utf8'), context)
  for (const name of scenarioFiles) {
    context.name = name
    context.text = readFileSync(new URL(`scenarios/${name}`, import.meta.url), 'utf8')
    const json: string = runInContext(
      'JSON.stringify({ ...asyncflow.simulate(asyncflow.loadScenario(text, { file: name })), version: "" })',
      context,
    )
    expect(digest(JSON.parse(json)), name).toBe((here as Record<string, string>)[name])
  }
})
