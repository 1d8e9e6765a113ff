import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'tsdown'
import { afterAll, expect, test } from 'vitest'
import { trainForComparison } from './train-for-comparison.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Inside the project, so that the bundle finds the packages.
mkdirSync(join(root, '.cache'), { recursive: true })
const folder = mkdtempSync(join(root, '.cache/worker-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('training in worker threads gives the same bytes as in this one', async () => {
  await build({
    config: false,
    cwd: root,
    entry: ['test/agents/train-in-worker.ts'],
    outDir: folder,
    format: 'esm',
    platform: 'node',
    deps: { skipNodeModulesBundle: true },
    dts: false,
    logLevel: 'silent',
  })
  const file = readdirSync(folder).find((name) => name.startsWith('train-in-worker'))!
  const train = (seed: number): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(join(folder, file), { workerData: seed })
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  const [first, second] = await Promise.all([train(7), train(8)])
  const here = trainForComparison(7)
  expect(here.length).toBeGreaterThan(50_000)
  expect(first).toEqual(here)
  expect(second).toEqual(trainForComparison(8))
  expect(second).not.toEqual(first)
}, 30_000)
