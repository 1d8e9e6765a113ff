import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { SimError } from '../../src/errors.ts'
import { abortError } from '../units/abort-error.ts'
import type { Executor } from './executor.ts'
import { unpackError } from './transfer-error.ts'
import type { WorkerAnswer, WorkerMessage, WorkerTask } from './worker.ts'

export type WorkerPoolOptions = {
  /** @default the number of processors */
  readonly workers?: number | undefined
  /** URL of a module that exports `make` and `createAgent`. @default the registered ones */
  readonly kit?: string | undefined
  /** URL of the compiled worker. @default the one beside this module */
  readonly workerFile?: string | undefined
}

/** Units on worker threads. A stop reaches a running unit within some hundred of its steps. */
export function workerPool(options: WorkerPoolOptions = {}): Executor {
  const filename = options.workerFile ?? new URL('./worker.mjs', import.meta.url).href
  if (!existsSync(fileURLToPath(filename))) {
    throw new SimError(
      'not-built',
      `there is no worker (${filename}). Run npm run build, or use inProcess().`,
    )
  }
  const workers = options.workers ?? availableParallelism()
  const pool = new Piscina<WorkerTask, WorkerAnswer>({
    filename,
    minThreads: 0,
    maxThreads: workers,
    // Threads wait for the next unit: loading the environments and agents costs more than waiting.
    idleTimeout: 60_000,
    recordTiming: false,
  })
  // A worker that is told to go may still answer; nobody waits for that answer any more.
  let closing = false
  pool.on('error', (error) => {
    if (!closing) throw error
  })
  return {
    workers,
    async run(job, { onStart, onProgress, signal } = {}) {
      if (signal?.aborted) throw abortError()
      const stop = new Int32Array(new SharedArrayBuffer(4))
      const onAbort = (): void => {
        Atomics.store(stop, 0, 1)
      }
      signal?.addEventListener('abort', onAbort)
      const { port1, port2 } = new MessageChannel()
      port1.on('message', (message: WorkerMessage) => {
        if ('started' in message) onStart?.()
        else onProgress?.(message.progress)
      })
      try {
        const task: WorkerTask = { job, kit: options.kit ?? null, port: port2, stop }
        const answer = await pool.run(task, { transferList: [port2] })
        if ('error' in answer) throw unpackError(answer.error)
        return answer.result
      } finally {
        signal?.removeEventListener('abort', onAbort)
        port1.close()
      }
    },
    async close() {
      closing = true
      await pool.destroy()
    },
  }
}
