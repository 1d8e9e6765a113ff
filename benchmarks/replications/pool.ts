import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { Piscina } from 'piscina'
import type { ReplicationExecutor } from '../../src/analysis/monte-carlo/index.ts'
import { SimError } from '../../src/errors.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import { unpackError } from '../runner/transfer-error.ts'
import type { ReplicationAnswer, ReplicationTask } from './worker.ts'

export type ReplicationPoolOptions = {
  /** @default the number of processors */
  readonly workers?: number | undefined
  /** URL of the compiled worker. @default the one beside this module */
  readonly workerFile?: string | undefined
}

export interface ReplicationPool extends ReplicationExecutor {
  close(): Promise<void>
}

/**
 * Replications on worker threads; the results are those of one thread.
 *
 * @throws SimError where the worker has not been built.
 */
export function replicationPool(options: ReplicationPoolOptions = {}): ReplicationPool {
  const filename = options.workerFile ?? new URL('./worker.mjs', import.meta.url).href
  if (!existsSync(fileURLToPath(filename))) {
    throw new SimError(
      'not-built',
      `there is no worker (${filename}). Run npm run build, or use inProcessReplications().`,
    )
  }
  const workers = options.workers ?? availableParallelism()
  const pool = new Piscina<ReplicationTask, ReplicationAnswer>({
    filename,
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: 60_000,
    recordTiming: false,
  })
  const sent = new Map<Scenario, { readonly id: number; readonly bytes: Uint8Array }>()
  const share = (scenario: Scenario): { readonly id: number; readonly bytes: Uint8Array } => {
    const known = sent.get(scenario)
    if (known !== undefined) return known
    const packed = serialize(scenario)
    const bytes = new Uint8Array(new SharedArrayBuffer(packed.length))
    bytes.set(packed)
    const entry = { id: sent.size, bytes }
    sent.set(scenario, entry)
    return entry
  }
  return {
    workers,
    async run({ scenario, ...job }) {
      const { id, bytes } = share(scenario)
      const answer = await pool.run({ ...job, scenario: id, bytes })
      if ('error' in answer) throw unpackError(answer.error)
      return answer.replication
    },
    close: () => pool.destroy(),
  }
}
