/** Runs a suite to its report; what was computed before is not computed again. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../agents/checkpoint-file.ts'
import { checkSuite } from './check-suite.ts'
import { hashOf, identity } from './identity.ts'
import type { Kit } from './kit.ts'
import { type BenchmarkManifest, makeManifest } from './manifest.ts'
import { overallScores } from './report/overall.ts'
import type { Report } from './report/types.ts'
import { runTask, type Trained } from './run-task.ts'
import type { Executor } from './runner/executor.ts'
import { inProcess } from './runner/in-process.ts'
import { folderStore, memoryStore } from './runner/store.ts'
import { type UnitEvent, UnitRunner } from './runner/unit-runner.ts'
import { workerPool } from './runner/worker-pool.ts'
import { findSuite } from './suites/index.ts'
import type { Suite } from './types.ts'

/** Where and how units are computed; shared by all that this folder offers. */
export type RunOptions = {
  /** @default a pool of `workers` threads, or this thread where a kit is given; closed at the end */
  readonly executor?: Executor | undefined
  /** Threads of the default pool. @default the number of processors */
  readonly workers?: number | undefined
  /** Environments and agents to use instead of the registered ones; then all runs in this thread. */
  readonly kit?: Kit | undefined
  readonly onEvent?: ((event: UnitEvent) => void) | undefined
  /** Stops at once and rejects with an AbortError; finished units are kept. */
  readonly signal?: AbortSignal | undefined
}

export type RunSuiteOptions = RunOptions & {
  /** A suite, or the name of one that comes with the package. */
  readonly suite: Suite | string
  /**
   * Folder for results: `units/` has one file for each finished unit, `manifest.json` what determined them and their
   * digests, `report.json` the report. Run again with the same folder, a suite continues where it was. Absent:
   * nothing is written.
   */
  readonly out?: string | undefined
  /** Checkpoints that stand for training, by agent label. */
  readonly trained?: Trained | undefined
}

/** Throws ConfigError for a suite that does not fit together; an agent that fails is a row that says so. */
export async function runSuite(options: RunSuiteOptions): Promise<Report> {
  const suite = typeof options.suite === 'string' ? findSuite(options.suite) : options.suite
  checkSuite(suite)
  const { out, signal } = options
  const code = identity()
  if (out !== undefined) mkdirSync(out, { recursive: true })
  const executor = options.executor ?? defaultExecutor(options)
  const runner = new UnitRunner({
    executor,
    store: out === undefined ? memoryStore() : folderStore(join(out, 'units'), code),
    identity: code,
    onEvent: options.onEvent,
    signal,
  })
  const saveManifest = (report: Report | null): void => {
    if (out === undefined) return
    const manifest: BenchmarkManifest = makeManifest(suite, code, runner.digests, report)
    writeFileAtomic(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }
  try {
    saveManifest(null)
    const tasks = await Promise.allSettled(
      suite.tasks.map((task) => runTask(task, suite.trainingSeeds, runner, options.trained)),
    )
    const done = tasks.map((task) => {
      if (task.status === 'rejected') throw task.reason
      return task.value
    })
    const report: Report = {
      schema: 1,
      suite: { name: suite.name, description: suite.description, hash: hashOf(suite) },
      version: code.version,
      code: code.code,
      trainingSeeds: suite.trainingSeeds,
      tasks: done,
      overall: overallScores(done),
    }
    if (out !== undefined) writeFileAtomic(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
    saveManifest(report)
    return report
  } finally {
    if (options.executor === undefined) await executor.close()
  }
}

export function defaultExecutor({ kit, workers }: RunOptions): Executor {
  return kit === undefined ? workerPool({ workers }) : inProcess(kit)
}
