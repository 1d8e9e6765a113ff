import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'tsdown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSuite, type Suite, trainAgent, workerPool } from '../../benchmarks/index.ts'
import { reportDigest } from '../../benchmarks/manifest.ts'
import { ConfigError } from '../../src/errors.ts'
import * as kit from './toy-kit.ts'

const suite: Suite = {
  name: 'toy',
  description: 'For tests.',
  trainingSeeds: [1, 2],
  tasks: [
    {
      name: 'only',
      environment: 'Toy-v0',
      agents: [
        { name: 'off-by', params: { error: 0.5 } },
        { name: 'constant', tuning: { grid: { x: { values: [2, 3] } }, episodes: 1 } },
        { name: 'broken' },
        { name: 'learner', steps: 800 },
      ],
      evaluation: { episodes: 3 },
      validation: { episodes: 1, every: 200 },
    },
  ],
}

// A worker thread cannot run TypeScript, so that it gets the compiled worker and the compiled kit.
let folder: string
beforeAll(async () => {
  mkdirSync(join(process.cwd(), '.cache'), { recursive: true })
  folder = mkdtempSync(join(process.cwd(), '.cache', 'worker-pool-test-'))
  await build({
    config: false,
    entry: { worker: 'benchmarks/runner/worker.ts', kit: 'test/benchmarks/toy-kit.ts' },
    outDir: folder,
    format: 'esm',
    platform: 'node',
    fixedExtension: true,
    deps: { skipNodeModulesBundle: true },
    dts: false,
    logLevel: 'silent',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const urlOf = (file: string): string => pathToFileURL(join(folder, file)).href
const pool = (workers: number) =>
  workerPool({ workers, workerFile: urlOf('worker.mjs'), kit: urlOf('kit.mjs') })

describe('a pool of worker threads', () => {
  it('gives the report that one thread gives, for any number of workers', async () => {
    const digests = [reportDigest(await runSuite({ suite, kit }))]
    for (const workers of [1, 2]) {
      const executor = pool(workers)
      const seen = new Set<string>()
      const report = await runSuite({ suite, executor, onEvent: (event) => seen.add(event.state) })
      await executor.close()
      digests.push(reportDigest(report))
      expect([...seen].sort()).toEqual(['done', 'failed', 'planned', 'progress', 'started'])
      expect(report.tasks[0]!.rows.at(-1)).toMatchObject({ status: 'failed', error: 'this agent is broken' })
    }
    expect(new Set(digests).size).toBe(1)
  })

  it('stops a busy thread, which hands over what it has', async () => {
    const executor = pool(1)
    const controller = new AbortController()
    const { manifest } = await trainAgent({
      agent: 'learner',
      environment: 'Toy-v0',
      steps: 2_000_000_000,
      validation: false,
      executor,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await executor.close()
    expect(manifest.interrupted).toBe(true)
    expect(manifest.decisions.training).toBeLessThan(1_000_000_000)
  })

  it('keeps the class of an error', async () => {
    const executor = pool(1)
    const training = trainAgent({ agent: 'constant', environment: 'Toy-v0', steps: 10, executor })
    await expect(training).rejects.toBeInstanceOf(ConfigError)
    await expect(training).rejects.toThrow(/agent "constant" does not learn/)
    await executor.close()
  })

  it('without a compiled worker says what to do', () => {
    expect(() => workerPool({ workerFile: pathToFileURL(join(tmpdir(), 'none.mjs')).href })).toThrow(
      /npm run build/,
    )
  })
})
